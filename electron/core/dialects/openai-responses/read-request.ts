import { PosternError } from "#shared/errors.ts";
import type { ChatRequest, OutputFormat, Reasoning } from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import { Fields, invalid } from "../fields.ts";
import type { JsonObject } from "../json.ts";
import { createConversation } from "./conversation.ts";
import { readItems } from "./read-items.ts";
import { createToolList, readToolChoice } from "./read-tools.ts";

/**
 * Reads a request of the Responses API.
 *
 * @throws {PosternError} `invalid_value` with the field's path; `cannot_translate` for what only the server that holds
 *   the conversation can do
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export function readRequest(body: JsonObject, call: ReadCall): ChatRequest {
  const fields = new Fields(body);
  refuseServerState(fields);
  fields.ignore("model", "stream", "stream_options", "client_metadata");

  const tools = createToolList();
  tools.add(fields.each("tools"), call.drop);
  const conversation = createConversation();
  const instructions = fields.text("instructions");
  if (instructions !== undefined && instructions !== "") {
    conversation.say({ role: "system", authority: "system", content: [{ type: "text", text: instructions }] });
  }
  const input = fields.any("input");
  if (input === undefined) throw invalid("input", "is missing; send a string or an array of items");
  if (typeof input === "string") conversation.say({ role: "user", content: [{ type: "text", text: input }] });
  else readItems(fields.each("input"), { conversation, tools, drop: call.drop, recall: call.recall });

  const text = fields.fields("text");
  const outputFormat = readFormat(text?.fields("format"), call.drop);
  const verbosity = text?.choice("verbosity", ["low", "medium", "high"]);
  for (const path of text?.rest() ?? []) call.drop(path);
  // Postern keeps no answers: only a client that counts on it is told.
  if (fields.flag("store") === true) call.drop("store");
  if (fields.choice("truncation", ["auto", "disabled"]) === "auto") call.drop("truncation");

  const request: ChatRequest = {
    model: call.model,
    stream: call.stream,
    messages: conversation.messages,
    tools: tools.tools,
    toolChoice: readToolChoice(fields, tools),
    parallelToolCalls: fields.flag("parallel_tool_calls"),
    maxTokens: fields.integer("max_output_tokens", 1),
    temperature: fields.number("temperature"),
    topP: fields.number("top_p"),
    logprobs: readLogprobs(fields, call.drop),
    outputFormat,
    verbosity,
    reasoning: readReasoning(fields.fields("reasoning"), call.drop),
    metadata: readMetadata(fields),
    endUser: readEndUser(fields),
    serviceTier: fields.text("service_tier"),
    cacheKey: fields.text("prompt_cache_key"),
  };
  for (const path of fields.rest()) call.drop(path);
  return request;
}

const serverState: readonly (readonly [key: string, what: string])[] = [
  ["previous_response_id", "the answer before is kept by the provider that gave it; send the whole conversation as input"],
  ["conversation", "the conversation is kept by the provider where it began; send all of it as input"],
  ["prompt", "the template is kept by OpenAI; send its text as instructions and input"],
];

function refuseServerState(fields: Fields): void {
  for (const [key, what] of serverState) {
    if (fields.has(key)) throw new PosternError("cannot_translate", `Cannot use "${key}": ${what}`, { param: key });
  }
  if (fields.flag("background") === true) {
    const message = 'Cannot use "background": an answer can only be given at once; send false and wait for it';
    throw new PosternError("cannot_translate", message, { param: "background" });
  }
}

function readLogprobs(fields: Fields, drop: (field: string) => void): number | undefined {
  const count = fields.integer("top_logprobs");
  let isAsked = count !== undefined && count > 0;
  for (const [index, value] of (fields.texts("include") ?? []).entries()) {
    if (value === "message.output_text.logprobs") isAsked = true;
    // Thoughts are always sent along with what proves them.
    else if (value !== "reasoning.encrypted_content") drop(`include[${index}]`);
  }
  return isAsked ? (count ?? 0) : undefined;
}

function readFormat(format: Fields | undefined, drop: (field: string) => void): OutputFormat | undefined {
  if (format === undefined) return undefined;
  const type = format.choice("type", ["text", "json_object", "json_schema"]);
  let read: OutputFormat | undefined;
  if (type === "json_object") read = { kind: "json" };
  if (type === "json_schema") {
    read = {
      kind: "schema",
      schema: format.object("schema") ?? format.refuse("schema", "is missing; send a JSON Schema"),
      name: format.text("name"),
      description: format.text("description"),
      strict: format.flag("strict"),
    };
  }
  for (const path of format.rest()) drop(path);
  return read;
}

function readReasoning(reasoning: Fields | undefined, drop: (field: string) => void): Reasoning | undefined {
  if (reasoning === undefined) return undefined;
  const effort = reasoning.choice("effort", ["none", "minimal", "low", "medium", "high", "xhigh", "max"]);
  const summary = reasoning.choice("summary", summaries) ?? reasoning.choice("generate_summary", summaries);
  for (const path of reasoning.rest()) drop(path);
  if (effort === undefined && summary === undefined) return undefined;
  return { effort, visible: summary === undefined ? undefined : summary !== "none" };
}

const summaries = ["auto", "concise", "detailed", "none"] as const;

function readMetadata(fields: Fields): Readonly<Record<string, string>> | undefined {
  const metadata = fields.fields("metadata");
  if (metadata === undefined) return undefined;
  const prefix = metadata.at("").length;
  return Object.fromEntries(metadata.rest().map((path) => [path.slice(prefix), metadata.needText(path.slice(prefix))]));
}

/** `user` is what `safety_identifier` was called before. */
function readEndUser(fields: Fields): string | undefined {
  const user = fields.text("user");
  return fields.text("safety_identifier") ?? user;
}
