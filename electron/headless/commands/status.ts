import { withAdmin } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { describeLocalServers } from "../describe-status.ts";
import { type Command, commonOptions, textOption } from "./command.ts";

/** `postern status`: how it stands. */
export const statusCommand: Command = {
  usage: "postern status [--json]",
  summary: "Says where the gateway listens, where keys are kept, what is wrong with config.json, and which local model servers were found.",
  options: commonOptions,
  async run(input) {
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    const status = await withAdmin(dataFolder, (call) => call("getStatus", {}));
    if (input.values["json"] === true) {
      process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
      return 0;
    }
    const where =
      status.addresses.length === 0
        ? "not running"
        : `listening on ${status.addresses.map((address) => `http://${address}`).join(" and ")} (pid ${status.pid})`;
    const problems = status.config.problems.map((problem) => `  line ${problem.line}: ${problem.path} ${problem.message}\n`).join("");
    process.stdout.write(
      `Postern ${status.version}: ${where}\n${status.vault.words}\nConfig: ${status.config.file}\n${problems}${describeLocalServers(status)}`,
    );
    return status.config.problems.length === 0 ? 0 : 1;
  },
};
