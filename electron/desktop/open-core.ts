import { app, dialog } from "electron";
import { createPostern, FolderInUseError, type Postern } from "#core/postern.ts";
import { createDesktopPlatform } from "./desktop-platform.ts";
import { words } from "./words.ts";

/**
 * Opens the core in this process.
 *
 * @param notify words for the person, once the app can say them
 * @returns null where it cannot be opened: the person was told why, and the app ends
 */
export async function openCore(dataFolder: string, notify: (message: string) => void): Promise<Postern | null> {
  try {
    return await createPostern(createDesktopPlatform(dataFolder, notify));
  } catch (error) {
    const message = error instanceof Error ? error.message : "Cannot start Postern";
    const isTaken = error instanceof FolderInUseError;
    dialog.showErrorBox(words.name, isTaken ? words.alreadyRuns(message) : message);
    app.exit(isTaken ? 3 : 1);
    return null;
  }
}
