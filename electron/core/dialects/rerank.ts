import { PosternError } from "#shared/errors.ts";
import type { DialectId } from "#shared/schema/provider.ts";
import { modelPath } from "./bedrock-converse/path.ts";
import { Fields, invalid } from "./fields.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import type { JsonTranslation } from "./json-translation.ts";

interface RerankRequest {
  readonly query: string;
  readonly documents: readonly string[];
  readonly topN?: number | undefined;
  readonly maxTokens?: number | undefined;
}

/** How one provider is asked; all of them answer in the same form. */
interface Provider {
  path(model: string): string;
  write(request: RerankRequest, model: string, drop: (field: string) => void): JsonObject;
}

/**
 * Puts the common `/v1/rerank` (Cohere's and Jina's: query, documents, top_n, return_documents) to a provider of another
 * dialect; null where it has none, or the model makes none.
 *
 * @see https://docs.cohere.com/reference/rerank
 */
export function rerankFor(dialect: DialectId, model: string): JsonTranslation | null {
  const provider = dialect === "cohere-chat" ? cohere : dialect === "bedrock-converse" && model.includes("rerank") ? bedrock : null;
  if (provider === null) return null;
  return {
    path: (name) => provider.path(name),
    writeRequest: (body, name, drop) => provider.write(readRequest(body, drop), name, drop),
    readReply: (body, request) => ({ reply: readReply(body, request), usage: {} }),
  };
}

function readRequest(body: JsonObject, drop: (field: string) => void): RerankRequest {
  const fields = new Fields(body);
  fields.ignore("model");
  // The documents go back from the request: no provider has to send them twice.
  fields.flag("return_documents");
  if (!fields.has("documents")) fields.refuse("documents", "is missing; send an array of strings");
  const request: RerankRequest = {
    query: fields.needText("query"),
    documents: (fields.array("documents") ?? []).map(textOf),
    topN: fields.integer("top_n", 1),
    maxTokens: fields.integer("max_tokens_per_doc", 1),
  };
  for (const path of fields.rest()) drop(path);
  return request;
}

/** A document is a text, or an object that holds one; any other object is ranked by its JSON. */
function textOf(value: JsonValue, index: number): string {
  if (typeof value === "string") return value;
  if (!isJsonObject(value)) throw invalid(`documents[${index}]`, "must be a string or an object");
  return typeof value["text"] === "string" ? value["text"] : JSON.stringify(value);
}

function readReply(body: JsonObject, request: JsonObject): JsonObject {
  const results = body["results"];
  if (!Array.isArray(results))
    throw new PosternError(
      "upstream_invalid",
      "Cannot read the provider's ranking: its answer holds no results; try again, or choose another model",
    );
  const documents = request["documents"];
  const sent = Array.isArray(documents) && request["return_documents"] === true ? (documents as readonly JsonValue[]) : undefined;
  return {
    id: body["id"],
    model: request["model"],
    results: (results as readonly JsonValue[]).filter(isJsonObject).map(({ index, relevance_score }) => {
      const document = typeof index === "number" ? sent?.[index] : undefined;
      return { index, relevance_score, document: typeof document === "string" ? { text: document } : document };
    }),
    meta: body["meta"],
  };
}

/** https://docs.cohere.com/reference/rerank */
const cohere: Provider = {
  path: () => "/rerank",
  write: ({ query, documents, topN, maxTokens }, model) => ({ model, query, documents, top_n: topN, max_tokens_per_doc: maxTokens }),
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html */
const bedrock: Provider = {
  path: (model) => modelPath(model, "invoke"),
  write({ query, documents, topN, maxTokens }, model, drop) {
    if (maxTokens !== undefined) drop("max_tokens_per_doc");
    // Cohere's models want to know which version of its own API is spoken; Amazon's know none.
    return { api_version: model.includes("cohere.") ? 2 : undefined, query, documents, top_n: topN };
  },
};
