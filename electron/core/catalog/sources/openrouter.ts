import { bareModel } from "../source-model.ts";
import type { HostedModel } from "../hosted-model.ts";
import type { Lister } from "./lister.ts";
import { entriesOf } from "./openai-list.ts";
import {
  fieldsOf,
  type Fields,
  listOf,
  NonsenseError,
  readDate,
  readFirstTokens,
  readId,
  readModalities,
  readName,
  readOptionalId,
  readPrices,
  readSeconds,
  readText,
  readTokens,
  readWord,
  readWords,
} from "./read-fields.ts";

/**
 * OpenRouter's list: prices for one token as decimal texts, limits, modalities, what each model supports.
 *
 * @see https://openrouter.ai/docs/api/api-reference/models/get-models
 */
export const openRouterList: Lister = {
  path: (basePath) => `${basePath}/models`,
  entries: entriesOf,
  next: (page) => {
    const { next } = fieldsOf(fieldsOf(page)["links"]);
    // A path of its own API or nothing: a list cannot send anybody elsewhere.
    return typeof next === "string" && /^\/api\/v1\/models\?[\w=&%.-]+$/.test(next) ? next : null;
  },
  read(entry) {
    const fields = fieldsOf(entry);
    const id = readId(fields["id"]);
    const architecture = fieldsOf(fields["architecture"]);
    const top = fieldsOf(fields["top_provider"]);
    const supported = readWords(fields["supported_parameters"]);
    const says = listOf(fields["supported_parameters"]).length > 0;
    const pricing = fieldsOf(fields["pricing"]);
    return {
      ...bareModel(id),
      name: readName(fields["name"]),
      description: readText(fields["description"]),
      createdAtSeconds: readSeconds(fields["created"]),
      contextTokens: readFirstTokens(fields["context_length"], top["context_length"]),
      maxOutputTokens: readTokens(top["max_completion_tokens"]),
      inputModalities: readModalities(architecture["input_modalities"]),
      outputModalities: readModalities(architecture["output_modalities"]),
      tools: says ? supported.has("tools") : null,
      jsonSchema: says ? supported.has("structured_outputs") : null,
      reasoning: says ? supported.has("reasoning") : null,
      caching: pricing["input_cache_read"] === undefined ? null : true,
      prices: readOpenRouterPrices(pricing, { mayVary: id.startsWith("openrouter/") }),
      tokenizer: readWord(architecture["tokenizer"]),
      instructType: readWord(architecture["instruct_type"]),
      canonicalId: readOptionalId(fields["canonical_slug"]),
      huggingFaceId: readOptionalId(fields["hugging_face_id"]),
      knowledgeCutoff: readDate(fields["knowledge_cutoff"]),
      deprecatedAt: readDate(fields["expiration_date"]),
    };
  },
};

/** @param options `mayVary`: its own routers cost what the model costs that they choose, and say so with -1 */
function readOpenRouterPrices(pricing: Fields, options: { readonly mayVary: boolean }): ReturnType<typeof readPrices> {
  if (options.mayVary && Number(pricing["prompt"]) === -1) return null;
  return readPrices({
    input: pricing["prompt"],
    output: pricing["completion"],
    cacheRead: pricing["input_cache_read"],
    cacheWrite: pricing["input_cache_write"],
    reasoning: pricing["internal_reasoning"],
    audio: pricing["audio"],
    request: pricing["request"],
    image: pricing["image"],
  });
}

/** Where OpenRouter says who serves a model. */
export function openRouterHostsPath(basePath: string, model: string): string {
  const [author = "", ...slug] = model.split("/");
  return `${basePath}/models/${encodeURIComponent(author)}/${encodeURIComponent(slug.join("/"))}/endpoints`;
}

/**
 * Reads who serves a model at OpenRouter, and how well. Latency and throughput are told only to callers with a key.
 *
 * @see https://openrouter.ai/docs/api/api-reference/endpoints/list-endpoints
 */
export function readOpenRouterHosts(document: unknown): readonly HostedModel[] {
  return listOf(fieldsOf(fieldsOf(document)["data"])["endpoints"])
    .slice(0, 100)
    .flatMap((entry) => {
      try {
        const fields = fieldsOf(entry);
        const name = readName(fields["name"]);
        if (name === null) return [];
        return [
          {
            name,
            providerName: readName(fields["provider_name"]),
            contextTokens: readTokens(fields["context_length"]),
            maxOutputTokens: readTokens(fields["max_completion_tokens"]),
            quantization: readWord(fields["quantization"]),
            prices: readOpenRouterPrices(fieldsOf(fields["pricing"]), { mayVary: false }),
            uptimePercent: readMeasure(fields["uptime_last_30m"], 100),
            latencyMs: readMeasure(medianOf(fields["latency_last_30m"]), 86_400_000),
            tokensPerSecond: readMeasure(medianOf(fields["throughput_last_30m"]), 1_000_000),
          },
        ];
      } catch (error) {
        if (error instanceof NonsenseError) return [];
        throw error;
      }
    });
}

function medianOf(value: unknown): unknown {
  return typeof value === "number" ? value : fieldsOf(value)["p50"];
}

function readMeasure(value: unknown, most: number): number | null {
  return typeof value === "number" && value >= 0 && value <= most ? value : null;
}
