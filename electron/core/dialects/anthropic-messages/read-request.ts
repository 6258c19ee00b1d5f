import { PosternError } from "#shared/errors.ts";
import type { ChatRequest, Message, OutputFormat, Reasoning, TextPart, UserPart } from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import { Fields, invalid } from "../fields.ts";
import type { JsonObject } from "../json.ts";
import { dropRest, readAssistantBlock, readCache, readContent, readSystemBlock, readUserBlock } from "./read-parts.ts";
import { readTools } from "./read-tools.ts";

type Drop = ReadCall["drop"];

/**
 * Reads a request of the Messages API.
 *
 * @throws {PosternError} `invalid_value` with the field's path; `cannot_translate` for what lives on Anthropic's
 *   servers, and for a call that asks for no answer
 * @see https://platform.claude.com/docs/en/api/messages/create
 */
export function readRequest(body: JsonObject, { model, stream, drop }: ReadCall): ChatRequest {
  const fields = new Fields(body);
  // The first two are read by the planner; betas are a header's matter.
  fields.ignore("model", "stream", "betas");
  const maxTokens = fields.integer("max_tokens");
  if (maxTokens === undefined) throw invalid("max_tokens", "is missing; send how many tokens the answer may have at most");
  if (maxTokens === 0) throw cannotPreWarm();
  if (fields.has("thread")) throw cannotFindThread();
  const system = readSystem(fields, drop);
  const messages = readMessages(fields, drop);
  const cache = readCache(fields);
  const metadata = fields.fields("metadata");
  const { reasoning, outputFormat } = readOutput(fields, drop);
  const request: ChatRequest = {
    model,
    stream,
    messages: [...system, ...(cache === undefined ? messages : markLast(messages, cache))],
    ...readTools(fields, drop),
    maxTokens,
    temperature: fields.number("temperature"),
    topP: fields.number("top_p"),
    topK: fields.integer("top_k"),
    stop: fields.texts("stop_sequences"),
    endUser: metadata?.text("user_id"),
    serviceTier: readServiceTier(fields),
    reasoning,
    outputFormat,
  };
  if (metadata !== undefined) dropRest(metadata, drop);
  dropRest(fields, drop);
  return request;
}

function readSystem(fields: Fields, drop: Drop): readonly Message[] {
  if (!fields.has("system")) return [];
  return [{ role: "system", authority: "system", content: readContent<TextPart>(fields, "system", drop, readSystemBlock) }];
}

function readMessages(fields: Fields, drop: Drop): readonly Message[] {
  const messages = fields.each("messages");
  if (messages.length === 0) throw invalid("messages", "must hold at least one message");
  return messages.map((message): Message => {
    const read = readMessage(message, drop);
    dropRest(message, drop);
    return read;
  });
}

function readMessage(message: Fields, drop: Drop): Message {
  switch (message.choice("role", ["user", "assistant", "system"])) {
    case "user":
      return { role: "user", content: readContent<UserPart>(message, "content", drop, readUserBlock) };
    case "assistant":
      return { role: "assistant", content: readContent(message, "content", drop, readAssistantBlock) };
    case "system":
      return { role: "system", authority: "system", content: readContent<TextPart>(message, "content", drop, readSystemBlock) };
    default:
      return message.refuse("role", 'is missing; send "user" or "assistant"');
  }
}

/** A mark at the top of the request stands for one on its last block. */
function markLast(messages: readonly Message[], cache: NonNullable<TextPart["cache"]>): readonly Message[] {
  const last = messages.at(-1);
  if (last?.role !== "user") return messages;
  const part = last.content.at(-1);
  if (part === undefined || part.type === "audio" || part.type === "video") return messages;
  return [...messages.slice(0, -1), { ...last, content: [...last.content.slice(0, -1), { ...part, cache: part.cache ?? cache }] }];
}

/** Reads `thinking`, `output_config` and the `output_format` of its beta. */
function readOutput(
  fields: Fields,
  drop: Drop,
): { readonly reasoning?: Reasoning | undefined; readonly outputFormat?: OutputFormat | undefined } {
  const config = fields.fields("output_config");
  const effort = config?.choice("effort", ["low", "medium", "high", "xhigh", "max"]);
  const outputFormat = readFormat(config, "format", drop) ?? readFormat(fields, "output_format", drop);
  if (config !== undefined) dropRest(config, drop);
  const thinking = fields.fields("thinking");
  if (thinking === undefined) return { outputFormat, reasoning: effort === undefined ? undefined : { effort } };
  const display = thinking.choice("display", ["summarized", "omitted"]);
  const visible = display === undefined ? {} : { visible: display === "summarized" };
  const asked = effort === undefined ? visible : { effort, ...visible };
  const type = thinking.choice("type", ["enabled", "disabled", "adaptive", "between_tools"]);
  const budget = thinking.integer("budget_tokens", 1);
  dropRest(thinking, drop);
  switch (type) {
    case "enabled":
      if (budget === undefined) throw invalid("thinking.budget_tokens", "is missing; send a whole number of at least 1024");
      return { outputFormat, reasoning: { ...asked, budget } };
    case "adaptive":
      return { outputFormat, reasoning: { ...asked, isAdaptive: true } };
    case "disabled":
    case "between_tools":
      // The effort without thinking is how wordy the answer may be: nobody else has that.
      if (effort !== undefined) drop("output_config.effort");
      return { outputFormat, reasoning: { effort: "none" } };
    default:
      return thinking.refuse("type", 'is missing; send "adaptive", "enabled" or "disabled"');
  }
}

function readFormat(fields: Fields | undefined, key: string, drop: Drop): OutputFormat | undefined {
  const format = fields?.fields(key);
  if (format === undefined) return undefined;
  if (format.choice("type", ["json_schema"]) === undefined) format.refuse("type", 'is missing; send "json_schema"');
  const schema = format.object("schema") ?? format.refuse("schema", "is missing; send a JSON schema");
  const name = format.text("name");
  dropRest(format, drop);
  return { kind: "schema", schema, name };
}

/** `standard_only` is what others call the default. */
function readServiceTier(fields: Fields): string | undefined {
  const tier = fields.choice("service_tier", ["auto", "standard_only"]);
  return tier === "standard_only" ? "default" : tier;
}

function cannotPreWarm(): PosternError {
  return new PosternError(
    "cannot_translate",
    'Cannot pass on "max_tokens": 0 only fills Anthropic\'s prompt cache, and the chosen provider speaks another API; send at least 1',
    { param: "max_tokens" },
  );
}

function cannotFindThread(): PosternError {
  return new PosternError(
    "cannot_translate",
    'Cannot pass on "thread": the conversation is kept by Anthropic, and the chosen provider does not know it; send it whole in "messages"',
    { param: "thread" },
  );
}
