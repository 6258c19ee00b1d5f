import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openListingFiles } from "#core/catalog/listing-file.ts";
import type { Listing } from "#core/catalog/listing.ts";
import { bareModel, noPrices, type SourceModel } from "#core/catalog/source-model.ts";

/** Who lists how many of the models, 25,000 in all: a gateway with every one of the 10,000, and smaller ones. */
const shares: readonly (readonly [string, number])[] = [
  ["openrouter", 10_000],
  ["featherless", 6_000],
  ["deepinfra", 4_000],
  ["chutes", 3_000],
  ["together-ai", 2_000],
];

/** Writes a catalog's files as a run leaves them, with as much text as real lists have. Returns their folder. */
export async function writeCatalogFiles(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-bench-catalog-"));
  const files = openListingFiles(folder);
  for (const [source, count] of shares) await files.write(source, listingOf(source, count));
  return folder;
}

/** The lists as they are named in the files. */
export const catalogSources: readonly string[] = shares.map(([source]) => source);

function listingOf(source: string, count: number): Listing {
  const models = Array.from({ length: count }, (_, index) => modelOf(source, index));
  return {
    groups: [{ provider: source, models }],
    fetchedAtMs: 1_790_000_000_000,
    validators: null,
    address: `https://${source}.example/v1`,
  };
}

function modelOf(source: string, index: number): SourceModel {
  const maker = `maker-${index % 97}`;
  return {
    ...bareModel(`${maker}/Model-${Math.floor(index / 97)}.${index % 7}-${index}b-Instruct`),
    name: `Maker ${index % 97}: Model ${index} Instruct`,
    description: source === "openrouter" ? `${"A model that answers questions and writes programs. ".repeat(7)}${index}` : null,
    createdAtSeconds: 1_700_000_000 + index * 60,
    contextTokens: 4_096 * (1 + (index % 64)),
    maxOutputTokens: 1_024 * (1 + (index % 32)),
    inputModalities: index % 3 === 0 ? ["text", "image"] : ["text"],
    outputModalities: ["text"],
    tools: index % 2 === 0,
    jsonSchema: index % 4 === 0,
    reasoning: index % 5 === 0,
    prices: { ...noPrices, input: `0.000000${(index % 900) + 100}`, output: `0.00000${(index % 900) + 100}` },
    quantization: source === "openrouter" ? null : "fp8",
    tokenizer: "Other",
    canonicalId: source === "openrouter" ? `${maker}/model-${index}-canonical` : null,
    huggingFaceId: source === "openrouter" ? `${maker}/Model-${Math.floor(index / 97)}.${index % 7}-${index}b-Instruct` : null,
  };
}
