import * as z from "zod";

/** An amount of US dollars as an exact decimal, `0.00000015`; null where nobody says. 0 is free. */
const dollars = z.string().nullable();

/** What a model costs: US dollars for one token, one request or one image. */
export const modelPricingSchema = z.object({
  prompt: dollars,
  completion: dollars,
  request: dollars,
  image: dollars,
  input_cache_read: dollars,
  input_cache_write: dollars,
  internal_reasoning: dollars,
  audio: dollars,
});

/** What a model takes and gives. */
export const modelArchitectureSchema = z.object({
  /** `text+image->text` */
  modality: z.string(),
  input_modalities: z.array(z.string()).readonly(),
  output_modalities: z.array(z.string()).readonly(),
  tokenizer: z.string().nullable(),
  instruct_type: z.string().nullable(),
});

/** What a model can do; null is unknown. */
export const modelCapabilitiesSchema = z.object({
  tools: z.boolean().nullable(),
  json_schema: z.boolean().nullable(),
  reasoning: z.boolean().nullable(),
  caching: z.boolean().nullable(),
});

/** How old what is shown is. */
export const freshnessSchema = z.object({
  /** ISO 8601; null for what ships with Postern. */
  fetched_at: z.string().nullable(),
  age_seconds: z.number().nullable(),
  stale: z.boolean(),
});

/** One place where a model can be had. */
export const modelEndpointSchema = z.object({
  /** The provider's id: `@gateway/id` is how a call names it. */
  gateway: z.string(),
  /** The provider's own name for the model. */
  id: z.string(),
  /** Whether a call could go there now: there is a key, or none is needed. */
  callable: z.boolean(),
  context_length: z.number().nullable(),
  max_output_tokens: z.number().nullable(),
  quantization: z.string().nullable(),
  pricing: modelPricingSchema,
  capabilities: modelCapabilitiesSchema,
  deprecated_at: z.string().nullable(),
  /** Who says so: the provider's own list, or a public one. */
  sources: z.array(z.string()).readonly(),
});

/** One model with every place where it can be had. */
export const modelSummarySchema = z.object({
  id: z.string(),
  slug: z.string(),
  canonical_slug: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  context_length: z.number().nullable(),
  max_output_tokens: z.number().nullable(),
  architecture: modelArchitectureSchema,
  /** The lowest price of an endpoint, by what a usual call costs. */
  pricing: modelPricingSchema,
  capabilities: modelCapabilitiesSchema,
  provider_slug: z.string(),
  /** Seconds since 1970. */
  created: z.number().nullable(),
  knowledge_cutoff: z.string().nullable(),
  deprecated_at: z.string().nullable(),
  license: z.string().nullable(),
  /** Whether its weights can be had by anybody. */
  open_weights: z.boolean().nullable(),
  hugging_face_id: z.string().nullable(),
  endpoints: z.array(modelEndpointSchema).readonly(),
});

/** {@link modelSummarySchema}'s values. */
export type ModelSummary = z.infer<typeof modelSummarySchema>;
/** {@link modelEndpointSchema}'s values. */
export type ModelEndpoint = z.infer<typeof modelEndpointSchema>;
/** {@link modelPricingSchema}'s values. */
export type ModelPricing = z.infer<typeof modelPricingSchema>;
/** {@link freshnessSchema}'s values. */
export type Freshness = z.infer<typeof freshnessSchema>;

/** What Hugging Face counts of a model. */
export const huggingFaceMetricsSchema = z.object({
  downloads: z.number().nullable(),
  likes: z.number().nullable(),
  pipeline_tag: z.string().nullable(),
  /** How many weights the model has. */
  parameters: z.number().nullable(),
  license: z.string().nullable(),
});

/** {@link huggingFaceMetricsSchema}'s values. */
export type HuggingFaceMetrics = z.infer<typeof huggingFaceMetricsSchema>;

/** Who serves a model behind a gateway that has several hosts for it, and how well it did lately. */
export const hostedEndpointSchema = z.object({
  name: z.string(),
  provider_name: z.string().nullable(),
  context_length: z.number().nullable(),
  max_output_tokens: z.number().nullable(),
  quantization: z.string().nullable(),
  pricing: modelPricingSchema,
  /** Percent of the last half hour. */
  uptime_last_30m: z.number().nullable(),
  /** Milliseconds to the first token, the median of the last half hour. */
  latency_ms: z.number().nullable(),
  /** Tokens a second, the median of the last half hour. */
  throughput_tokens_per_second: z.number().nullable(),
});

/** {@link hostedEndpointSchema}'s values. */
export type HostedEndpoint = z.infer<typeof hostedEndpointSchema>;

/** A model as one gateway has it. */
export const gatewayModelSchema = modelSummarySchema.extend({
  provider_site_url: z.string().nullable(),
  model_logo_url: z.string().nullable(),
  source_gateway: z.string(),
  /** Where the prices are from, where that is not the gateway itself. */
  pricing_source: z.string().nullable(),
  huggingface_metrics: huggingFaceMetricsSchema.nullable(),
  hosts: z.array(hostedEndpointSchema).readonly(),
});

/** {@link gatewayModelSchema}'s values. */
export type GatewayModel = z.infer<typeof gatewayModelSchema>;

/** The answer of `GET /catalog/model/{provider}/{model}`. */
export const modelAnswerSchema = z.object({
  data: gatewayModelSchema,
  provider: z.string(),
  model: z.string(),
  gateway: z.string(),
  include_huggingface: z.boolean(),
  timestamp: z.string(),
  freshness: freshnessSchema,
  /** Gateways that were asked before this one, and what they said. */
  passed_over: z.array(z.object({ gateway: z.string(), message: z.string() })).readonly(),
});

/** {@link modelAnswerSchema}'s values. */
export type ModelAnswer = z.infer<typeof modelAnswerSchema>;

/** By what a list of models can be sorted. */
export const modelSorts = ["name", "context", "price", "output-price", "created"] as const;

/** Abilities that a filter can ask for. */
export const modelAbilities = ["tools", "json_schema", "reasoning", "caching", "vision"] as const;

/** One of {@link modelAbilities}. */
export type ModelAbility = (typeof modelAbilities)[number];

/** What to list, and in which order. A model without the fact that is asked for is left out. */
export const modelFilterSchema = z.strictObject({
  /** Words that must all stand in the model's names. */
  text: z.string().max(200).optional(),
  /** Who made it: `openai`, `meta-llama`. */
  provider: z.string().max(64).optional(),
  /** Who serves it: a provider's id. */
  gateway: z.string().max(64).optional(),
  /** What it must take, and, behind `->`, give: `image`, `text+image`, `->image`, `audio->text`. */
  modality: z
    .string()
    .max(80)
    .regex(/^[a-z+]*(->[a-z+]*)?$/, 'must be modalities such as "text+image->text"')
    .optional(),
  capabilities: z.array(z.enum(modelAbilities)).max(8).default([]),
  min_context: z.number().min(0).optional(),
  /** US dollars for a million prompt tokens. */
  max_price: z.number().min(0).optional(),
  /** Only models that a call could reach now. */
  callable: z.boolean().default(false),
  sort: z.enum(modelSorts).default("name"),
  descending: z.boolean().default(false),
  limit: z.int().min(1).max(500).default(50),
  /** `next_cursor` of the page before. */
  cursor: z.string().max(400).optional(),
});

/** {@link modelFilterSchema}'s values. */
export type ModelFilter = z.infer<typeof modelFilterSchema>;

/** A page of models. */
export const modelPageSchema = z.object({
  data: z.array(modelSummarySchema).readonly(),
  /** How many the filter lets through, over all pages. */
  total: z.number(),
  next_cursor: z.string().nullable(),
});

/** {@link modelPageSchema}'s values. */
export type ModelPage = z.infer<typeof modelPageSchema>;

/** Models side by side. */
export const modelComparisonSchema = z.object({
  models: z.array(modelSummarySchema).readonly(),
  /** Names that no list has. */
  not_found: z.array(z.string()).readonly(),
  /** Of the models that were found, the id of the best for each question; null where none is known to be. */
  best: z.object({ price: z.string().nullable(), output_price: z.string().nullable(), context: z.string().nullable() }),
});

/** {@link modelComparisonSchema}'s values. */
export type ModelComparison = z.infer<typeof modelComparisonSchema>;

/** One gateway or public list: how fresh what is known of it is, and how its calls went. */
export const catalogGatewaySchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["gateway", "public"]),
  enabled: z.boolean(),
  weight: z.number(),
  models: z.number(),
  freshness: freshnessSchema,
  last_error: z.object({ message: z.string(), at: z.string() }).nullable(),
  /** From the log of calls of the last 24 hours; null where there was none. */
  measured: z
    .object({
      calls: z.number(),
      /** The part of calls that were not failed by the provider: 0 to 1. */
      availability: z.number(),
      /** Milliseconds; null where no call had an answer. */
      median_first_byte_ms: z.number().nullable(),
    })
    .nullable(),
});

/** {@link catalogGatewaySchema}'s values. */
export type CatalogGateway = z.infer<typeof catalogGatewaySchema>;

/** What a refresh of one source came to. */
export const refreshOutcomeSchema = z.object({
  gateway: z.string(),
  outcome: z.enum(["updated", "unchanged", "failed"]),
  models: z.number(),
  /** What went wrong; null where nothing did. */
  message: z.string().nullable(),
});

/** {@link refreshOutcomeSchema}'s values. */
export type RefreshOutcome = z.infer<typeof refreshOutcomeSchema>;
