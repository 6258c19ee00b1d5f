import type { ProviderRow, ProviderRows } from "#core/config/provider-rows.ts";
import { readKeyVariable } from "#core/vault/environment-keys.ts";
import { findKeysAmong } from "#core/vault/find-keys-among.ts";
import { guessProvider } from "#core/vault/guess-provider.ts";
import { readKeyPlaces } from "#core/vault/key-places.ts";
import { readKeyBlock } from "#core/vault/read-key-block.ts";
import type { KeyPlaceInfo } from "#shared/contract/key-finds.ts";
import type { AdminParts } from "./parts.ts";

/** A key that lies somewhere, with itself: it goes no further than to the vault. */
export interface KeyFind {
  readonly place: string;
  readonly variable: string;
  readonly row: ProviderRow | null;
  readonly by: "name" | "prefix" | null;
  readonly secret: string;
  /** What its last characters may be shown of. */
  readonly shown: string;
}

/** All that was found, and where was looked. */
export interface KeyFinds {
  readonly finds: readonly KeyFind[];
  readonly places: readonly KeyPlaceInfo[];
}

/** The place of what was pasted. */
const textPlace = "text";
/** Shorter values under an unknown name are settings. */
const leastLength = 16;

/** Looks for keys in a text, or, without one, in the environment and the usual files. */
export async function findKeys(
  { environment, homeFolder, config }: Pick<AdminParts, "environment" | "homeFolder" | "config">,
  text: string | undefined,
): Promise<KeyFinds> {
  const { rows } = config.current;
  if (text !== undefined) return { finds: findInText(text, rows), places: [{ place: textPlace, kind: "text", state: "read" }] };
  const places = await readKeyPlaces(environment, [homeFolder, process.cwd()]);
  return {
    finds: places.flatMap(({ id, variables }) => findInVariables(id, variables, rows.all)),
    places: places.map(({ id, kind, state }) => ({ place: id, kind, state })),
  };
}

/** By the names that rows give, then, of other names that speak of a key, by how their values begin. */
function findInVariables(place: string, variables: Readonly<Record<string, string | undefined>>, all: readonly ProviderRow[]): KeyFind[] {
  const rows = all.filter((row) => row.auth !== "none");
  const byName = findKeysAmong(variables, rows).map((found): KeyFind => ({ ...found, place, by: "name" }));
  const known = new Set(rows.flatMap((row) => row.environment));
  const byPrefix = Object.keys(variables).flatMap((variable): KeyFind[] => {
    if (known.has(variable) || !/key|token|secret/i.test(variable)) return [];
    const secret = readKeyVariable(variables, variable);
    const row = secret === undefined ? undefined : guessProvider(secret, rows);
    const isKnown = byName.some((find) => find.secret === secret);
    return secret === undefined || row === undefined || isKnown ? [] : [{ place, variable, row, by: "prefix", secret, shown: secret }];
  });
  return [...byName, ...byPrefix];
}

function findInText(text: string, rows: ProviderRows): KeyFind[] {
  const pasted = readKeyBlock(text);
  const names = new Map(pasted.flatMap(({ name, secret }) => (name === null ? [] : [[name, secret] as const])));
  const byName = findInVariables(textPlace, Object.fromEntries(names), rows.all);
  const done = new Set(byName.flatMap(({ variable, row }) => [variable, ...partsOf(variable, row)]));
  const others = pasted.flatMap(({ name, line, secret }): KeyFind[] => {
    if ((name !== null && done.has(name)) || secret.length < leastLength || /\s/.test(secret)) return [];
    if (readKeyVariable({ secret }, "secret") === undefined) return [];
    const keyed = rows.all.filter((row) => row.auth !== "none");
    const guessed = guessProvider(secret, keyed);
    // `{ "openai": { "apiKey": "..." } }`: what stands above it names the provider.
    const named = name
      ?.split(".")
      .map((part) => rows.find(part.toLowerCase()))
      .find((row) => row !== undefined && row.auth !== "none");
    if (guessed === undefined && named === undefined && name !== null && !/key|token|secret/i.test(name)) return [];
    const row = guessed ?? named ?? null;
    const by = row === null ? null : guessed === undefined ? "name" : "prefix";
    return [{ place: textPlace, variable: name ?? `line ${line}`, row, by, secret, shown: secret }];
  });
  return [...byName, ...others];
}

/** The other halves of an AWS key: they are in it. */
function partsOf(variable: string, row: ProviderRow | null): string[] {
  if (row?.auth !== "aws-sigv4" || !variable.endsWith("ACCESS_KEY_ID")) return [];
  return ["SECRET_ACCESS_KEY", "SESSION_TOKEN"].map((ending) => variable.replace(/ACCESS_KEY_ID$/, ending));
}
