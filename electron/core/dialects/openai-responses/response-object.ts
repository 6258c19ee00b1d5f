import type { ReplyMeta } from "../dialect.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/**
 * Writes what an answer repeats of its request: the values that were given, and OpenAI's defaults for the rest.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/object
 */
export function echoRequest({ body }: ReplyMeta): JsonObject {
  const given = (key: string, otherwise: JsonValue): JsonValue => body[key] ?? otherwise;
  const reasoning = isJsonObject(body["reasoning"]) ? body["reasoning"] : {};
  const text = isJsonObject(body["text"]) ? body["text"] : {};
  return {
    background: false,
    instructions: given("instructions", null),
    max_output_tokens: given("max_output_tokens", null),
    max_tool_calls: given("max_tool_calls", null),
    metadata: given("metadata", {}),
    parallel_tool_calls: given("parallel_tool_calls", true),
    previous_response_id: null,
    prompt_cache_key: given("prompt_cache_key", null),
    reasoning: { effort: reasoning["effort"] ?? null, summary: reasoning["summary"] ?? null },
    safety_identifier: given("safety_identifier", null),
    service_tier: given("service_tier", "default"),
    // Whatever was asked for: Postern keeps no answers.
    store: false,
    temperature: given("temperature", 1),
    text: { format: text["format"] ?? { type: "text" }, verbosity: text["verbosity"] ?? "medium" },
    tool_choice: given("tool_choice", "auto"),
    tools: given("tools", []),
    top_logprobs: given("top_logprobs", 0),
    top_p: given("top_p", 1),
    truncation: given("truncation", "disabled"),
    user: given("user", null),
  };
}

/** What changes in a response object from its first event to its last. */
export interface ResponseState {
  readonly id: string;
  readonly model: string;
  readonly createdAt: number;
  readonly status: "in_progress" | "completed" | "incomplete" | "failed";
  readonly output: readonly JsonObject[];
  readonly usage: JsonObject | null;
  readonly error: JsonObject | null;
  /** Why it is incomplete; null where it is not. */
  readonly incompleteReason: string | null;
}

/** Writes the members of a response object that change. */
export function writeResponseState(state: ResponseState): JsonObject {
  return {
    id: state.id,
    object: "response",
    created_at: state.createdAt,
    status: state.status,
    completed_at: state.status === "completed" ? state.createdAt : null,
    error: state.error,
    incomplete_details: state.incompleteReason === null ? null : { reason: state.incompleteReason },
    model: state.model,
    output: state.output,
    usage: state.usage,
  };
}
