import { json } from "../fakes/replies.ts";
import type { Script, ScriptedProvider } from "../fakes/scripted-provider.ts";

// Lists of models as each API documents its own, written anew.

/** https://openrouter.ai/docs/api/api-reference/models/get-models */
export const openRouterModels: readonly Record<string, unknown>[] = [
  {
    id: "openai/gpt-4",
    canonical_slug: "openai/gpt-4",
    hugging_face_id: null,
    name: "OpenAI: GPT-4",
    created: 1_685_232_000,
    description: "A large model.",
    context_length: 8_191,
    architecture: {
      modality: "text->text",
      input_modalities: ["text"],
      output_modalities: ["text"],
      tokenizer: "GPT",
      instruct_type: null,
    },
    pricing: { prompt: "0.00003", completion: "0.00006", request: "0", image: "0" },
    top_provider: { context_length: 8_191, max_completion_tokens: 4_096, is_moderated: true },
    supported_parameters: ["max_tokens", "tools", "structured_outputs"],
  },
  {
    id: "meta-llama/llama-3.1-8b-instruct",
    canonical_slug: "meta-llama/llama-3.1-8b-instruct",
    hugging_face_id: "meta-llama/Meta-Llama-3.1-8B-Instruct",
    name: "Meta: Llama 3.1 8B Instruct",
    created: 1_721_692_800,
    context_length: 131_072,
    architecture: { input_modalities: ["text"], output_modalities: ["text"], tokenizer: "Llama3", instruct_type: "llama3" },
    pricing: { prompt: "0.00000002", completion: "0.00000003" },
    top_provider: { max_completion_tokens: 16_384 },
    supported_parameters: ["tools"],
  },
  {
    id: "anthropic/claude-sonnet-4.5",
    canonical_slug: "anthropic/claude-4.5-sonnet-20250929",
    name: "Anthropic: Claude Sonnet 4.5",
    created: 1_759_161_676,
    context_length: 1_000_000,
    architecture: { input_modalities: ["text", "image", "file"], output_modalities: ["text"], tokenizer: "Claude" },
    pricing: { prompt: "0.000003", completion: "0.000015", input_cache_read: "0.0000003", input_cache_write: "0.00000375" },
    top_provider: { max_completion_tokens: 64_000 },
    supported_parameters: ["tools", "reasoning", "structured_outputs"],
  },
  { id: "openrouter/auto", name: "Auto Router", context_length: 2_000_000, pricing: { prompt: "-1", completion: "-1" } },
  ...["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"].map((name, index) => ({
    id: `filler/${name}`,
    name: `Filler ${name}`,
    context_length: 1_000 * (index + 1),
    architecture: { input_modalities: ["text"], output_modalities: ["text"] },
    pricing: { prompt: `0.0000${index + 1}`, completion: `0.0000${index + 2}` },
    supported_parameters: ["max_tokens"],
  })),
];

/** https://openrouter.ai/docs/api/api-reference/endpoints/list-endpoints */
const openRouterHosts = {
  data: {
    id: "openai/gpt-4",
    endpoints: [
      {
        name: "Azure | openai/gpt-4",
        provider_name: "Azure",
        tag: "azure",
        quantization: "unknown",
        context_length: 8_191,
        max_completion_tokens: 4_096,
        pricing: { prompt: "0.00003", completion: "0.00006" },
        uptime_last_30m: 99.5,
        latency_last_30m: { p50: 812, p75: 900, p90: 1_100, p99: 2_000 },
        throughput_last_30m: { p50: 45.2, p75: 38.5, p90: 28.3, p99: 15.1 },
      },
    ],
  },
};

/** The paths and answers of every API that lists models; each API has a folder of its own. */
export const listRoutes: Readonly<Record<string, Script>> = {
  "/openrouter/api/v1/models": json(200, { data: openRouterModels }, { etag: '"one"' }),
  "/openrouter/api/v1/models/openai/gpt-4/endpoints": json(200, openRouterHosts),
  // https://portkey.ai/docs/api-reference/inference-api/models/models
  "/portkey/v1/models": json(200, {
    object: "list",
    total: 2,
    data: [
      { id: "@anthropic-prod/claude-sonnet-4-5", canonical_slug: "claude-sonnet-4-5", slug: "claude-sonnet-4-5", object: "model" },
      { id: "anthropic/claude-3-opus", slug: "claude-3-opus", object: "model" },
    ],
  }),
  // https://featherless.ai/docs/api-reference-models
  "/featherless/v1/models": json(200, {
    data: [
      {
        id: "meta-llama/Meta-Llama-3.1-8B-Instruct",
        name: "meta-llama/Meta-Llama-3.1-8B-Instruct",
        model_class: "llama31-8b-16k",
        context_length: 16_384,
        max_completion_tokens: 4_096,
        available_on_current_plan: true,
      },
      { id: "big/Not-For-This-Plan", available_on_current_plan: false },
    ],
  }),
  // https://docs.deepinfra.com/chat/openai-compatible
  "/deepinfra/v1/openai/models": json(200, {
    object: "list",
    data: [
      {
        id: "meta-llama/Meta-Llama-3.1-8B-Instruct",
        object: "model",
        created: 1_721_692_800,
        owned_by: "deepinfra",
        metadata: {
          description: "Llama",
          context_length: 131_072,
          max_tokens: 131_072,
          pricing: { input_tokens: 0.03, output_tokens: 0.05 },
          tags: ["chat"],
        },
      },
    ],
  }),
  // https://chutes.ai/docs
  "/chutes/v1/models": json(200, {
    object: "list",
    data: [
      {
        id: "deepseek-ai/DeepSeek-V3.1-TEE",
        price: { input: { usd: 0.2, tao: 0.0006 }, output: { usd: 0.8, tao: 0.0024 } },
        quantization: "fp8",
        max_model_len: 163_840,
        input_modalities: ["text"],
        output_modalities: ["text"],
        supported_features: ["tools", "structured_outputs"],
      },
    ],
  }),
  // https://platform.claude.com/docs/en/api/models/list
  "/anthropic/v1/models": json(200, {
    data: [
      {
        type: "model",
        id: "claude-sonnet-4-5-20250929",
        display_name: "Claude Sonnet 4.5",
        created_at: "2025-09-29T00:00:00Z",
        lifecycle: "active",
        deprecated_at: null,
        max_input_tokens: 200_000,
        max_tokens: 64_000,
        capabilities: { image_input: { supported: true }, pdf_input: { supported: true }, thinking: { supported: true } },
      },
    ],
    has_more: false,
    last_id: "claude-sonnet-4-5-20250929",
  }),
  // https://ai.google.dev/api/models#method:-models.list
  "/google/v1beta/models": json(200, {
    models: [
      {
        name: "models/gemini-2.5-pro",
        displayName: "Gemini 2.5 Pro",
        inputTokenLimit: 1_048_576,
        outputTokenLimit: 65_536,
        supportedGenerationMethods: ["generateContent", "createCachedContent"],
        thinking: true,
      },
    ],
  }),
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html
  "/bedrock/foundation-models": json(200, {
    modelSummaries: [
      {
        modelId: "anthropic.claude-sonnet-4-5-20250929-v1:0",
        modelName: "Claude Sonnet 4.5",
        providerName: "Anthropic",
        inputModalities: ["TEXT", "IMAGE"],
        outputModalities: ["TEXT"],
        inferenceTypesSupported: ["INFERENCE_PROFILE"],
        modelLifecycle: { status: "ACTIVE" },
      },
      {
        modelId: "meta.llama3-1-8b-instruct-v1:0",
        modelName: "Llama 3.1 8B Instruct",
        providerName: "Meta",
        inputModalities: ["TEXT"],
        outputModalities: ["TEXT"],
        inferenceTypesSupported: ["ON_DEMAND"],
        modelLifecycle: { status: "LEGACY" },
      },
    ],
  }),
  // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListInferenceProfiles.html
  "/bedrock/inference-profiles": json(200, {
    inferenceProfileSummaries: [
      {
        inferenceProfileId: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        inferenceProfileName: "US Anthropic Claude Sonnet 4.5",
        status: "ACTIVE",
        type: "SYSTEM_DEFINED",
      },
    ],
  }),
  // https://docs.cohere.com/reference/list-models
  "/cohere/v1/models": json(200, {
    models: [
      {
        name: "command-a-03-2025",
        is_deprecated: false,
        endpoints: ["chat"],
        context_length: 288_000,
        features: ["tools", "json_schema"],
      },
    ],
    next_page_token: null,
  }),
  // https://docs.ollama.com/api/tags
  "/ollama/api/tags": json(200, {
    models: [
      {
        name: "llama3.1:8b",
        model: "llama3.1:8b",
        modified_at: "2026-05-04T14:56:49Z",
        size: 4_920_753_328,
        details: { family: "llama", parameter_size: "8.0B", quantization_level: "Q4_K_M" },
      },
    ],
  }),
  // https://platform.openai.com/docs/api-reference/models/list: LM Studio's older servers have nothing but this
  "/lm-studio/v1/models": json(200, {
    object: "list",
    data: [{ id: "qwen2-vl-7b-instruct", object: "model", owned_by: "organization_owner" }],
  }),
  "/openai/v1/models": json(200, {
    object: "list",
    data: [
      { id: "gpt-4o-2024-08-06", object: "model", created: 1_722_814_719, owned_by: "system" },
      { id: "gpt-4", object: "model", created: 1_687_882_411, owned_by: "openai" },
    ],
  }),
  // https://github.com/anomalyco/models.dev
  "/models-dev/api.json": json(200, {
    openai: {
      id: "openai",
      name: "OpenAI",
      models: {
        "gpt-4o-2024-08-06": {
          id: "gpt-4o-2024-08-06",
          name: "GPT-4o (2024-08-06)",
          attachment: true,
          reasoning: false,
          tool_call: true,
          structured_output: true,
          knowledge: "2023-09",
          release_date: "2024-08-06",
          modalities: { input: ["text", "image"], output: ["text"] },
          cost: { input: 2.5, output: 10, cache_read: 1.25 },
          limit: { context: 128_000, output: 16_384 },
        },
      },
    },
  }),
  // https://huggingface.co/docs/hub/api
  "/hugging-face/api/models/meta-llama/Meta-Llama-3.1-8B-Instruct": json(200, {
    id: "meta-llama/Llama-3.1-8B-Instruct",
    downloads: 5_600_000,
    likes: 4_200,
    pipeline_tag: "text-generation",
    tags: ["license:llama3.1"],
    cardData: { license: "llama3.1" },
    safetensors: { parameters: { BF16: 8_030_261_248 }, total: 8_030_261_248 },
  }),
};

/** Lets one server stand for all of them. */
export function routeLists(provider: ScriptedProvider): void {
  for (const [path, script] of Object.entries(listRoutes)) provider.route("GET", path, script);
}

/** Options that lead every provider and public list to one server, with made-up keys. */
export function listsAt(provider: Pick<ScriptedProvider, "origin">): {
  config: { providers: Record<string, unknown>; catalog: { sources: Record<string, unknown> } };
  environment: Record<string, string>;
} {
  const at = (path: string): string => provider.origin + path;
  return {
    config: {
      providers: {
        openrouter: { baseUrl: at("/openrouter/api/v1") },
        portkey: { baseUrl: at("/portkey/v1") },
        featherless: { baseUrl: at("/featherless/v1") },
        deepinfra: { baseUrl: at("/deepinfra/v1/openai") },
        chutes: { baseUrl: at("/chutes/v1") },
        anthropic: { baseUrl: at("/anthropic/v1") },
        "google-ai": { baseUrl: at("/google/v1beta") },
        bedrock: { baseUrl: at("/bedrock") },
        cohere: { baseUrl: at("/cohere/v2") },
        openai: { baseUrl: at("/openai/v1") },
        ollama: { baseUrl: at("/ollama/v1"), enabled: true },
        "lm-studio": { baseUrl: at("/lm-studio/v1"), enabled: true },
      },
      catalog: {
        sources: { "models.dev": { baseUrl: at("/models-dev") }, huggingface: { baseUrl: at("/hugging-face/api") } },
      },
    },
    environment: {
      OPENROUTER_API_KEY: "sk-or-scripted-0123456789",
      PORTKEY_API_KEY: "pk-scripted-0123456789",
      FEATHERLESS_API_KEY: "rc-scripted-0123456789",
      DEEPINFRA_API_KEY: "di-scripted-0123456789",
      CHUTES_API_KEY: "cpk-scripted-0123456789",
      ANTHROPIC_API_KEY: "sk-ant-scripted-0123456789",
      GEMINI_API_KEY: "AIza-scripted-0123456789",
      AWS_ACCESS_KEY_ID: "AKIDSCRIPTED00000000",
      AWS_SECRET_ACCESS_KEY: "scripted-secret-0123456789",
      COHERE_API_KEY: "co-scripted-0123456789",
      OPENAI_API_KEY: "sk-scripted-0123456789abcdef",
    },
  };
}
