import { dialog } from "electron";
import { linkQuestion, readDeepLink } from "./deep-link.ts";
import { words } from "./words.ts";

/** Asks about a link from elsewhere, and opens its place in the window where the person says so. One that is not taken opens nothing. */
export async function openLink(link: string, openWindow: (hash: string) => void): Promise<void> {
  const read = readDeepLink(link);
  if (read === null) return;
  const { response } = await dialog.showMessageBox({
    type: "question",
    ...linkQuestion(read),
    buttons: [words.tray.open, words.cancel],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  if (response === 0) openWindow(read.hash);
}
