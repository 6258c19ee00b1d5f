import type {
  AssistantPart,
  ChatRequest,
  DocumentPart,
  Message,
  OutputFormat,
  Reasoning,
  TextPart,
  Tool,
  ToolChoice,
  ToolResultPart,
  UserPart,
} from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import { Fields } from "../fields.ts";
import { readFileUrl } from "../files.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { readDocument } from "./documents.ts";

type Drop = (field: string) => void;

/**
 * Reads a request for Cohere's v2 chat.
 *
 * @throws {PosternError} `invalid_value` with the field's path
 * @see https://docs.cohere.com/reference/chat
 */
export function readRequest(body: JsonObject, call: ReadCall): ChatRequest {
  const { drop } = call;
  const fields = new Fields(body);
  fields.ignore("model", "stream");
  const isStrict = fields.flag("strict_tools");
  const request: ChatRequest = {
    model: call.model,
    stream: call.stream,
    messages: readMessages(fields, drop),
    tools: fields.each("tools").map((tool) => readTool(tool, isStrict, drop)),
    toolChoice: readToolChoice(fields),
    maxTokens: fields.integer("max_tokens", 1),
    temperature: fields.number("temperature"),
    topP: fields.number("p"),
    topK: fields.integer("k"),
    seed: fields.integer("seed"),
    frequencyPenalty: fields.number("frequency_penalty"),
    presencePenalty: fields.number("presence_penalty"),
    stop: fields.texts("stop_sequences"),
    logprobs: fields.flag("logprobs") === true ? 0 : undefined,
    outputFormat: readOutputFormat(fields, drop),
    reasoning: readThinking(fields, drop),
  };
  for (const path of fields.rest()) drop(path);
  return request;
}

function readMessages(fields: Fields, drop: Drop): readonly Message[] {
  if (!fields.has("messages")) fields.refuse("messages", "is missing; send an array of messages");
  const messages = fields.each("messages").map((message) => {
    const read = readMessage(message, drop);
    for (const path of message.rest()) drop(path);
    return read;
  });
  const documents = readDocuments(fields, drop);
  if (documents.length === 0) return messages;
  // They belong to the call as a whole: others look for them where the question is.
  const asked = messages.findLastIndex(({ role, content }) => role === "user" && content.every(({ type }) => type !== "tool-result"));
  const question = messages[asked];
  if (question?.role !== "user") return [{ role: "user", content: documents }, ...messages];
  return messages.with(asked, { role: "user", content: [...documents, ...question.content] });
}

function readMessage(message: Fields, drop: Drop): Message {
  const role = message.choice("role", ["user", "assistant", "system", "tool"]) ?? message.refuse("role", 'is missing; send "user"');
  switch (role) {
    case "system":
      return { role, authority: "system", content: readTexts(message, drop) };
    case "user":
      return { role, content: readUserContent(message, drop) };
    case "assistant":
      return { role, content: readAssistantContent(message, drop) };
    case "tool":
      return { role: "user", content: [readToolResult(message, drop)] };
  }
}

/** Reads content that is a text or an array of blocks; `read` gets each block and its type. */
function readContent<Part>(
  message: Fields,
  drop: Drop,
  types: readonly string[],
  read: (block: Fields, type: string) => Part,
): readonly (Part | TextPart)[] {
  const content = message.any("content");
  if (content === undefined) return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  return message.each("content").map((block) => {
    const type = block.choice("type", types) ?? block.refuse("type", "is missing");
    const part = type === "text" ? ({ type: "text", text: block.needText("text") } as const) : read(block, type);
    for (const path of block.rest()) drop(path);
    return part;
  });
}

function readTexts(message: Fields, drop: Drop): readonly TextPart[] {
  return readContent<TextPart>(message, drop, ["text"], (block) => ({ type: "text", text: block.needText("text") }));
}

function readUserContent(message: Fields, drop: Drop): readonly UserPart[] {
  return readContent<UserPart>(message, drop, ["text", "image_url"], (block) => {
    const image = block.needFields("image_url");
    const part: UserPart = {
      type: "image",
      source: readFileUrl(image.needText("url")),
      detail: image.choice("detail", ["auto", "low", "high"]),
    };
    for (const path of image.rest()) drop(path);
    return part;
  });
}

function readAssistantContent(message: Fields, drop: Drop): readonly AssistantPart[] {
  const parts: AssistantPart[] = [];
  const plan = message.text("tool_plan");
  if (plan !== undefined && plan !== "") parts.push({ type: "reasoning", text: plan });
  parts.push(
    ...readContent<AssistantPart>(message, drop, ["text", "thinking"], (block) => ({
      type: "reasoning",
      text: block.needText("thinking"),
    })),
  );
  for (const call of message.each("tool_calls")) {
    const called = call.needFields("function");
    const text = called.text("arguments");
    parts.push({
      type: "tool-call",
      id: call.needText("id"),
      name: called.needText("name"),
      arguments: text === undefined || text.trim() === "" ? "{}" : text,
    });
    call.ignore("type");
    for (const path of [...called.rest(), ...call.rest()]) drop(path);
  }
  return parts;
}

function readToolResult(message: Fields, drop: Drop): ToolResultPart {
  return {
    type: "tool-result",
    callId: message.needText("tool_call_id"),
    content: readContent<ToolResultPart["content"][number]>(message, drop, ["text", "document"], (block) =>
      readDocument(block.needFields("document"), undefined, drop),
    ),
    isError: false,
  };
}

function readDocuments(fields: Fields, drop: Drop): readonly DocumentPart[] {
  const options = fields.fields("citation_options");
  const mode = options?.text("mode")?.toUpperCase();
  const citations = mode === undefined ? undefined : mode !== "OFF" && mode !== "DISABLED";
  for (const path of options?.rest() ?? []) drop(path);
  return (fields.array("documents") ?? []).map((value, index) => {
    const path = `${fields.at("documents")}[${index}]`;
    if (typeof value === "string") return { type: "document", citations, source: { kind: "text", text: value } };
    if (isJsonObject(value)) return readDocument(new Fields(value, path), citations, drop);
    return new Fields({}, fields.path).refuse(`documents[${index}]`, "must be a string or an object");
  });
}

function readTool(tool: Fields, strict: boolean | undefined, drop: Drop): Tool {
  const definition = tool.needFields("function");
  const read: Tool = {
    kind: "function",
    name: definition.needText("name"),
    description: definition.text("description"),
    parameters: definition.object("parameters"),
    strict,
  };
  tool.ignore("type");
  for (const path of [...definition.rest(), ...tool.rest()]) drop(path);
  return read;
}

function readToolChoice(fields: Fields): ToolChoice | undefined {
  const choice = fields.choice("tool_choice", ["REQUIRED", "NONE"]);
  if (choice === undefined) return undefined;
  return { kind: choice === "REQUIRED" ? "required" : "none" };
}

function readOutputFormat(fields: Fields, drop: Drop): OutputFormat | undefined {
  const format = fields.fields("response_format");
  if (format?.choice("type", ["text", "json_object"]) !== "json_object") return undefined;
  // `schema` is what it was called at first.
  const schema = format.object("json_schema") ?? format.object("schema");
  for (const path of format.rest()) drop(path);
  return schema === undefined ? { kind: "json" } : { kind: "schema", schema, strict: true };
}

function readThinking(fields: Fields, drop: Drop): Reasoning | undefined {
  const thinking = fields.fields("thinking");
  if (thinking === undefined) return undefined;
  const type = thinking.choice("type", ["enabled", "disabled"]);
  const budget = thinking.integer("token_budget", 1);
  for (const path of thinking.rest()) drop(path);
  if (type === "disabled") return { effort: "none" };
  return budget === undefined ? { isAdaptive: true } : { budget };
}
