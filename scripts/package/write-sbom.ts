import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repository } from "../run-tool.ts";

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
}

/** What is in a package beside the bundles: the program around them, and the native keychain. */
const beside = ["electron", "keytar"];

/**
 * Writes what a package is made of, as CycloneDX 1.6: every library whose code is in one of the bundles, not what only
 * built them.
 *
 * @param lists the files in which the builds wrote which folders of node_modules their code came from
 */
export function writeSbom(file: string, lists: readonly string[]): void {
  const folders = new Set([
    ...lists.flatMap((list) => JSON.parse(readFileSync(list, "utf8")) as string[]),
    ...beside.map((name) => `node_modules/${name}`),
  ]);
  const own = readPackage("");
  const components = [...folders]
    .map((folder) => readPackage(folder))
    .map(({ name, version, license }) => ({
      type: name === "electron" ? "framework" : "library",
      name,
      version,
      purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
      ...(typeof license === "string" ? { licenses: [/\s/.test(license) ? { expression: license } : { license: { id: license } }] } : {}),
    }))
    .sort((one, other) => one.purl.localeCompare(other.purl));
  const sbom = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", name: own.name, version: own.version, licenses: [{ license: { id: "MIT" } }] } },
    components,
  };
  writeFileSync(file, `${JSON.stringify(sbom, null, 2)}\n`);
}

function readPackage(folder: string): Package {
  return JSON.parse(readFileSync(path.join(repository, folder, "package.json"), "utf8")) as Package;
}
