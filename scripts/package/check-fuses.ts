// Reads the fuses of every program that was packed, and ends with 1 where one is not as it was asked for.

import { globSync } from "node:fs";
import path from "node:path";
import { FuseState, FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { repository } from "../run-tool.ts";
import { packagesFolder } from "./package-config.ts";

/** Each fuse's safe side. */
export const safeFuses: readonly (readonly [FuseV1Options, boolean])[] = [
  [FuseV1Options.RunAsNode, false],
  [FuseV1Options.EnableCookieEncryption, true],
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable, false],
  [FuseV1Options.EnableNodeCliInspectArguments, false],
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, true],
  [FuseV1Options.OnlyLoadAppFromAsar, true],
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot, false],
  [FuseV1Options.GrantFileProtocolExtraPrivileges, false],
];

/** The names of the fuses of a program that are not on their safe side. */
export async function findWrongFuses(program: string): Promise<string[]> {
  const wire = await getCurrentFuseWire(program);
  return safeFuses.filter(([fuse, isOn]) => (wire[fuse] === FuseState.ENABLE) !== isOn).map(([fuse]) => FuseV1Options[fuse]);
}

if (import.meta.main) {
  const patterns = ["linux*-unpacked/postern", "win*-unpacked/Postern.exe", "mac*/Postern.app"];
  const programs = globSync(patterns, { cwd: path.join(repository, packagesFolder) });
  if (programs.length === 0) throw new Error(`Cannot check the fuses: there is no packed app in ${packagesFolder}; run "npm run package"`);
  for (const program of programs) {
    const wrong = await findWrongFuses(path.join(repository, packagesFolder, program));
    console.log(`${program}: ${wrong.length === 0 ? "every fuse is as it should be" : `wrong: ${wrong.join(", ")}`}`);
    if (wrong.length > 0) process.exitCode = 1;
  }
}
