import { PosternError } from "#shared/errors.ts";
import type { ChatRequest, FunctionTool } from "../chat.ts";
import type { WriteTarget } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { budgetOf } from "../reasoning.ts";
import { writeMessages, type MessageContext } from "./write-messages.ts";

type Drop = (field: string) => void;

/** Models that think: https://docs.cohere.com/docs/reasoning. Others refuse `thinking`. */
const thinkingModel = /reasoning|command-a-plus/;

/**
 * Writes a request for Cohere's v2 chat.
 *
 * @throws {PosternError} `cannot_translate` for files that Cohere does not take, and for a schema beside tools or documents
 * @see https://docs.cohere.com/reference/chat
 */
export function writeRequest(request: ChatRequest, { drop }: WriteTarget): JsonObject {
  const context: MessageContext = { drop, thinks: thinkingModel.test(request.model), documents: [], documentIds: new Set() };
  const messages = writeMessages(request.messages, context);
  const tools = offeredTools(request);
  dropUnsaid(request, drop);
  return {
    model: request.model,
    stream: request.stream ? true : undefined,
    messages,
    tools: tools.length === 0 ? undefined : tools.map(writeTool),
    strict_tools: writeStrict(tools, drop),
    tool_choice: writeToolChoice(request, tools),
    documents: context.documents.length === 0 ? undefined : context.documents,
    citation_options: writeCitationMode(request),
    response_format: writeOutputFormat(request, tools.length > 0 || context.documents.length > 0, drop),
    thinking: writeThinking(request, context.thinks, drop),
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    // Cohere takes from 0.01 to 0.99; 1 is what many clients send without meaning anything by it.
    p: request.topP === undefined ? undefined : Math.min(0.99, Math.max(0.01, request.topP)),
    k: request.topK === undefined ? undefined : Math.min(500, request.topK),
    seed: request.seed,
    frequency_penalty: writePenalty("frequency_penalty", request.frequencyPenalty, drop),
    presence_penalty: writePenalty("presence_penalty", request.presencePenalty, drop),
    stop_sequences: request.stop === undefined || request.stop.length === 0 ? undefined : request.stop,
    logprobs: request.logprobs === undefined ? undefined : true,
  };
}

function dropUnsaid(request: ChatRequest, drop: Drop): void {
  if ((request.logprobs ?? 0) > 0) drop("top_logprobs");
  if (request.verbosity !== undefined) drop("verbosity");
  if (request.metadata !== undefined) drop("metadata");
  if (request.endUser !== undefined) drop("user");
  if (request.serviceTier !== undefined) drop("service_tier");
  if (request.cacheKey !== undefined) drop("prompt_cache_key");
  if (request.parallelToolCalls === false) drop("parallel_tool_calls");
  if (request.tools.some((tool) => tool.kind === "function" && tool.cache !== undefined)) drop("cache_control");
}

/** Cohere cannot name the tool that must be called: only that one is offered, or only those that are allowed. */
function offeredTools({ tools, toolChoice: choice }: ChatRequest): readonly FunctionTool[] {
  const functions = tools.filter((tool) => tool.kind === "function");
  if (choice?.kind === "tool") return functions.filter(({ name }) => name === choice.name);
  return choice?.kind === "allowed" ? functions.filter(({ name }) => choice.names.includes(name)) : functions;
}

function writeTool(tool: FunctionTool): JsonObject {
  return {
    type: "function",
    function: {
      name: tool.name,
      description: tool.description,
      parameters: tool.parameters ?? { type: "object", properties: {} },
    },
  };
}

/** Cohere is strict with all tools or with none. */
function writeStrict(tools: readonly FunctionTool[], drop: Drop): boolean | undefined {
  const strict = tools.filter((tool) => tool.strict === true).length;
  if (strict === 0) return undefined;
  if (strict === tools.length) return true;
  drop("strict");
  return undefined;
}

function writeToolChoice({ toolChoice: choice }: ChatRequest, tools: readonly FunctionTool[]): string | undefined {
  if (choice === undefined || tools.length === 0) return undefined;
  if (choice.kind === "none") return "NONE";
  const isForced = choice.kind === "required" || choice.kind === "tool" || (choice.kind === "allowed" && choice.required);
  return isForced ? "REQUIRED" : undefined;
}

/** Citations come unless they are turned off, which is for all documents at once. */
function writeCitationMode(request: ChatRequest): JsonObject | undefined {
  const documents = request.messages.flatMap((message) =>
    message.role === "user" ? message.content.filter((part) => part.type === "document") : [],
  );
  return documents.length > 0 && documents.every((part) => part.citations === false) ? { mode: "OFF" } : undefined;
}

function writeOutputFormat({ outputFormat: format }: ChatRequest, isOccupied: boolean, drop: Drop): JsonObject | undefined {
  if (format === undefined) return undefined;
  if (isOccupied) {
    if (format.kind === "schema")
      throw new PosternError(
        "cannot_translate",
        "Cannot hold the answer to a JSON schema: Cohere takes none beside tools or documents; leave one of them out, or choose another model",
        { param: "response_format" },
      );
    drop("response_format");
    return undefined;
  }
  return { type: "json_object", json_schema: format.kind === "schema" ? format.schema : undefined };
}

function writeThinking({ reasoning }: ChatRequest, thinks: boolean, drop: Drop): JsonObject | undefined {
  const budget = budgetOf(reasoning);
  if (reasoning === undefined || (budget === undefined && reasoning.isAdaptive !== true)) return undefined;
  if (!thinks) {
    // What never thinks need not be told so.
    if (budget !== 0) drop("reasoning_effort");
    return undefined;
  }
  return budget === 0 ? { type: "disabled" } : { type: "enabled", token_budget: budget };
}

/** Cohere's penalties go from 0 to 1, OpenAI's from -2 to 2. */
function writePenalty(name: string, penalty: number | undefined, drop: Drop): number | undefined {
  if (penalty === undefined || (penalty >= 0 && penalty <= 1)) return penalty;
  drop(name);
  return penalty > 1 ? 1 : undefined;
}
