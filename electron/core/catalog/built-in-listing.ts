import { readFileSync } from "node:fs";
import path from "node:path";
import type { Listing, ListingGroup } from "./listing.ts";
import { bareModel, type SourceModel } from "./source-model.ts";

/** What a kind of model takes and gives. */
const kinds: Readonly<Record<string, { readonly takes: readonly string[]; readonly gives: readonly string[] }>> = {
  llm: { takes: ["text"], gives: ["text"] },
  "vision-llm": { takes: ["text", "image"], gives: ["text"] },
  image: { takes: ["text"], gives: ["image"] },
  "text-to-speech": { takes: ["text"], gives: ["audio"] },
  "speech-to-text": { takes: ["audio"], gives: ["text"] },
  video: { takes: ["text"], gives: ["video"] },
  music: { takes: ["text"], gives: ["audio"] },
};

/** Chutes's models as they ship with Postern: its live list names language models only, and to a key. */
export interface BuiltInChutes {
  /** For when there is no live list. */
  readonly whole: Listing;
  /** The models that no live list names. */
  readonly besidesText: readonly SourceModel[];
}

interface ChutesFile {
  readonly models: readonly { readonly id: string; readonly kind: string; readonly name: string; readonly huggingFaceId?: string }[];
}

/** Reads `assets/catalog/chutes.json`. Throws where it is not there: it ships with the program. */
export function readBuiltInChutes(assetsFolder: string): BuiltInChutes {
  const file = JSON.parse(readFileSync(path.join(assetsFolder, "catalog", "chutes.json"), "utf8")) as ChutesFile;
  const models = file.models.map(({ id, kind, name, huggingFaceId }): SourceModel => ({
    ...bareModel(id),
    name,
    huggingFaceId: huggingFaceId ?? null,
    inputModalities: kinds[kind]?.takes ?? null,
    outputModalities: kinds[kind]?.gives ?? null,
  }));
  return {
    whole: { groups: [{ provider: "chutes", models }], fetchedAtMs: null, validators: null, address: "" },
    besidesText: models.filter(
      ({ outputModalities, inputModalities }) => outputModalities?.[0] !== "text" || inputModalities?.[0] !== "text",
    ),
  };
}

/** A live list with the models beside it that it does not name. */
export function withBuiltIn(live: Listing, built: BuiltInChutes): Listing {
  const groups = live.groups.map((group): ListingGroup => {
    const ids = new Set(group.models.map(({ id }) => id));
    return { ...group, models: [...group.models, ...built.besidesText.filter(({ id }) => !ids.has(id))] };
  });
  return { ...live, groups };
}
