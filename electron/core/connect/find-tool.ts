import { constants } from "node:fs";
import { access, readdir, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import type { Connector } from "#shared/schema/connector.ts";
import type { ToolFolders } from "./tool-folders.ts";

/** A tool that is installed. */
export interface FoundTool {
  /** The program, or the folder that shows it. */
  readonly path: string;
  /** Null where no file says it: no tool is started to ask it. */
  readonly version: string | null;
}

/** Looks for a tool on this machine: its program first, then what else its installation leaves. Null where there is neither. */
export async function findTool({ detect }: Connector, folders: ToolFolders): Promise<FoundTool | null> {
  for (const program of detect.programs) {
    const file = await findProgram(program, folders);
    if (file !== null) return { path: file, version: await versionOfProgram(file, program) };
  }
  for (const paths of detect.paths) {
    const template = folders.resolve(paths);
    const found = template === null ? null : await findPath(template);
    if (found !== null) return { path: found, version: versionInName(found) ?? (await versionOfBundle(found)) };
  }
  return null;
}

async function findProgram(name: string, { programFolders, system }: ToolFolders): Promise<string | null> {
  const endings = system === "windows" ? [".exe", ".cmd", ".bat", ".ps1"] : [""];
  for (const folder of programFolders) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (await isProgram(file)) return file;
    }
  }
  return null;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    // A folder may be entered, which is the same right as to run a file.
    if (!(await stat(file)).isFile()) return false;
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The newest entry that fits, where the last part ends in `*`. */
async function findPath(template: string): Promise<string | null> {
  try {
    if (!template.endsWith("*")) {
      await access(template);
      return template;
    }
    const folder = path.dirname(template);
    const prefix = path.basename(template).slice(0, -1);
    const names = (await readdir(folder)).filter((name) => name.toLowerCase().startsWith(prefix.toLowerCase()));
    const last = names.sort((one, other) => one.localeCompare(other, "en", { numeric: true })).at(-1);
    return last === undefined ? null : path.join(folder, last);
  } catch {
    return null;
  }
}

/** `saoudrizwan.claude-dev-3.2.1` */
function versionInName(file: string): string | null {
  return /-(\d+(?:\.\d+)+)/.exec(path.basename(file))?.[1] ?? null;
}

const farthestManifest = 4;

/** The package that npm, or whatever works like it, made the program from: its manifest stands in a folder above the real file. */
async function versionOfProgram(file: string, program: string): Promise<string | null> {
  let folder: string;
  try {
    folder = path.dirname(await realpath(file));
  } catch {
    return null;
  }
  for (let steps = 0; steps < farthestManifest && folder !== path.dirname(folder); steps++, folder = path.dirname(folder)) {
    try {
      const manifest: unknown = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
      if (typeof manifest !== "object" || manifest === null) continue;
      const { version, bin, name } = manifest as Readonly<Record<string, unknown>>;
      const isItsOwn = typeof bin === "object" && bin !== null ? Object.hasOwn(bin, program) : typeof bin === "string" || name === program;
      if (isItsOwn && typeof version === "string" && /^[\w.+-]{1,40}$/.test(version)) return version;
    } catch {
      // No manifest here.
    }
  }
  return null;
}

/** A bundle of macOS says it in its property list, where that is text. */
async function versionOfBundle(file: string): Promise<string | null> {
  if (!file.endsWith(".app")) return null;
  try {
    const text = await readFile(path.join(file, "Contents/Info.plist"), "utf8");
    return /<key>CFBundleShortVersionString<\/key>\s*<string>([\w.+-]{1,40})<\/string>/.exec(text)?.[1] ?? null;
  } catch {
    return null;
  }
}
