import { withAdmin } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { type Command, commonOptions, textOption } from "./command.ts";

/** `postern accept <provider>`: lets calls go to a model server on this machine. */
export const acceptCommand: Command = {
  usage: "postern accept <ollama | lm-studio | llama-cpp | vllm>",
  summary: "Lets calls go to a model server that was found on this machine.",
  options: commonOptions,
  async run(input) {
    const [provider, ...more] = input.words;
    if (provider === undefined || more.length > 0) throw new ExitError(2, `Usage: ${acceptCommand.usage}`);
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    const accepted = await withAdmin(dataFolder, (call) => call("acceptProvider", { parameters: { provider } }));
    process.stdout.write(
      input.values["json"] === true
        ? `${JSON.stringify(accepted)}\n`
        : `${accepted.id} at ${accepted.origin} is accepted; its models are @${accepted.id}/...\n`,
    );
    return 0;
  },
};
