import type { ChatRequest, FunctionTool, OutputFormat, ToolChoice } from "../chat.ts";
import type { WriteTarget } from "../dialect.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { hasCacheMarks } from "../turns.ts";
import { writeCacheMark } from "./cache-mark.ts";
import { writeMessages } from "./write-messages.ts";
import { writeReasoning } from "./write-reasoning.ts";

/** OpenAI answers longer names of users with an error. */
const longestUser = 64;
const serviceTiers: ReadonlySet<string> = new Set(["default", "flex", "scale", "priority", "fast"]);

/**
 * Writes a body that any server of Chat Completions takes: what was asked for, in the fields that nearly all share, and
 * what the row says of the rest.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function writeRequest(request: ChatRequest, target: WriteTarget): JsonObject {
  const { quirks, drop } = target;
  const body: Record<string, JsonValue | undefined> = {
    model: request.model,
    messages: writeMessages(request.messages, target),
    stream: request.stream ? true : undefined,
    stream_options: request.stream && quirks.streamUsage === "on-request" ? { include_usage: true } : undefined,
    [quirks.maxTokensField]: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    stop: request.stop === undefined || request.stop.length === 0 ? undefined : request.stop,
    response_format: request.outputFormat === undefined ? undefined : writeFormat(request.outputFormat),
    user: writeUser(request, target),
    ...writeLogprobs(request),
    ...writeTools(request, target),
    ...writeReasoning(request, target),
    ...writeExtras(request, target),
  };
  // OpenAI takes metadata only for what it is to store, and others not at all.
  if (request.metadata !== undefined) drop("metadata");
  if (!quirks.cacheControl && hasCacheMarks(request)) drop("cache_control");
  for (const field of quirks.refusedFields) {
    if (body[field] === undefined) continue;
    delete body[field];
    if (field === "logprobs") delete body["top_logprobs"];
    drop(field);
  }
  return body;
}

/** Writes what only some servers know, and names the rest. */
function writeExtras(request: ChatRequest, { quirks, drop }: WriteTarget): JsonObject {
  const tier = request.serviceTier === "standard_only" ? "default" : request.serviceTier;
  const wanted = {
    top_k: request.topK,
    verbosity: request.verbosity,
    prompt_cache_key: request.cacheKey,
    // "auto" is what happens without it.
    service_tier: tier === "auto" ? undefined : tier,
  } as const;
  const written: Record<string, JsonValue> = {};
  for (const field of ["top_k", "verbosity", "prompt_cache_key", "service_tier"] as const) {
    const value = wanted[field];
    if (value === undefined) continue;
    const isKnown = field !== "service_tier" || serviceTiers.has(value as string);
    if (isKnown && quirks.extraFields.includes(field)) written[field] = value;
    else drop(field);
  }
  return written;
}

function writeUser({ endUser }: ChatRequest, { drop }: WriteTarget): string | undefined {
  if (endUser === undefined || endUser === "" || endUser.length <= longestUser) return endUser === "" ? undefined : endUser;
  drop("user");
  return undefined;
}

function writeLogprobs({ logprobs }: ChatRequest): JsonObject {
  if (logprobs === undefined) return {};
  return { logprobs: true, top_logprobs: logprobs === 0 ? undefined : logprobs };
}

/** A choice among some tools is written as just these tools: only OpenAI has a field for it. */
function writeTools(request: ChatRequest, { quirks }: WriteTarget): JsonObject {
  const { toolChoice: choice } = request;
  const callable = request.tools.filter((tool) => tool.kind === "function");
  const tools = choice?.kind === "allowed" ? callable.filter(({ name }) => choice.names.includes(name)) : callable;
  if (tools.length === 0) return {};
  return {
    tools: tools.map((tool) => writeTool(tool, quirks.cacheControl)),
    tool_choice: choice === undefined ? undefined : writeToolChoice(choice),
    parallel_tool_calls: request.parallelToolCalls,
  };
}

function writeTool(tool: FunctionTool, takesMarks: boolean): JsonObject {
  return {
    type: "function",
    function: {
      name: tool.name,
      description: tool.description,
      // Leaving them out is allowed by OpenAI, but not by each of its followers.
      parameters: tool.parameters ?? { type: "object", properties: {} },
      strict: tool.strict === true ? true : undefined,
    },
    ...(tool.cache !== undefined && takesMarks ? { cache_control: writeCacheMark(tool.cache) } : {}),
  };
}

function writeToolChoice(choice: ToolChoice): JsonValue {
  switch (choice.kind) {
    case "auto":
    case "none":
    case "required":
      return choice.kind;
    case "tool":
      return { type: "function", function: { name: choice.name } };
    case "allowed":
      return choice.required ? "required" : "auto";
    default:
      return choice satisfies never;
  }
}

function writeFormat(format: OutputFormat): JsonObject {
  if (format.kind === "json") return { type: "json_object" };
  return {
    type: "json_schema",
    json_schema: {
      name: schemaName(format.name),
      description: format.description,
      schema: format.schema,
      strict: format.strict,
    },
  };
}

/** A name is a must here: of a-z, A-Z, 0-9, underscores and dashes, 64 at most. */
function schemaName(name: string | undefined): string {
  const safe = (name ?? "").replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64);
  return safe === "" ? "answer" : safe;
}
