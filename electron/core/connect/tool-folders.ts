import path from "node:path";
import type { Platform } from "#core/platform.ts";
import type { ConnectorPaths, System } from "#shared/schema/connector.ts";

/** Where tools keep their files on this machine. */
export interface ToolFolders {
  readonly system: System;
  readonly home: string;
  /** One path of a connector as an absolute one; null where it has none for this system, or the folder is not known. */
  resolve(paths: ConnectorPaths): string | null;
  /** A variable of the environment, where it is set. */
  variable(name: string): string | null;
  /** The folders in which programs are looked for, in order: PATH's, and those that a program without a terminal does not have in it. */
  readonly programFolders: readonly string[];
}

const moreFolders: Readonly<Record<System, readonly string[]>> = {
  linux: ["~/.local/bin", "/usr/local/bin", "/usr/bin", "/snap/bin", "/home/linuxbrew/.linuxbrew/bin"],
  macos: ["~/.local/bin", "/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"],
  windows: ["{appdata}/npm", "~/.local/bin", "{localappdata}/Microsoft/WinGet/Links", "~/scoop/shims"],
};

const everywhere = [
  "~/.npm-global/bin",
  "~/.bun/bin",
  "~/.cargo/bin",
  "~/.volta/bin",
  "~/.local/share/mise/shims",
  "~/.asdf/shims",
  "~/bin",
  "~/go/bin",
];

/** Reads them from the platform; nothing of the disk is looked at. */
export function createToolFolders({ environment, homeFolder }: Pick<Platform, "environment" | "homeFolder">): ToolFolders {
  const system = process.platform === "win32" ? "windows" : process.platform === "darwin" ? "macos" : "linux";
  const variable = (name: string): string | null => {
    const value = environment[name]?.trim() ?? "";
    return value === "" ? null : value;
  };
  const known: Readonly<Record<string, string | null>> = {
    "~": homeFolder,
    "{config}": absolute(variable("XDG_CONFIG_HOME")) ?? path.join(homeFolder, ".config"),
    "{appdata}": variable("APPDATA") ?? (system === "windows" ? path.join(homeFolder, "AppData/Roaming") : null),
    "{localappdata}": variable("LOCALAPPDATA") ?? (system === "windows" ? path.join(homeFolder, "AppData/Local") : null),
    "{support}": system === "macos" ? path.join(homeFolder, "Library/Application Support") : null,
    "{programs}": system === "macos" ? "/Applications" : variable("ProgramFiles"),
  };

  function expand(template: string): string | null {
    const [first = "", ...rest] = template.split("/");
    if (first === "") return path.normalize(template);
    const folder = known[first] ?? null;
    return folder === null ? null : path.join(folder, ...rest);
  }

  const ownFolders = (variable("PATH") ?? variable("Path") ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const others = [...moreFolders[system], ...everywhere].flatMap((template) => expand(template) ?? []);
  return {
    system,
    home: homeFolder,
    variable,
    resolve: (paths) => {
      const template = typeof paths === "string" ? paths : paths[system];
      return template === undefined ? null : expand(template);
    },
    programFolders: [...new Set([...ownFolders, ...others])],
  };
}

function absolute(folder: string | null): string | null {
  return folder !== null && path.isAbsolute(folder) ? folder : null;
}
