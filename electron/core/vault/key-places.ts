import { constants } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { parseEnv } from "node:util";

/** Somewhere that keys usually lie: the environment of this process, or one file. */
export interface KeyPlace {
  /** `environment`, or the file's path. */
  readonly id: string;
  readonly kind: "environment" | "file";
  /** What could be done with it. */
  readonly state: "read" | "absent" | "unreadable";
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** The id of the place that is no file. */
export const environmentPlace = "environment";

const fileNames = [".env", ".env.local"];
// Where a pipe stands in its place, opening it would wait for a writer. Windows has no such flag, and no such files.
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** A list of variables that is longer is none. */
const maxBytes = 262_144;

/**
 * Reads the places where keys usually lie: the environment as it was at start, and `.env` and `.env.local` in the given
 * folders themselves, never below them. Only looks: what is found there stays there, and takes no effect.
 */
export async function readKeyPlaces(
  environment: Readonly<Record<string, string | undefined>>,
  folders: readonly string[],
): Promise<KeyPlace[]> {
  const files = [...new Set(folders.map((folder) => path.resolve(folder)))].flatMap((folder) =>
    fileNames.map((name) => path.join(folder, name)),
  );
  return [
    { id: environmentPlace, kind: "environment", state: "read", variables: environment },
    ...(await Promise.all(files.map(readPlace))),
  ];
}

async function readPlace(file: string): Promise<KeyPlace> {
  try {
    const handle = await open(file, openFlags);
    try {
      const about = await handle.stat();
      if (!about.isFile() || about.size > maxBytes) return { id: file, kind: "file", state: "unreadable", variables: {} };
      return { id: file, kind: "file", state: "read", variables: parseEnv(await handle.readFile("utf8")) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const state = (error as NodeJS.ErrnoException).code === "ENOENT" ? "absent" : "unreadable";
    return { id: file, kind: "file", state, variables: {} };
  }
}
