import type { HostedEndpoint, ModelEndpoint, ModelPricing, ModelSummary } from "#shared/schema/model.ts";
import type { HostedModel } from "./hosted-model.ts";
import type { Endpoint, ModelRow } from "./model-index.ts";
import { firstKnown, type RowFacts } from "./row-facts.ts";
import type { ModelPrices, SourceModel } from "./source-model.ts";

/** Writes a row as clients see it. @param isCallable whether a call could go to a provider now */
export function viewModel(row: ModelRow, facts: RowFacts, isCallable: (provider: string) => boolean): ModelSummary {
  const id = displayId(row);
  return {
    id,
    slug: row.key,
    canonical_slug: firstKnown(row, "canonicalId") ?? id,
    name: firstKnown(row, "name") ?? id,
    description: firstKnown(row, "description"),
    context_length: facts.contextTokens,
    max_output_tokens: firstKnown(row, "maxOutputTokens"),
    architecture: {
      modality: modalityText(facts.inputModalities, facts.outputModalities),
      input_modalities: [...(facts.inputModalities ?? [])],
      output_modalities: [...(facts.outputModalities ?? [])],
      tokenizer: firstKnown(row, "tokenizer"),
      instruct_type: firstKnown(row, "instructType"),
    },
    pricing: viewPricing(facts.cheapest?.facts.prices ?? null),
    capabilities: {
      tools: firstKnown(row, "tools"),
      json_schema: firstKnown(row, "jsonSchema"),
      reasoning: firstKnown(row, "reasoning"),
      caching: firstKnown(row, "caching"),
    },
    provider_slug: row.maker ?? row.endpoints[0]?.provider ?? "",
    created: facts.createdAtSeconds,
    knowledge_cutoff: firstKnown(row, "knowledgeCutoff"),
    deprecated_at: firstKnown(row, "deprecatedAt"),
    license: firstKnown(row, "license"),
    open_weights: facts.openWeights,
    hugging_face_id: firstKnown(row, "huggingFaceId"),
    endpoints: row.endpoints.map((endpoint) => viewEndpoint(endpoint, isCallable)),
  };
}

/** The spelling that most people know: OpenRouter's, else one with a maker before it, else the catalog's own. */
export function displayId(row: ModelRow): string {
  const ids = row.endpoints.map(({ provider, facts }) => ({ provider, id: facts.id }));
  return ids.find(({ provider }) => provider === "openrouter")?.id ?? ids.find(({ id }) => /^[^@/]+\/[^/]+$/.test(id))?.id ?? row.key;
}

function viewEndpoint({ provider, facts, sources }: Endpoint, isCallable: (provider: string) => boolean): ModelEndpoint {
  return {
    gateway: provider,
    id: facts.id,
    callable: isCallable(provider),
    context_length: facts.contextTokens,
    max_output_tokens: facts.maxOutputTokens,
    quantization: facts.quantization,
    pricing: viewPricing(facts.prices),
    capabilities: viewCapabilities(facts),
    deprecated_at: facts.deprecatedAt,
    sources: [...sources],
  };
}

/** What a model can do, as clients see it. */
export function viewCapabilities({ tools, jsonSchema, reasoning, caching }: SourceModel): ModelEndpoint["capabilities"] {
  return { tools, json_schema: jsonSchema, reasoning, caching };
}

/** Prices as clients see them: exact decimals, null where nobody says. */
export function viewPricing(prices: ModelPrices | null): ModelPricing {
  return {
    prompt: prices?.input ?? null,
    completion: prices?.output ?? null,
    request: prices?.request ?? null,
    image: prices?.image ?? null,
    input_cache_read: prices?.cacheRead ?? null,
    input_cache_write: prices?.cacheWrite ?? null,
    internal_reasoning: prices?.reasoning ?? null,
    audio: prices?.audio ?? null,
  };
}

/** `text+image->text`; `text->text` where nobody says. */
export function modalityText(takes: readonly string[] | null, gives: readonly string[] | null): string {
  return `${(takes ?? ["text"]).join("+")}->${(gives ?? ["text"]).join("+")}`;
}

/** A host behind a gateway as clients see it. */
export function viewHost(host: HostedModel): HostedEndpoint {
  return {
    name: host.name,
    provider_name: host.providerName,
    context_length: host.contextTokens,
    max_output_tokens: host.maxOutputTokens,
    quantization: host.quantization,
    pricing: viewPricing(host.prices),
    uptime_last_30m: host.uptimePercent,
    latency_ms: host.latencyMs,
    throughput_tokens_per_second: host.tokensPerSecond,
  };
}
