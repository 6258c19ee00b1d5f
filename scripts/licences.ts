import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Licence, Licences } from "#shared/contract/data.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));

/** Where the licences of what ships stand. */
export const licencesFile: string = path.join(repository, "assets/licences.json");

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly license?: string | { readonly type: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** What ships in the desktop app beside that; development dependencies too, since the bundle holds all of the one and is run by the other. */
const desktopPackages = ["electron", "electron-updater"];

/** A licence with its text as it stands. */
type Found = Omit<Licence, "text"> & { readonly text: string };

/**
 * Gathers the licences of everything that ships: what the program depends on, and what the window's files import, each with
 * what it depends on itself. Postern's own comes first.
 */
export function gatherLicences(): Licences {
  const own = readPackage(repository);
  const found = new Map<string, Found>();
  const roots = [...Object.keys(own.dependencies ?? {}), ...findWindowPackages(own), ...desktopPackages];
  for (const name of roots) follow(name, repository, found);
  const others = [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  const all = [describe(repository, own), ...others];
  const texts = [...new Set(all.map(({ text }) => text).filter((text) => text !== ""))];
  return { packages: all.map((one) => ({ ...one, text: one.text === "" ? null : texts.indexOf(one.text) })), texts };
}

/** What the window's files import: a bundler puts it into them, so it ships though it is a development dependency. */
export function findWindowPackages({ devDependencies = {} }: Pick<PackageFile, "devDependencies"> = readPackage(repository)): string[] {
  const imported = new Set<string>();
  for (const file of globSync("renderer/**/*.{ts,tsx,css}", { cwd: repository })) {
    const text = readFileSync(path.join(repository, file), "utf8");
    for (const [, specifier = ""] of text.matchAll(/(?:from|import|import\()\s*["']([^"'.#][^"']*)["']/g))
      imported.add(specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/"));
  }
  return Object.keys(devDependencies).filter((name) => imported.has(name));
}

function follow(name: string, from: string, found: Map<string, Found>): void {
  const folder = findFolder(name, from);
  // Optional ones of other systems are not installed.
  if (folder === null) return;
  const file = readPackage(folder);
  const key = `${file.name}@${file.version}`;
  if (found.has(key)) return;
  found.set(key, describe(folder, file));
  // What Electron's package depends on only fetches it.
  if (name === "electron") return;
  for (const dependency of Object.keys(file.dependencies ?? {})) follow(dependency, folder, found);
}

function findFolder(name: string, from: string): string | null {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, "node_modules", name);
    if (existsSync(path.join(candidate, "package.json"))) return candidate;
    if (folder === path.dirname(folder)) return null;
  }
}

function describe(folder: string, { name, version, license }: PackageFile): Found {
  const file = readdirSync(folder).find((candidate) => /^(licen[cs]e|copying|unlicense)(\.(md|txt))?$/i.test(candidate));
  const text = file === undefined ? "" : readFileSync(path.join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
  return { name, version, licence: typeof license === "string" ? license : (license?.type ?? "unknown"), text };
}

function readPackage(folder: string): PackageFile {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as PackageFile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(licencesFile, `${JSON.stringify(gatherLicences(), null, 1)}\n`);
