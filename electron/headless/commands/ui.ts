import path from "node:path";
import { withRunning } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { openBrowser } from "../window/open-browser.ts";
import { type Command, commonOptions, textOption } from "./command.ts";

/** `postern ui`: another login for the window of the running instance. */
export const uiCommand: Command = {
  usage: "postern ui [--open] [--json]",
  summary: "Prints a link that opens the running instance's window in one browser, once, within ten minutes.",
  options: { ...commonOptions, open: { type: "boolean" } },
  async run(input) {
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    const login = await withRunning(dataFolder, (call) => call("createLogin", {}));
    if (login === null)
      throw new ExitError(1, `Cannot open the window: no Postern runs on ${path.resolve(dataFolder)}; start one with "postern serve"`);
    if (input.values["open"] === true) openBrowser(dataFolder, login.url);
    process.stdout.write(input.values["json"] === true ? `${JSON.stringify(login)}\n` : `${login.url}\n`);
    return 0;
  },
};
