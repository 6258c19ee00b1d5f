import type { ChatRequest, OutputFormat, TextPart } from "../chat.ts";
import type { WriteTarget } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { splitTurns } from "../turns.ts";
import { CacheMarks } from "./cache-marks.ts";
import { type ModelTraits, traitsOf } from "./model-traits.ts";
import { fitSchema } from "./output-schema.ts";
import { planThinking, type ThinkingPlan } from "./thinking.ts";
import { writeTexts, writeTurns, type WrittenTurn } from "./write-parts.ts";
import { writeTools } from "./write-tools.ts";

type Drop = WriteTarget["drop"];

/**
 * Writes a request of the Messages API, as the model that it goes to takes it: what one model answers with 400 another
 * one needs.
 *
 * @throws {PosternError} `cannot_translate` for sound, video, files that Claude does not take, and a forced tool call
 *   where the model lets none be
 * @see https://platform.claude.com/docs/en/api/messages/create
 */
export function writeRequest(request: ChatRequest, { drop }: WriteTarget): JsonObject {
  const traits = traitsOf(request.model);
  const maxTokens = request.maxTokens ?? traits.maxTokens;
  const marks = new CacheMarks();
  const { system, turns } = splitTurns(request.messages);
  const { format, instruction } = planFormat(request.outputFormat, traits, drop);
  const thinking = planThinking({ request, traits, maxTokens, turns, drop });
  // In this order Anthropic reads them, and in this order cache breakpoints are counted.
  const tools = writeTools({ request, traits, marks, drop });
  const systemBlocks = writeTexts(instruction === undefined ? system : [...system, instruction], marks);
  const messages = writeTurns(turns, { marks, mayCite: format === undefined, drop });
  marks.limit(drop);
  const config = {
    ...(thinking.effort === undefined ? {} : { effort: thinking.effort }),
    ...(format === undefined ? {} : { format }),
  };
  const stop = writeStop(request, drop);
  dropUnknown(request, drop);
  return {
    model: request.model,
    max_tokens: maxTokens,
    ...(request.stream ? { stream: true } : {}),
    ...beginWithUser(systemBlocks, messages),
    ...tools,
    ...(thinking.thinking === undefined ? {} : { thinking: thinking.thinking }),
    ...(Object.keys(config).length === 0 ? {} : { output_config: config }),
    ...writeSampling(request, traits, thinking, drop),
    ...(stop.length === 0 ? {} : { stop_sequences: stop }),
    ...(request.endUser === undefined ? {} : { metadata: { user_id: request.endUser } }),
    ...writeServiceTier(request, drop),
  };
}

/**
 * A conversation has to begin with a user's turn. Where there are only the system's words, they are that turn; before an
 * assistant's greeting stands a text that says nothing.
 */
function beginWithUser(system: readonly JsonObject[], messages: readonly WrittenTurn[]): JsonObject {
  const whole = system.length === 0 ? {} : { system };
  const [first] = messages;
  if (first === undefined) return { messages: system.length === 0 ? [] : [{ role: "user", content: system }] };
  const turns = messages.map(({ role, content }) => ({ role, content }));
  if (first.role === "user") return { ...whole, messages: turns };
  return { ...whole, messages: [{ role: "user", content: [{ type: "text", text: "(start of the conversation)" }] }, ...turns] };
}

interface FormatPlan {
  readonly format?: JsonObject;
  /** Asks for the form in words, where nothing enforces it. */
  readonly instruction?: TextPart;
}

function planFormat(wanted: OutputFormat | undefined, traits: ModelTraits, drop: Drop): FormatPlan {
  if (wanted === undefined) return {};
  const schema = wanted.kind === "schema" && traits.structuredOutput ? fitSchema(wanted.schema) : null;
  if (schema !== null) return { format: { type: "json_schema", schema } };
  drop("response_format");
  const ask = "Answer with one JSON object and nothing else, not even a code fence.";
  const text = wanted.kind === "json" ? ask : `${ask} It must be valid against this JSON schema:\n${JSON.stringify(wanted.schema)}`;
  return { instruction: { type: "text", text } };
}

/**
 * Writes what a model takes of temperature, top_p and top_k. With thinking only a top_p close to 1 may be set.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
function writeSampling(
  { temperature, topP, topK }: ChatRequest,
  { sampling }: ModelTraits,
  { isOn }: ThinkingPlan,
  drop: Drop,
): JsonObject {
  const written: Record<string, number> = {};
  if (temperature !== undefined && temperature !== 1) {
    if (sampling === "none" || isOn) drop("temperature");
    else {
      // Others go up to 2.
      if (temperature > 1) drop("temperature");
      written["temperature"] = Math.min(temperature, 1);
    }
  }
  if (topP !== undefined && topP !== 1) {
    const clashes = sampling === "one" && written["temperature"] !== undefined;
    if (sampling === "none" || clashes || (isOn && topP < 0.95)) drop("top_p");
    else written["top_p"] = topP;
  }
  if (topK !== undefined) {
    if (sampling === "none" || isOn) drop("top_k");
    else written["top_k"] = topK;
  }
  return written;
}

/** A stop sequence of nothing but white space is refused. */
function writeStop({ stop }: ChatRequest, drop: Drop): readonly string[] {
  const visible = (stop ?? []).filter((text) => /\S/.test(text));
  if (visible.length < (stop?.length ?? 0)) drop("stop");
  return visible;
}

function writeServiceTier({ serviceTier }: ChatRequest, drop: Drop): JsonObject {
  switch (serviceTier) {
    case undefined:
      return {};
    case "auto":
      return { service_tier: "auto" };
    case "default":
    case "standard":
    case "standard_only":
      return { service_tier: "standard_only" };
    default:
      drop("service_tier");
      return {};
  }
}

function dropUnknown(request: ChatRequest, drop: Drop): void {
  if (request.seed !== undefined) drop("seed");
  if (request.frequencyPenalty !== undefined && request.frequencyPenalty !== 0) drop("frequency_penalty");
  if (request.presencePenalty !== undefined && request.presencePenalty !== 0) drop("presence_penalty");
  if (request.logprobs !== undefined) drop("logprobs");
  if (request.verbosity !== undefined) drop("verbosity");
  if (request.metadata !== undefined && Object.keys(request.metadata).length > 0) drop("metadata");
  if (request.cacheKey !== undefined) drop("prompt_cache_key");
}
