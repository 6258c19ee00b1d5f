import { callOf } from "../call-of.ts";
import { withAdmin } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { type Command, commonOptions, textOption } from "./command.ts";

/** `postern owner-key --replace`: a new key with every right; the old one stops at once. */
export const ownerKeyCommand: Command = {
  usage: "postern owner-key --replace",
  summary: "Makes a new owner's key and prints it once. The old one stops at once.",
  options: { ...commonOptions, replace: { type: "boolean" } },
  async run(input) {
    if (input.values["replace"] !== true)
      throw new ExitError(2, `Cannot show the owner's key: only its hash is kept; make a new one with "${callOf("owner-key --replace")}"`);
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    const { key } = await withAdmin(dataFolder, (call) => call("replaceOwnerKey", {}));
    process.stdout.write(input.values["json"] === true ? `${JSON.stringify({ key })}\n` : `${key}\n`);
    return 0;
  },
};
