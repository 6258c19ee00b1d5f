import { withAdmin } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { type Command, commonOptions, textOption } from "./command.ts";
import { print } from "./print.ts";

/** `postern revoke <tool>`: ends a tool's key. */
export const revokeCommand: Command = {
  usage: "postern revoke <tool>",
  summary: "Ends a tool's local key: it stops at once, and so do the answers that are on their way to it.",
  options: commonOptions,
  async run(input) {
    const [name, ...more] = input.words;
    if (name === undefined || more.length > 0) throw new ExitError(2, `Usage: ${revokeCommand.usage}`);
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    const reply = await withAdmin(dataFolder, (call) => call("revokeGrant", { parameters: { grant: name } }));
    print(input, reply, ({ revoked }) =>
      revoked
        ? `Revoked the key of "${name}"`
        : `Cannot revoke the key of "${name.slice(0, 64)}": no grant has this name; see "postern grants"`,
    );
    return reply.revoked ? 0 : 1;
  },
};
