import { withAdmin } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { type Command, commonOptions, textOption } from "./command.ts";
import { print } from "./print.ts";

/** `postern backups`: copies of the database. */
export const backupsCommand: Command = {
  usage: "postern backups [list] | create | restore <name> [--json]",
  summary: [
    "Makes, lists and restores copies of the databases: calls, grants and the index of the keys; chats.",
    "",
    "  list             the copies that there are, the newest first",
    "  create           makes one now, while everything goes on",
    "  restore <name>   checks a copy; it takes its database's place at the next start, and what was there is kept",
    "",
    "Providers' keys and config.json are in none of them.",
  ].join("\n"),
  options: commonOptions,
  async run(input) {
    const [action = "list", name, ...more] = input.words;
    const isWrong = !["list", "create", "restore"].includes(action) || (action === "restore") !== (name !== undefined) || more.length > 0;
    if (isWrong) throw new ExitError(2, `Usage: ${backupsCommand.usage}`);
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    await withAdmin(dataFolder, async (call) => {
      if (action === "create")
        return print(input, await call("createBackup", {}), (made) =>
          [made, made.chats].flatMap((one) => (one === null ? [] : [`Made ${one.name} (${size(one.bytes)})`])).join("\n"),
        );
      if (name !== undefined) return print(input, await call("restoreBackup", { parameters: { name } }), ({ words }) => words);
      return print(input, await call("listBackups", {}), ({ folder, backups }) =>
        backups.length === 0
          ? `No copies in ${folder} yet. Make one: postern backups create`
          : backups.map((one) => `${one.name}  ${size(one.bytes)}  ${new Date(one.createdAtMs).toISOString()}`).join("\n"),
      );
    });
    return 0;
  },
};

function size(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1_024)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
