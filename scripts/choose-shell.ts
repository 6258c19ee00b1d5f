import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { repository } from "./run-tool.ts";

/** What decides whether Electron can run here. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** 0 is root; undefined on Windows. */
  readonly userId: number | undefined;
  /** Reads a file of the system's; null where there is none. */
  readonly read: (file: string) => string | null;
}

/** Why Electron cannot be started on this machine, in words that follow "Opening in the browser: "; null where it may. */
export function whyNoElectron({ platform, environment, userId, read }: Machine): string | null {
  if (platform !== "linux") return null;
  if (userId === 0) return "Electron's sandbox does not run as root";
  if (!environment["DISPLAY"] && !environment["WAYLAND_DISPLAY"]) return "there is no display for Electron";
  // Chromium's sandbox needs namespaces of its own, which some systems keep to programs that root has blessed.
  const isOff =
    read("/proc/sys/kernel/unprivileged_userns_clone")?.trim() === "0" || read("/proc/sys/user/max_user_namespaces")?.trim() === "0";
  const isKept = read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")?.trim() === "1";
  if (isOff || isKept)
    return "this system does not let Electron start its sandbox from a source tree (the packaged app brings what it needs)";
  return null;
}

/** Electron's program, where it was downloaded; null where it was not. */
export function findElectron(): string | null {
  const folder = path.join(repository, "node_modules/electron");
  const name = readIfThere(path.join(folder, "path.txt"));
  const program = name === null ? null : path.join(process.env["ELECTRON_OVERRIDE_DIST_PATH"] ?? path.join(folder, "dist"), name);
  return program !== null && existsSync(program) ? program : null;
}

/** A file's text; null where it cannot be read. */
export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
