import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "#core/store/replace-file.ts";
import type { Listing, ListingGroup } from "./listing.ts";
import type { ModelPrices, SourceModel } from "./source-model.ts";
import { isModelId } from "./sources/read-fields.ts";

/** Of another version nothing is read: the list is fetched anew. */
const version = 1;
/** Far above what the largest list takes; a larger file is not ours. */
const maxFileBytes = 67_108_864;
const extension = ".list.json";

/** A model as a row: its facts in the order of {@link packModel}. Names of fields would make up most of the file. */
type PackedModel = readonly (string | number | boolean | null)[];

/** What stands in a file. */
interface PackedListing {
  readonly version: typeof version;
  readonly fetchedAtMs: number | null;
  readonly validators: Listing["validators"];
  readonly address: string;
  readonly groups: readonly { readonly provider: string; readonly models: readonly PackedModel[] }[];
}

/** The files of the catalog's folder: the last good list of each source, whole or not there. */
export interface ListingFiles {
  /** The sources that have a file. */
  names(): Promise<readonly string[]>;
  /** Null where there is none, or none that can be read. */
  read(source: string): Promise<Listing | null>;
  /** Flushed to the disk. Rejects with the file system's error; the old file stays then. */
  write(source: string, listing: Listing): Promise<void>;
  remove(source: string): Promise<void>;
}

/** Opens the folder of the lists; it is made with the first list that is written, 0700. */
export function openListingFiles(folder: string): ListingFiles {
  const fileOf = (source: string): string => path.join(folder, `${source}${extension}`);
  const interned = createInterner();
  return {
    async names() {
      const files = await readdir(folder).catch(() => [] as string[]);
      return files.flatMap((file) => (file.endsWith(extension) ? [file.slice(0, -extension.length)] : []));
    },
    async read(source) {
      try {
        if ((await stat(fileOf(source))).size > maxFileBytes) return null;
        return unpackListing(JSON.parse((await readFile(fileOf(source))).toString("utf8")), interned);
      } catch {
        // Missing, or damaged: it will be fetched anew.
        return null;
      }
    },
    async write(source, listing) {
      await makeFolder(folder);
      await replaceFile(fileOf(source), JSON.stringify(packListing(listing)));
    },
    remove: (source) => rm(fileOf(source), { force: true }),
  };
}

/** Makes a folder, 0700, where it is not there. Not its parent: a data folder that is gone stays gone. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

function packListing({ fetchedAtMs, validators, address, groups }: Listing): PackedListing {
  return {
    version,
    fetchedAtMs,
    validators,
    address,
    groups: groups.map(({ provider, models }) => ({ provider, models: models.map(packModel) })),
  };
}

/** @throws {TypeError} and the like where it is no list of this version */
function unpackListing(value: unknown, interned: Interner): Listing | null {
  const packed = value as PackedListing;
  if (packed.version !== version || typeof packed.address !== "string") return null;
  const groups = packed.groups.map(({ provider, models }): ListingGroup => ({
    provider,
    models: models.flatMap((model) => (isModelId(model[0]) ? [unpackModel(model, interned)] : [])),
  }));
  return { groups, fetchedAtMs: packed.fetchedAtMs, validators: packed.validators, address: packed.address };
}

function packModel(model: SourceModel): PackedModel {
  const { prices } = model;
  return [
    model.id,
    model.name,
    model.description,
    model.maker,
    model.createdAtSeconds,
    model.contextTokens,
    model.maxOutputTokens,
    model.inputModalities?.join("+") ?? null,
    model.outputModalities?.join("+") ?? null,
    model.tools,
    model.jsonSchema,
    model.reasoning,
    model.caching,
    prices === null ? null : priceFields.map((field) => prices[field] ?? "").join("|"),
    model.quantization,
    model.tokenizer,
    model.instructType,
    model.canonicalId,
    model.huggingFaceId,
    model.license,
    model.knowledgeCutoff,
    model.deprecatedAt,
    model.openWeights,
  ];
}

const priceFields = ["input", "output", "cacheRead", "cacheWrite", "reasoning", "audio", "request", "image"] as const;

type Unpacked = { -readonly [Field in keyof SourceModel]: SourceModel[Field] };

function unpackModel(row: PackedModel, interned: Interner): SourceModel {
  return {
    id: row[0] as string,
    name: row[1] as Unpacked["name"],
    description: row[2] as Unpacked["description"],
    maker: interned.text(row[3]),
    createdAtSeconds: row[4] as Unpacked["createdAtSeconds"],
    contextTokens: row[5] as Unpacked["contextTokens"],
    maxOutputTokens: row[6] as Unpacked["maxOutputTokens"],
    inputModalities: interned.words(row[7]),
    outputModalities: interned.words(row[8]),
    tools: row[9] as Unpacked["tools"],
    jsonSchema: row[10] as Unpacked["jsonSchema"],
    reasoning: row[11] as Unpacked["reasoning"],
    caching: row[12] as Unpacked["caching"],
    prices: interned.prices(row[13]),
    quantization: interned.text(row[14]),
    tokenizer: interned.text(row[15]),
    instructType: interned.text(row[16]),
    canonicalId: row[17] as Unpacked["canonicalId"],
    huggingFaceId: row[18] as Unpacked["huggingFaceId"],
    license: interned.text(row[19]),
    knowledgeCutoff: interned.text(row[20]),
    deprecatedAt: interned.text(row[21]),
    // Files of earlier versions have no such column.
    openWeights: typeof row[22] === "boolean" ? row[22] : null,
  };
}

/** Gives equal values as one: most models share their prices and modalities with others. */
interface Interner {
  text(value: unknown): string | null;
  words(value: unknown): readonly string[] | null;
  prices(value: unknown): ModelPrices | null;
}

function createInterner(): Interner {
  const texts = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  const prices = new Map<string, ModelPrices>();
  return {
    text(value) {
      if (typeof value !== "string") return null;
      const known = texts.get(value);
      if (known === undefined) texts.set(value, value);
      return known ?? value;
    },
    words(value) {
      if (typeof value !== "string") return null;
      let known = lists.get(value);
      if (known === undefined) lists.set(value, (known = value.split("+")));
      return known;
    },
    prices(value) {
      if (typeof value !== "string") return null;
      let known = prices.get(value);
      if (known === undefined) prices.set(value, (known = unpackPrices(value)));
      return known;
    },
  };
}

function unpackPrices(packed: string): ModelPrices {
  const parts = packed.split("|").map((part) => (/^\d+(?:\.\d+)?$/.test(part) ? part : null));
  const [input = null, output = null, cacheRead = null, cacheWrite = null, reasoning = null, audio = null, request = null, image = null] =
    parts;
  return { input, output, cacheRead, cacheWrite, reasoning, audio, request, image };
}
