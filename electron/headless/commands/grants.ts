import { withAdmin } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { type Command, commonOptions, textOption } from "./command.ts";
import { describeGrant } from "./grant.ts";
import { print } from "./print.ts";

/** `postern grants`: the tools that have a local key. */
export const grantsCommand: Command = {
  usage: "postern grants",
  summary: "Lists the tools that have a local key, what each may do, and what it has spent of its budgets.",
  options: commonOptions,
  async run(input) {
    if (input.words.length > 0) throw new ExitError(2, `Usage: ${grantsCommand.usage}`);
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    const { grants } = await withAdmin(dataFolder, (call) => call("listGrants", {}));
    print(input, grants, () =>
      grants.length === 0 ? 'No tool has a key of its own yet. Make one with "postern grant NAME".' : grants.map(describeGrant).join("\n"),
    );
    return 0;
  },
};
