import { lastFourOf } from "#core/vault/credential.ts";
import { environmentPlace } from "#core/vault/key-places.ts";
import type { FoundKey, keyFindsContract } from "#shared/contract/key-finds.ts";
import { type KeyInfo, secretSchema } from "#shared/contract/keys.ts";
import { PosternError } from "#shared/errors.ts";
import { findKeys, type KeyFind } from "./find-keys.ts";
import { findRow } from "./find-row.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";
import { storableRow, storeKey } from "./store-key.ts";

type Parts = Pick<AdminParts, "config" | "vault" | "keyHealth" | "environment" | "homeFolder">;

/** Answers what stands in `shared/contract/key-finds.ts`. */
export function createKeyFindHandlers(parts: Parts): HandlersOf<typeof keyFindsContract> {
  const { config, vault } = parts;

  const stored = (provider: string): KeyInfo[] => vault.list().filter((key) => key.provider === provider && key.source !== "environment");

  function describe({ place, variable, row, by, secret, shown }: KeyFind): FoundKey {
    const keys = row === null ? [] : stored(row.id);
    const lastFour = lastFourOf(shown);
    return {
      place,
      variable,
      provider: row?.id ?? null,
      providerName: row?.name ?? null,
      by,
      lastFour,
      isStored: lastFour !== "" && keys.some((key) => key.lastFour === lastFour || key.lastFour === lastFourOf(secret)),
      taken: keys.map((key) => key.name),
      problem: problemOf(secret),
    };
  }

  return {
    findKeys: async ({ body }) => {
      const { finds, places } = await findKeys(parts, body.text);
      return { found: finds.map(describe), places: [...places] };
    },
    takeKeys: async ({ body }) => {
      const { finds } = await findKeys(parts, body.text);
      const keys: KeyInfo[] = [];
      const skipped: { pick: number; why: string }[] = [];
      const left = new Map<string, string[]>();
      for (const [pick, { place, variable, provider, name, replace }] of body.picks.entries()) {
        const row = findRow(config, provider);
        const find = finds.find(
          (one) =>
            one.place === place && one.variable === variable && (one.row === null || one.row.id === row.id || body.text !== undefined),
        );
        const why = refuse(find, stored(row.id).some((key) => key.name === name) && !replace ? name : null);
        if (find === undefined || why !== null) {
          skipped.push({ pick, why: why ?? "" });
          continue;
        }
        try {
          keys.push(await storeKey(parts, storableRow(row), name, find.secret));
        } catch (error) {
          // The next one would fail of a locked keychain as this one did; what one key lacks, the others may have.
          if (!(error instanceof PosternError) || error.status >= 500) throw error;
          skipped.push({ pick, why: error.message });
          continue;
        }
        if (place !== environmentPlace && body.text === undefined) left.set(place, [...(left.get(place) ?? []), variable]);
      }
      return { keys, skipped, leftIn: [...left].map(([file, variables]) => ({ file, variables })) };
    },
  };
}

function refuse(find: KeyFind | undefined, takenName: string | null): string | null {
  if (find === undefined) return "it is no longer there; look again";
  const problem = problemOf(find.secret);
  if (problem !== null) return `what is there ${problem}`;
  return takenName === null ? null : `a key "${takenName}" is stored already; choose another name, or let it be replaced`;
}

function problemOf(secret: string): string | null {
  return secretSchema.safeParse(secret).error?.issues[0]?.message ?? null;
}
