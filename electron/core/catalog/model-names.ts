import { readFileSync } from "node:fs";
import path from "node:path";

/** What is known of names: makers with their spellings, whose models a provider's plain names are, and names that mean another. */
export interface ModelNames {
  /** A maker by any of its spellings, in lower case. */
  makerOf(spelling: string): string | undefined;
  /** The maker of a provider's models that are named without one. */
  madeBy(provider: string): string | undefined;
  /** Whether a provider writes `maker.model`. */
  hasDottedMakers(provider: string): boolean;
  /** What a maker puts before its models' names at some places only. */
  dropsOf(maker: string): readonly string[];
  /** The name that another one stands for, both as {@link nameModel} writes them. */
  aliasOf(name: string): string | undefined;
  /** The maker's own site and its logo; null where they are not known. */
  linksOf(maker: string): { readonly site: string | null; readonly logo: string | null };
}

interface NamesFile {
  readonly makers: Readonly<
    Record<string, { readonly site: string; readonly also?: readonly string[]; readonly drops?: readonly string[]; readonly logo?: string }>
  >;
  readonly madeBy: Readonly<Record<string, string>>;
  readonly dottedMakers: readonly string[];
  readonly models: Readonly<Record<string, string>>;
}

const none: readonly string[] = [];

/** Reads `assets/catalog/names.json`. Throws where it is not there: it ships with the program. */
export function readModelNames(assetsFolder: string): ModelNames {
  const file = JSON.parse(readFileSync(path.join(assetsFolder, "catalog", "names.json"), "utf8")) as NamesFile;
  const makers = new Map<string, string>();
  for (const [maker, { also = [] }] of Object.entries(file.makers)) for (const spelling of [maker, ...also]) makers.set(spelling, maker);
  const madeBy = new Map(Object.entries(file.madeBy));
  const dotted = new Set(file.dottedMakers);
  const aliases = new Map(Object.entries(file.models).map(([from, to]) => [plainSpelling(from), plainSpelling(to)]));
  const drops = new Map(
    Object.entries(file.makers).flatMap(([maker, entry]) => (entry.drops === undefined ? [] : [[maker, entry.drops] as const])),
  );
  return {
    makerOf: (spelling) => makers.get(spelling),
    madeBy: (provider) => madeBy.get(provider),
    hasDottedMakers: (provider) => dotted.has(provider),
    dropsOf: (maker) => drops.get(maker) ?? none,
    aliasOf: (name) => aliases.get(name),
    linksOf(maker) {
      const entry = Object.hasOwn(file.makers, maker) ? file.makers[maker] : undefined;
      return { site: entry?.site ?? null, logo: entry === undefined ? null : `https://models.dev/logos/${entry.logo ?? maker}.svg` };
    },
  };
}

const otherDashes = /[._ ]/;
const allOtherDashes = /[._ ]/g;

/** Lower case, with one sign for what some write as a point and some as a dash. */
export function plainSpelling(name: string): string {
  const lower = name.toLowerCase();
  return otherDashes.test(lower) ? lower.replaceAll(allOtherDashes, "-") : lower;
}
