import { PosternError } from "#shared/errors.ts";
import type { DialectId } from "#shared/schema/provider.ts";
import { modelPath } from "./bedrock-converse/path.ts";
import type { Usage } from "./chat.ts";
import { Fields, invalid } from "./fields.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import type { JsonTranslation } from "./json-translation.ts";

/** What a client asks of `/v1/embeddings`, with the fields that providers of search models added. */
interface EmbeddingsRequest {
  readonly texts: readonly string[];
  readonly dimensions?: number | undefined;
  /** What the vectors are for, in Cohere's words: `search_document`, `search_query`, `classification`, `clustering`. */
  readonly inputType?: string | undefined;
  readonly truncate?: string | undefined;
}

/** How one provider is asked, and what it answers. */
interface Provider {
  path(model: string): string;
  write(request: EmbeddingsRequest, model: string, drop: (field: string) => void): JsonObject;
  /** The vectors in the order of the texts; undefined where the body has none. */
  vectors(body: JsonObject): JsonValue | undefined;
  tokens(body: JsonObject): JsonValue | undefined;
}

/**
 * Puts OpenAI's `/v1/embeddings` to a provider of another dialect; null where it has none, or the model makes none.
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings/create
 */
export function embeddingsFor(dialect: DialectId, model: string): JsonTranslation | null {
  const provider = providerFor(dialect, model);
  if (provider === null) return null;
  return {
    path: (name) => provider.path(name),
    writeRequest: (body, name, drop) => provider.write(readRequest(body, drop), name, drop),
    readReply: (body, request) => readReply(provider, body, request),
  };
}

function providerFor(dialect: DialectId, model: string): Provider | null {
  switch (dialect) {
    case "gemini-generate":
      return gemini;
    case "cohere-chat":
      return cohere;
    case "bedrock-converse":
      return bedrockFor(model);
    case "openai-chat":
    case "openai-responses":
    case "anthropic-messages":
      return null;
  }
}

function bedrockFor(model: string): Provider | null {
  if (model.includes("cohere.embed")) return bedrockCohere;
  if (model.includes("titan-embed-image")) return titanImage;
  if (model.includes("titan-embed")) return titan;
  return model.includes("nova") && model.includes("embed") ? nova : null;
}

function readRequest(body: JsonObject, drop: (field: string) => void): EmbeddingsRequest {
  const fields = new Fields(body);
  fields.ignore("model");
  fields.choice("encoding_format", ["float", "base64"]);
  const request: EmbeddingsRequest = {
    texts: readInput(fields),
    dimensions: fields.integer("dimensions", 1),
    inputType: fields.text("input_type"),
    truncate: fields.text("truncate"),
  };
  for (const path of fields.rest()) drop(path);
  return request;
}

function readInput(fields: Fields): readonly string[] {
  const input = fields.any("input");
  if (typeof input === "string") return [input];
  if (!Array.isArray(input)) return fields.refuse("input", "must be a string or an array of strings");
  const items = input as readonly JsonValue[];
  const first = items[0];
  if (first === undefined) return fields.refuse("input", "must not be empty");
  if (typeof first === "number" || Array.isArray(first))
    throw new PosternError(
      "cannot_translate",
      "Cannot pass on tokens as input: they mean something to OpenAI's models alone; send the text",
      { param: "input" },
    );
  return items.map((item, index) => {
    if (typeof item === "string") return item;
    throw invalid(`input[${index}]`, "must be a string");
  });
}

function readReply(provider: Provider, body: JsonObject, request: JsonObject): { readonly reply: JsonObject; readonly usage: Usage } {
  const vectors = provider.vectors(body);
  const texts = Array.isArray(request["input"]) ? request["input"].length : 1;
  // One too few would give the texts behind it their neighbours' vectors.
  if (!Array.isArray(vectors) || vectors.length !== texts || !(vectors as readonly JsonValue[]).every(isVector))
    throw new PosternError(
      "upstream_invalid",
      "Cannot read the provider's embeddings: its answer does not hold a vector for each text; try again, or choose another model",
    );
  const isBase64 = request["encoding_format"] === "base64";
  const tokens = provider.tokens(body);
  const count = typeof tokens === "number" ? tokens : undefined;
  return {
    reply: {
      object: "list",
      data: (vectors as readonly (readonly number[])[]).map((vector, index) => ({
        object: "embedding",
        index,
        embedding: isBase64 ? writeBase64(vector) : vector,
      })),
      model: request["model"],
      // OpenAI's clients expect both counts, also where nobody told them.
      usage: { prompt_tokens: count ?? 0, total_tokens: count ?? 0 },
    },
    usage: { inputTokens: count },
  };
}

function isVector(value: JsonValue): boolean {
  return Array.isArray(value) && (value as readonly JsonValue[]).every((item) => typeof item === "number");
}

/** OpenAI's `base64`: 32-bit floats, the lowest byte first. */
function writeBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}

/** A field of a field, as far as there is one. */
function at(body: JsonObject, outer: string, inner: string): JsonValue | undefined {
  const value = body[outer];
  return isJsonObject(value) ? value[inner] : undefined;
}

/** The field of each object of a list. */
function each(list: JsonValue | undefined, key: string): readonly JsonValue[] | undefined {
  if (!Array.isArray(list)) return undefined;
  return (list as readonly JsonValue[]).map((item) => (isJsonObject(item) ? item[key] : undefined) ?? null);
}

/** https://ai.google.dev/api/embeddings#TaskType */
const geminiTasks: Readonly<Record<string, string>> = {
  search_document: "RETRIEVAL_DOCUMENT",
  search_query: "RETRIEVAL_QUERY",
  classification: "CLASSIFICATION",
  clustering: "CLUSTERING",
};

/** https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
const gemini: Provider = {
  path: (model) => `/${geminiName(model)}:batchEmbedContents`,
  write({ texts, dimensions, inputType, truncate }, model, drop) {
    if (truncate !== undefined) drop("truncate");
    const taskType = inputType === undefined ? undefined : geminiTasks[inputType];
    if (inputType !== undefined && taskType === undefined) drop("input_type");
    return {
      requests: texts.map((text) => ({
        model: geminiName(model),
        content: { parts: [{ text }] },
        taskType,
        outputDimensionality: dimensions,
      })),
    };
  },
  vectors: (body) => each(body["embeddings"], "values"),
  tokens: (body) => at(body, "usageMetadata", "promptTokenCount"),
};

function geminiName(model: string): string {
  return `models/${encodeURIComponent(model.startsWith("models/") ? model.slice(7) : model)}`;
}

function writeCohere({ texts, dimensions, inputType, truncate }: EmbeddingsRequest): JsonObject {
  return {
    texts,
    // Cohere has to be told, OpenAI's clients do not say: what is stored is the common case.
    input_type: inputType ?? "search_document",
    embedding_types: ["float"],
    output_dimension: dimensions,
    truncate,
  };
}

/** https://docs.cohere.com/reference/embed */
const cohere: Provider = {
  path: () => "/embed",
  write: (request, model) => ({ model, ...writeCohere(request) }),
  vectors: (body) => at(body, "embeddings", "float"),
  tokens: (body) => at(isJsonObject(body["meta"]) ? body["meta"] : {}, "billed_units", "input_tokens"),
};

const bedrockPath = (model: string): string => modelPath(model, "invoke");

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
const bedrockCohere: Provider = {
  path: bedrockPath,
  write(request, model, drop) {
    const isThird = model.includes("-v3");
    if (isThird && request.dimensions !== undefined) drop("dimensions");
    return writeCohere(isThird ? { ...request, dimensions: undefined } : request);
  },
  // Without types asked for it is a bare list; with them an object, but not in every version.
  vectors: (body) => at(body, "embeddings", "float") ?? body["embeddings"],
  // Bedrock tells them in a header, x-amzn-bedrock-input-token-count.
  tokens: () => undefined,
};

/** The one text of a model that takes no list. */
function onlyText({ texts }: EmbeddingsRequest, model: string): string {
  const [text = ""] = texts;
  if (texts.length > 1)
    throw new PosternError(
      "cannot_translate",
      `Cannot embed ${texts.length} texts in one call: "${model}" takes one at a time on Bedrock; send them one by one, or choose a model that takes a list, such as cohere.embed-v4:0`,
      { param: "input" },
    );
  return text;
}

function dropCohereFields(request: EmbeddingsRequest, drop: (field: string) => void): void {
  if (request.inputType !== undefined) drop("input_type");
  if (request.truncate !== undefined) drop("truncate");
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
const titan: Provider = {
  path: bedrockPath,
  write(request, model, drop) {
    dropCohereFields(request, drop);
    // The first generation takes nothing but the text.
    const isSecond = model.includes("-v2");
    if (!isSecond && request.dimensions !== undefined) drop("dimensions");
    return { inputText: onlyText(request, model), dimensions: isSecond ? request.dimensions : undefined };
  },
  vectors: (body) => [body["embedding"] ?? null],
  tokens: (body) => body["inputTextTokenCount"],
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html */
const titanImage: Provider = {
  ...titan,
  write(request, model, drop) {
    dropCohereFields(request, drop);
    return {
      inputText: onlyText(request, model),
      embeddingConfig: request.dimensions === undefined ? undefined : { outputEmbeddingLength: request.dimensions },
    };
  },
};

/** https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html */
const novaPurposes: Readonly<Record<string, string>> = {
  search_document: "GENERIC_INDEX",
  search_query: "GENERIC_RETRIEVAL",
  classification: "CLASSIFICATION",
  clustering: "CLUSTERING",
};

const nova: Provider = {
  path: bedrockPath,
  write(request, model, drop) {
    const { inputType = "search_document", truncate = "END", dimensions } = request;
    const purpose = novaPurposes[inputType];
    if (purpose === undefined) drop("input_type");
    return {
      taskType: "SINGLE_EMBEDDING",
      singleEmbeddingParams: {
        embeddingPurpose: purpose ?? "GENERIC_INDEX",
        embeddingDimension: dimensions,
        text: { truncationMode: truncate, value: onlyText(request, model) },
      },
    };
  },
  vectors: (body) => each(body["embeddings"], "embedding"),
  tokens: (body) => body["inputTextTokenCount"],
};
