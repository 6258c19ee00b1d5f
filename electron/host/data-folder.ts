import { chmodSync, mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/**
 * Finds the data folder: `--data-dir`, `POSTERN_DATA_DIR`, else the place that the system has for application data.
 * It is made if need be, and closed to everybody but its owner.
 *
 * @throws {Error} where it cannot be made or belongs to somebody else
 */
export function openDataFolder(asked: string | undefined, environment: NodeJS.ProcessEnv): string {
  const folder = findDataFolder(asked, environment);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    // Windows has no owner and mode of this kind: there the profile's own folder is closed to others.
    if (process.platform === "win32") return folder;
    if (uid !== process.getuid?.()) throw new Error("it belongs to another user");
    if ((mode & 0o077) !== 0) chmodSync(folder, 0o700);
    return folder;
  } catch (error) {
    throw new Error(`Cannot use the data folder ${folder}: ${(error as Error).message}; choose another with --data-dir`, {
      cause: error,
    });
  }
}

/** Where the data folder is or would be; touches nothing. */
export function findDataFolder(asked: string | undefined, environment: NodeJS.ProcessEnv): string {
  return path.resolve(asked ?? (environment["POSTERN_DATA_DIR"]?.trim() || systemFolder(environment)));
}

/** The folder that Electron's `userData` names too. */
function systemFolder(environment: NodeJS.ProcessEnv): string {
  if (process.platform === "darwin") return path.join(homedir(), "Library", "Application Support", "Postern");
  if (process.platform === "win32") return path.join(environment["APPDATA"] ?? path.join(homedir(), "AppData", "Roaming"), "Postern");
  return path.join(environment["XDG_CONFIG_HOME"] || path.join(homedir(), ".config"), "postern");
}
