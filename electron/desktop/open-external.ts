import { dialog, shell } from "electron";
import { words } from "./words.ts";

const longestShown = 300;

/**
 * Opens a web page in the person's browser, after they were asked: an answer of a model can hold any link, and what
 * stands in a link's path leaves with it. Anything but https is not opened.
 */
export async function openExternal(url: string): Promise<void> {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol !== "https:" || parsed.username !== "" || parsed.password !== "") return;
  const { response } = await dialog.showMessageBox({
    type: "question",
    message: words.openExternal.message(parsed.host),
    detail: parsed.href.length > longestShown ? `${parsed.href.slice(0, longestShown)}…` : parsed.href,
    buttons: [words.openExternal.open, words.cancel],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  if (response === 0) await shell.openExternal(parsed.href);
}
