import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ToolFolders } from "./tool-folders.ts";

/** A variable that is set somewhere, where it could lead a tool past Postern. */
export interface Conflict {
  readonly name: string;
  /** A file with its line, or the environment that Postern itself was started in. */
  readonly where: string;
}

const profiles = [
  ".zshenv",
  ".zprofile",
  ".zshrc",
  ".bash_profile",
  ".bashrc",
  ".profile",
  ".config/fish/config.fish",
  "Documents/PowerShell/Microsoft.PowerShell_profile.ps1",
  ".config/powershell/Microsoft.PowerShell_profile.ps1",
];

const mostBytes = 1_048_576;

/** Finds where variables are set: in the shells' own files, and in the environment of this process. Values are not looked at. */
export async function findConflicts(names: readonly string[], folders: ToolFolders): Promise<readonly Conflict[]> {
  if (names.length === 0) return [];
  const here = names
    .filter((name) => folders.variable(name) !== null)
    .map((name) => ({ name, where: "the environment that Postern was started in" }));
  const any = names.map((name) => name.replaceAll(/\W/g, "")).join("|");
  const setting = new RegExp(String.raw`^\s*(?:(?:export\s+|\$env:)?(${any})\s*=|set\s+(?:-\w+\s+)+(${any})\s)`, "i");
  const found = await Promise.all(profiles.map((profile) => findInProfile(path.join(folders.home, profile), setting)));
  return [...here, ...found.flat()];
}

async function findInProfile(file: string, setting: RegExp): Promise<Conflict[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return [];
  }
  if (text.length > mostBytes) return [];
  return text.split("\n").flatMap((line, index) => {
    const [, assigned, set] = setting.exec(line) ?? [];
    const name = assigned ?? set;
    return name === undefined ? [] : [{ name, where: `${file}, line ${index + 1}` }];
  });
}
