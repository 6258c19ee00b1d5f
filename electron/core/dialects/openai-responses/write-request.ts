import type { ChatRequest, OutputFormat, Tool, ToolChoice } from "../chat.ts";
import type { WriteTarget } from "../dialect.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { effortOf } from "../reasoning.ts";
import { hasCacheMarks } from "../turns.ts";
import { writeItems } from "./write-items.ts";

/** OpenAI refuses a smaller `max_output_tokens`. */
const leastOutputTokens = 16;

/** What OpenAI knows by these names; another provider's tier would be refused. */
const serviceTiers: ReadonlySet<string> = new Set(["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"]);

/**
 * Writes a request for a provider that speaks the Responses API. Nothing is stored there: the conversation is sent
 * whole, the thoughts in it as encrypted content.
 *
 * @throws {PosternError} `cannot_translate` for a file that cannot be sent
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export function writeRequest(request: ChatRequest, target: WriteTarget): JsonObject {
  nameDropped(request, target);
  const hasTools = request.tools.length > 0;
  return {
    model: request.model,
    stream: request.stream,
    store: false,
    input: writeItems(request.messages, target),
    include: writeInclude(request),
    tools: hasTools ? request.tools.map(writeTool).filter((tool) => tool !== undefined) : undefined,
    tool_choice: hasTools && request.toolChoice !== undefined ? writeToolChoice(request.toolChoice) : undefined,
    parallel_tool_calls: hasTools ? request.parallelToolCalls : undefined,
    max_output_tokens: request.maxTokens === undefined ? undefined : Math.max(request.maxTokens, leastOutputTokens),
    temperature: request.temperature,
    top_p: request.topP,
    top_logprobs: request.logprobs === 0 ? undefined : request.logprobs,
    text: writeTextConfig(request),
    reasoning: writeReasoning(request),
    metadata: request.metadata,
    // The name that every server of this API knows; only OpenAI's own calls it `safety_identifier` by now.
    user: request.endUser,
    service_tier: isKnownTier(request) ? request.serviceTier : undefined,
    prompt_cache_key: request.cacheKey,
  };
}

function nameDropped(request: ChatRequest, target: WriteTarget): void {
  if (request.stop !== undefined && request.stop.length > 0) target.drop("stop");
  if (request.topK !== undefined) target.drop("top_k");
  if (request.seed !== undefined) target.drop("seed");
  if (request.frequencyPenalty !== undefined) target.drop("frequency_penalty");
  if (request.presencePenalty !== undefined) target.drop("presence_penalty");
  if (request.maxTokens !== undefined && request.maxTokens < leastOutputTokens) target.drop("max_tokens");
  if (!isKnownTier(request)) target.drop("service_tier");
  if (hasCacheMarks(request)) target.drop("cache_control");
}

function isKnownTier({ serviceTier }: ChatRequest): boolean {
  return serviceTier === undefined || serviceTiers.has(serviceTier);
}

function writeInclude(request: ChatRequest): readonly string[] | undefined {
  const include: string[] = [];
  if (carriesThoughts(request)) include.push("reasoning.encrypted_content");
  if (request.logprobs !== undefined) include.push("message.output_text.logprobs");
  return include.length === 0 ? undefined : include;
}

/** A model that does not think refuses to be asked for encrypted thoughts. */
function carriesThoughts({ reasoning, messages }: ChatRequest): boolean {
  if (reasoning !== undefined && reasoning.effort !== "none" && reasoning.budget !== 0) return true;
  return messages.some(
    (message) => message.role === "assistant" && message.content.some((part) => part.type === "reasoning" && part.signature !== undefined),
  );
}

function writeTool(tool: Tool): JsonObject | undefined {
  if (tool.kind === "function") {
    return {
      type: "function",
      name: tool.name,
      description: tool.description,
      parameters: tool.parameters ?? { type: "object", properties: {} },
      // Left out, it counts as true here, and many a schema is refused then.
      strict: tool.strict ?? false,
    };
  }
  if (tool.kind === "hosted") return undefined;
  const format =
    tool.grammar === undefined ? undefined : { type: "grammar", syntax: tool.grammar.syntax, definition: tool.grammar.definition };
  return { type: "custom", name: tool.name, description: tool.description, format };
}

function writeToolChoice(choice: ToolChoice): JsonValue {
  switch (choice.kind) {
    case "tool":
      return { type: "function", name: choice.name };
    case "allowed":
      return {
        type: "allowed_tools",
        mode: choice.required ? "required" : "auto",
        tools: choice.names.map((name) => ({ type: "function", name })),
      };
    default:
      return choice.kind;
  }
}

function writeTextConfig({ outputFormat, verbosity }: ChatRequest): JsonObject | undefined {
  if (outputFormat === undefined && verbosity === undefined) return undefined;
  return { format: outputFormat === undefined ? undefined : writeFormat(outputFormat), verbosity };
}

function writeFormat(format: OutputFormat): JsonObject {
  if (format.kind === "json") return { type: "json_object" };
  const { schema, description, strict } = format;
  const name = (format.name ?? "response").replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64);
  return { type: "json_schema", name: name === "" ? "response" : name, description, schema, strict };
}

function writeReasoning({ reasoning }: ChatRequest): JsonObject | undefined {
  const effort = effortOf(reasoning);
  const summary = reasoning?.visible === true ? "auto" : undefined;
  return effort === undefined && summary === undefined ? undefined : { effort, summary };
}
