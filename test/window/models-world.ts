import { json } from "../fakes/replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import type { PosternOptions } from "../fakes/start-postern.ts";
import { listsAt, routeLists } from "../wire/catalog-lists.ts";

/** Lists that a catalog is read from, and what Postern is started with to read them. */
export interface ModelsWorld extends AsyncDisposable {
  readonly provider: ScriptedProvider;
  readonly options: Pick<PosternOptions, "config" | "environment">;
}

/** Serves OpenRouter's list of these models, and all other lists as the catalog's own tests have them. */
export async function startModelsWorld(models: readonly Record<string, unknown>[] = famousModels): Promise<ModelsWorld> {
  const provider = await startScriptedProvider();
  routeLists(provider);
  provider.route("GET", "/openrouter/api/v1/models", json(200, { data: models }));
  provider.route("GET", "/openrouter/api/v1/models/openai/gpt-4o/endpoints", json(200, hosts));
  provider.route("GET", "/hugging-face/api/models/deepseek-ai/DeepSeek-V3.1", json(200, counted));
  const { config, environment } = listsAt(provider);
  // Of all providers these have a key: some models can be called, and some cannot.
  const { OPENROUTER_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY, DEEPINFRA_API_KEY } = environment as Record<string, string>;
  return {
    provider,
    options: {
      config,
      environment: { OPENROUTER_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY, DEEPINFRA_API_KEY } as Record<string, string>,
    },
    [Symbol.asyncDispose]: () => provider.close(),
  };
}

interface Sketch {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  readonly context: number;
  /** US dollars for a million tokens; null where the list says nothing. */
  readonly price: readonly [input: number, output: number, cacheRead?: number] | null;
  readonly can?: readonly string[];
  readonly takes?: readonly string[];
  readonly gives?: readonly string[];
  readonly huggingFace?: string;
  readonly ends?: string;
  readonly description?: string;
}

/** A model as OpenRouter lists it. */
export function sketchModel(sketch: Sketch): Record<string, unknown> {
  const perToken = (price: number): string => (price / 1_000_000).toFixed(12).replace(/0+$/, "").replace(/\.$/, "");
  return {
    id: sketch.id,
    canonical_slug: sketch.id,
    hugging_face_id: sketch.huggingFace ?? null,
    name: sketch.name,
    created: Date.parse(sketch.created) / 1_000,
    description: sketch.description ?? `${sketch.name} answers questions, writes programs and reads documents.`,
    context_length: sketch.context,
    architecture: { input_modalities: sketch.takes ?? ["text"], output_modalities: sketch.gives ?? ["text"], tokenizer: "Other" },
    ...(sketch.price === null
      ? {}
      : {
          pricing: {
            prompt: perToken(sketch.price[0]),
            completion: perToken(sketch.price[1]),
            ...(sketch.price[2] === undefined ? {} : { input_cache_read: perToken(sketch.price[2]) }),
          },
        }),
    top_provider: { max_completion_tokens: Math.min(sketch.context, 65_536) },
    supported_parameters: ["max_tokens", ...(sketch.can ?? [])],
    expiration_date: sketch.ends ?? null,
  };
}

const all = ["tools", "structured_outputs", "reasoning"];
const most = ["tools", "structured_outputs"];

/** Some that everybody knows, as they were listed. */
export const famousModels: readonly Record<string, unknown>[] = (
  [
    {
      id: "openai/gpt-5",
      name: "OpenAI: GPT-5",
      created: "2025-08-07",
      context: 400_000,
      price: [1.25, 10, 0.125],
      can: all,
      takes: ["text", "image", "file"],
    },
    {
      id: "openai/gpt-5-mini",
      name: "OpenAI: GPT-5 Mini",
      created: "2025-08-07",
      context: 400_000,
      price: [0.25, 2, 0.025],
      can: all,
      takes: ["text", "image", "file"],
    },
    {
      id: "openai/gpt-5-nano",
      name: "OpenAI: GPT-5 Nano",
      created: "2025-08-07",
      context: 400_000,
      price: [0.05, 0.4, 0.005],
      can: all,
      takes: ["text", "image", "file"],
    },
    {
      id: "openai/gpt-4o",
      name: "OpenAI: GPT-4o",
      created: "2024-05-13",
      context: 128_000,
      price: [2.5, 10],
      can: most,
      takes: ["text", "image"],
    },
    {
      id: "openai/gpt-4o-mini",
      name: "OpenAI: GPT-4o-mini",
      created: "2024-07-18",
      context: 128_000,
      price: [0.15, 0.6, 0.075],
      can: most,
      takes: ["text", "image"],
    },
    {
      id: "openai/gpt-oss-120b",
      name: "OpenAI: gpt-oss-120b",
      created: "2025-08-05",
      context: 131_072,
      price: [0.05, 0.25],
      can: all,
      huggingFace: "openai/gpt-oss-120b",
    },
    {
      id: "openai/gpt-oss-20b:free",
      name: "OpenAI: gpt-oss-20b (free)",
      created: "2025-08-05",
      context: 131_072,
      price: [0, 0],
      can: ["tools", "reasoning"],
      huggingFace: "openai/gpt-oss-20b",
    },
    {
      id: "openai/gpt-image-1",
      name: "OpenAI: GPT Image 1",
      created: "2025-04-23",
      context: 32_000,
      price: [5, 40],
      takes: ["text", "image"],
      gives: ["image"],
    },
    {
      id: "openai/text-embedding-3-large",
      name: "OpenAI: Text Embedding 3 Large",
      created: "2024-01-25",
      context: 8_192,
      price: [0.13, 0],
      gives: ["embeddings"],
    },
    {
      id: "anthropic/claude-sonnet-4.5",
      name: "Anthropic: Claude Sonnet 4.5",
      created: "2025-09-29",
      context: 1_000_000,
      price: [3, 15, 0.3],
      can: all,
      takes: ["text", "image", "file"],
    },
    {
      id: "anthropic/claude-opus-4.1",
      name: "Anthropic: Claude Opus 4.1",
      created: "2025-08-05",
      context: 200_000,
      price: [15, 75, 1.5],
      can: all,
      takes: ["text", "image", "file"],
    },
    {
      id: "anthropic/claude-haiku-4.5",
      name: "Anthropic: Claude Haiku 4.5",
      created: "2025-10-15",
      context: 200_000,
      price: [1, 5, 0.1],
      can: all,
      takes: ["text", "image"],
    },
    {
      id: "anthropic/claude-3-opus",
      name: "Anthropic: Claude 3 Opus",
      created: "2024-03-05",
      context: 200_000,
      price: [15, 75],
      can: ["tools"],
      takes: ["text", "image"],
      ends: "2026-01-05",
    },
    {
      id: "google/gemini-2.5-pro",
      name: "Google: Gemini 2.5 Pro",
      created: "2025-06-17",
      context: 1_048_576,
      price: [1.25, 10, 0.31],
      can: all,
      takes: ["text", "image", "audio", "video", "file"],
    },
    {
      id: "google/gemini-2.5-flash",
      name: "Google: Gemini 2.5 Flash",
      created: "2025-06-17",
      context: 1_048_576,
      price: [0.3, 2.5, 0.075],
      can: all,
      takes: ["text", "image", "audio", "video", "file"],
    },
    {
      id: "google/gemma-3-27b-it",
      name: "Google: Gemma 3 27B",
      created: "2025-03-12",
      context: 131_072,
      price: [0.09, 0.16],
      can: ["structured_outputs"],
      takes: ["text", "image"],
      huggingFace: "google/gemma-3-27b-it",
    },
    {
      id: "google/gemma-3-27b-it:free",
      name: "Google: Gemma 3 27B (free)",
      created: "2025-03-12",
      context: 131_072,
      price: [0, 0],
      takes: ["text", "image"],
      huggingFace: "google/gemma-3-27b-it",
    },
    {
      id: "deepseek/deepseek-chat-v3.1",
      name: "DeepSeek: DeepSeek V3.1",
      created: "2025-08-21",
      context: 163_840,
      price: [0.2, 0.8],
      can: all,
      huggingFace: "deepseek-ai/DeepSeek-V3.1",
      description: longText(),
    },
    {
      id: "deepseek/deepseek-r1-0528",
      name: "DeepSeek: R1 0528",
      created: "2025-05-28",
      context: 163_840,
      price: [0.4, 1.75],
      can: ["reasoning", "tools"],
      huggingFace: "deepseek-ai/DeepSeek-R1-0528",
    },
    {
      id: "meta-llama/llama-3.1-8b-instruct",
      name: "Meta: Llama 3.1 8B Instruct",
      created: "2024-07-23",
      context: 131_072,
      price: [0.02, 0.03],
      can: ["tools"],
      huggingFace: "meta-llama/Meta-Llama-3.1-8B-Instruct",
    },
    {
      id: "meta-llama/llama-3.3-70b-instruct",
      name: "Meta: Llama 3.3 70B Instruct",
      created: "2024-12-06",
      context: 131_072,
      price: [0.13, 0.39],
      can: most,
      huggingFace: "meta-llama/Llama-3.3-70B-Instruct",
    },
    {
      id: "meta-llama/llama-4-maverick",
      name: "Meta: Llama 4 Maverick",
      created: "2025-04-05",
      context: 1_048_576,
      price: [0.15, 0.6],
      can: most,
      takes: ["text", "image"],
      huggingFace: "meta-llama/Llama-4-Maverick-17B-128E-Instruct",
    },
    { id: "mistralai/mistral-large-2411", name: "Mistral Large 2411", created: "2024-11-19", context: 131_072, price: [2, 6], can: most },
    {
      id: "mistralai/codestral-2508",
      name: "Mistral: Codestral 2508",
      created: "2025-08-01",
      context: 256_000,
      price: [0.3, 0.9],
      can: most,
    },
    {
      id: "qwen/qwen3-coder",
      name: "Qwen: Qwen3 Coder 480B A35B",
      created: "2025-07-23",
      context: 262_144,
      price: [0.22, 0.95],
      can: most,
      huggingFace: "Qwen/Qwen3-Coder-480B-A35B-Instruct",
    },
    {
      id: "qwen/qwen3-vl-235b-a22b-thinking",
      name: "Qwen: Qwen3 VL 235B A22B Thinking",
      created: "2025-09-23",
      context: 262_144,
      price: [0.3, 1.2],
      can: all,
      takes: ["text", "image"],
      huggingFace: "Qwen/Qwen3-VL-235B-A22B-Thinking",
    },
    {
      id: "x-ai/grok-4-fast",
      name: "xAI: Grok 4 Fast",
      created: "2025-09-19",
      context: 2_000_000,
      price: [0.2, 0.5, 0.05],
      can: all,
      takes: ["text", "image"],
    },
    {
      id: "x-ai/grok-code-fast-1",
      name: "xAI: Grok Code Fast 1",
      created: "2025-08-26",
      context: 256_000,
      price: [0.2, 1.5, 0.02],
      can: all,
    },
    {
      id: "moonshotai/kimi-k2-0905",
      name: "MoonshotAI: Kimi K2 0905",
      created: "2025-09-04",
      context: 262_144,
      price: [0.39, 1.9],
      can: most,
      huggingFace: "moonshotai/Kimi-K2-Instruct-0905",
    },
    {
      id: "z-ai/glm-4.6",
      name: "Z.AI: GLM 4.6",
      created: "2025-09-30",
      context: 202_752,
      price: [0.5, 1.75],
      can: all,
      huggingFace: "zai-org/GLM-4.6",
    },
    { id: "nobody/unpriced", name: "Nobody: Unpriced", created: "2023-01-01", context: 4_096, price: null },
  ] satisfies Sketch[]
).map(sketchModel);

function longText(): string {
  return "DeepSeek-V3.1 is a large hybrid reasoning model (671B parameters, 37B active) that supports both thinking and non-thinking modes via prompt templates. It extends the DeepSeek-V3 base with a two-phase long-context training process, reaching up to 128K tokens, and uses FP8 microscaling for efficient inference. Users can control the reasoning behaviour with a switch. <img src=x onerror=alert(1)>";
}

const counted = {
  id: "deepseek-ai/DeepSeek-V3.1",
  downloads: 312_000,
  likes: 790,
  pipeline_tag: "text-generation",
  tags: ["license:mit"],
  cardData: { license: "mit" },
  safetensors: { total: 684_531_386_000 },
};

const host = (name: string, latency: number, throughput: number): Record<string, unknown> => ({
  name: `${name} | openai/gpt-4o`,
  provider_name: name,
  quantization: "unknown",
  context_length: 128_000,
  max_completion_tokens: 16_384,
  pricing: { prompt: "0.0000025", completion: "0.00001" },
  uptime_last_30m: 99.5,
  latency_last_30m: { p50: latency },
  throughput_last_30m: { p50: throughput },
});

const hosts = { data: { id: "openai/gpt-4o", endpoints: [host("OpenAI", 430, 88.4), host("Azure", 812, 45.2)] } };

/** As many models as asked for, with numbers for names, as OpenRouter lists them. */
export function manyModels(many: number): readonly Record<string, unknown>[] {
  return Array.from({ length: many }, (_, at) =>
    sketchModel({
      id: `maker-${String(at % 97)}/model-${String(at)}-instruct`,
      name: `Maker ${String(at % 97)}: Model ${String(at)} Instruct`,
      created: new Date(Date.UTC(2020, 0, 1) + at * 3_600_000).toISOString(),
      context: 4_096 * (1 + (at % 64)),
      price: at % 10 === 0 ? null : [(at % 90) / 10, (at % 90) / 5],
      can: at % 2 === 0 ? ["tools"] : [],
      takes: at % 3 === 0 ? ["text", "image"] : ["text"],
      description: "A model.",
    }),
  );
}
