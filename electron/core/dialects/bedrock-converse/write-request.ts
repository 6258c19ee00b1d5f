import { PosternError } from "#shared/errors.ts";
import type { ChatRequest } from "../chat.ts";
import type { WriteTarget } from "../dialect.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { splitTurns } from "../turns.ts";
import { closeSchema } from "./close-schema.ts";
import { traitsOf, type Traits } from "./traits.ts";
import { writeContent, type ContentContext } from "./write-content.ts";
import { writeThinking, type Thinking } from "./write-thinking.ts";
import { forcesTool, writeTools } from "./write-tools.ts";

type Drop = (field: string) => void;

/**
 * Writes a request for Converse or ConverseStream; the model and the wish to stream are in the path.
 *
 * @throws {PosternError} `cannot_translate` for a file that Bedrock would have to fetch, or a schema that the model
 *   would not hold itself to
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function writeRequest(request: ChatRequest, { drop }: WriteTarget): JsonObject {
  const traits = traitsOf(request.model);
  const context: ContentContext = { traits, drop, documentNames: new Set() };
  const { system, turns } = splitTurns(request.messages);
  const systemBlocks = writeContent(system, context);
  const messages = writeMessages(turns, context);
  const thinking = writeThinking(request, traits, mayThink(request, traits, messages), drop);
  dropUnsaid(request, drop);
  const additional: Record<string, JsonValue> = { ...(thinking.fields as Record<string, JsonValue>) };
  const inferenceConfig = writeInference(request, traits, thinking, additional, drop);
  return {
    system: systemBlocks.length === 0 ? undefined : systemBlocks,
    messages,
    inferenceConfig: Object.values(inferenceConfig).every((value) => value === undefined) ? undefined : inferenceConfig,
    toolConfig: writeTools(request, turns, context),
    outputConfig: writeOutput(request, traits, thinking, drop),
    additionalModelRequestFields: Object.keys(additional).length === 0 ? undefined : additional,
    // Only so does the answer tell which sequence stopped it.
    additionalModelResponseFieldPaths: traits.isClaude && (request.stop?.length ?? 0) > 0 ? ["/stop_sequence"] : undefined,
    requestMetadata: writeMetadata(request.metadata, drop),
    serviceTier: writeServiceTier(request.serviceTier, drop),
  };
}

interface WrittenMessage {
  readonly [key: string]: JsonValue | undefined;
  readonly role: "user" | "assistant";
  readonly content: JsonObject[];
}

function writeMessages(turns: ReturnType<typeof splitTurns>["turns"], context: ContentContext): readonly WrittenMessage[] {
  const messages: WrittenMessage[] = [];
  for (const turn of turns) {
    const content = writeContent(turn.content, context);
    const last = messages.at(-1);
    if (content.length === 0) continue;
    // A turn of which nothing is left would leave two of the other role side by side.
    if (last?.role === turn.role) last.content.push(...content);
    else messages.push({ role: turn.role, content });
  }
  trimEnd(messages.at(-1), context.traits);
  return messages;
}

/** Claude refuses a beginning of its answer that ends in a blank. */
function trimEnd(last: WrittenMessage | undefined, traits: Traits): void {
  const block = last?.content.at(-1);
  if (last?.role !== "assistant" || !traits.isClaude || typeof block?.["text"] !== "string") return;
  last.content[last.content.length - 1] = { text: block["text"].trimEnd() };
}

/**
 * Claude may not think where it is forced to call a tool, nor with a budget in the middle of a turn that it began
 * without thinking.
 */
function mayThink(request: ChatRequest, traits: Traits, messages: readonly WrittenMessage[]): boolean {
  if (!traits.isClaude) return true;
  if (forcesTool(request.toolChoice)) return false;
  if (traits.thinking !== "budget") return true;
  const last = messages.findLast((message) => message.role === "assistant");
  return (
    last === undefined ||
    last.content.every((block) => block["toolUse"] === undefined) ||
    last.content[0]?.["reasoningContent"] !== undefined
  );
}

function dropUnsaid(request: ChatRequest, drop: Drop): void {
  if (request.seed !== undefined) drop("seed");
  if (request.frequencyPenalty !== undefined) drop("frequency_penalty");
  if (request.presencePenalty !== undefined) drop("presence_penalty");
  if (request.logprobs !== undefined) drop("logprobs");
  if (request.verbosity !== undefined) drop("verbosity");
  if (request.endUser !== undefined) drop("user");
  if (request.cacheKey !== undefined) drop("prompt_cache_key");
  if (request.parallelToolCalls === false) drop("parallel_tool_calls");
}

function writeInference(
  request: ChatRequest,
  traits: Traits,
  thinking: Thinking,
  additional: Record<string, JsonValue>,
  drop: Drop,
): JsonObject {
  let { temperature, topP, topK } = request;
  // What Claude may not do while it thinks: only a wide top_p is left.
  const isThinkingClaude = traits.isClaude && thinking.isOn;
  const takesNone = traits.sampling === "none" || thinking.isUnbounded === true;
  if (temperature !== undefined && (takesNone || isThinkingClaude)) {
    drop("temperature");
    temperature = undefined;
  }
  const isNarrow = isThinkingClaude && topP !== undefined && topP < 0.95;
  if (topP !== undefined && (takesNone || isNarrow || (traits.sampling === "either" && temperature !== undefined))) {
    drop("top_p");
    topP = undefined;
  }
  if (topK !== undefined && (traits.topK === "none" || isThinkingClaude)) {
    drop("top_k");
    topK = undefined;
  }
  if (topK !== undefined) {
    if (traits.topK === "top_k") additional["top_k"] = topK;
    else additional["inferenceConfig"] = { topK };
  }
  // Claude refuses a sequence of blanks; others may be stopped by a line's end.
  const stop = request.stop?.filter((sequence) => sequence !== "" && (!traits.isClaude || sequence.trim() !== ""));
  if (stop?.length !== request.stop?.length) drop("stop");
  return { maxTokens: request.maxTokens, temperature, topP, stopSequences: stop?.length === 0 ? undefined : stop };
}

function writeOutput(request: ChatRequest, traits: Traits, thinking: Thinking, drop: Drop): JsonObject | undefined {
  const format = request.outputFormat;
  // Converse knows no JSON without a schema; that the prompt asks for it as well is what OpenAI demands, too.
  if (format?.kind === "json") drop("response_format");
  if (format?.kind === "schema" && !traits.structured)
    throw new PosternError(
      "cannot_translate",
      `Cannot hold the answer to a JSON schema: "${request.model}" cannot do so on Bedrock; choose another model, or describe the form in the prompt`,
      { param: "response_format" },
    );
  const textFormat =
    format?.kind !== "schema"
      ? undefined
      : {
          type: "json_schema",
          structure: {
            jsonSchema: { schema: JSON.stringify(closeSchema(format.schema)), name: format.name, description: format.description },
          },
        };
  return textFormat === undefined && thinking.effort === undefined ? undefined : { textFormat, effort: thinking.effort };
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#bedrock-runtime_Converse-request-requestMetadata */
const metadataText = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;

function writeMetadata(metadata: ChatRequest["metadata"], drop: Drop): JsonObject | undefined {
  if (metadata === undefined) return undefined;
  const written: Record<string, string> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (key !== "" && metadataText.test(key) && metadataText.test(value) && Object.keys(written).length < 16) written[key] = value;
    else drop(`metadata.${key}`);
  }
  return Object.keys(written).length === 0 ? undefined : written;
}

/** Bedrock's tiers, and what others call the common one; `auto` is what leaving it out means. */
const serviceTiers: Readonly<Record<string, string>> = {
  default: "default",
  standard_only: "default",
  flex: "flex",
  priority: "priority",
  reserved: "reserved",
};

function writeServiceTier(tier: string | undefined, drop: Drop): JsonObject | undefined {
  if (tier === undefined || tier === "auto") return undefined;
  const type = serviceTiers[tier];
  if (type === undefined) drop("service_tier");
  return type === undefined ? undefined : { type };
}
