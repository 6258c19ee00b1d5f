import { readFile } from "node:fs/promises";
import path from "node:path";

/** One file of the built window, as it is sent. */
export interface WindowFile {
  readonly body: Buffer<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

/** Whether a path names one of the window's files: the page itself, or something that the build gave a name of its own. */
export function isWindowPath(at: string): boolean {
  return at === "/" || /^\/assets\/[\w-][\w.-]*$/.test(at);
}

/**
 * Reads a file of the built window. Nothing secret is in any of them: anybody on this machine may read them.
 *
 * @param folder where the build put them; what lies outside cannot be named
 * @returns null where there is none
 */
export async function readWindowFile(folder: string, at: string): Promise<WindowFile | null> {
  if (!isWindowPath(at)) return null;
  const name = at === "/" ? "index.html" : at.slice(1);
  const type = types[path.extname(name)];
  const body = type === undefined ? null : await readFile(path.join(folder, name)).catch(() => null);
  if (body === null || type === undefined) return null;
  // The name holds a digest of what is in it; only the page itself can change.
  const keeping: Record<string, string> = at === "/" ? {} : { "cache-control": "private, max-age=31536000, immutable" };
  return { body, headers: { "content-type": type, "content-length": String(body.length), ...keeping } };
}
