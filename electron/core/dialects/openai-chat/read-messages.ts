import { PosternError } from "#shared/errors.ts";
import type { AssistantPart, DocumentPart, ImagePart, Message, TextPart, ToolCallPart, ToolResultPart } from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import { type Fields, invalid } from "../fields.ts";
import { isJsonObject, parseJsonObject } from "../json.ts";
import { readFileUrl } from "../files.ts";
import { readCacheMark } from "./cache-mark.ts";
import { readThoughtSignature } from "./collect-calls.ts";
import { readContentBlocks } from "./content-blocks.ts";
import { markLast, partsOf, readContent, readText, readTexts, unknownPart } from "./read-parts.ts";
import { readThinking, readThoughts, type Thought } from "./read-thoughts.ts";

const roles = ["system", "developer", "user", "assistant", "tool", "function"] as const;

/**
 * Reads `messages`. A tool's message becomes a user's turn, as everywhere but here.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
 */
export function readMessages(body: Fields, call: ReadCall): readonly Message[] {
  const messages = body.each("messages");
  if (messages.length === 0) throw invalid(body.at("messages"), "must hold at least one message");
  const legacyCalls: LegacyCalls = { waiting: [], count: 0 };
  return messages.map((message) => {
    const read = readMessage(message, legacyCalls, call);
    for (const path of message.rest()) call.drop(path);
    return read;
  });
}

/** Calls of the time before `tool_calls` have no ids: the results come back in order, under the function's name. */
interface LegacyCalls {
  readonly waiting: { readonly id: string; readonly name: string }[];
  count: number;
}

function readMessage(message: Fields, legacyCalls: LegacyCalls, call: ReadCall): Message {
  if (!message.has("role")) message.needText("role");
  const role = message.choice("role", roles);
  const cache = readCacheMark(message, call.drop);
  switch (role) {
    case "system":
    case "developer": {
      const content = readTexts(message, call);
      if (content === undefined) throw invalid(message.at("content"), "is missing; send a string");
      return { role: "system", authority: role, content: markLast(content, cache) };
    }
    case "assistant": {
      const content = readAssistant(message, legacyCalls, call);
      const last = content.at(-1);
      if (cache === undefined || last === undefined || last.type === "reasoning" || last.type === "refusal") return { role, content };
      return { role, content: [...content.slice(0, -1), { ...last, cache }] };
    }
    case "tool": {
      const callId = message.needText("tool_call_id");
      return { role: "user", content: markLast([{ ...readResult(message, call), callId, name: message.text("name") }], cache) };
    }
    case "function": {
      const name = message.needText("name");
      const at = legacyCalls.waiting.findIndex((waiting) => waiting.name === name);
      const [answered] = at === -1 ? [] : legacyCalls.waiting.splice(at, 1);
      const callId = answered?.id ?? legacyId(legacyCalls);
      return { role: "user", content: [{ ...readResult(message, call), callId, name }] };
    }
    default:
      return { role: "user", content: markLast(readContent(message, call), cache) };
  }
}

function readResult(message: Fields, call: ReadCall): Omit<ToolResultPart, "callId"> {
  const content: (TextPart | ImagePart | DocumentPart)[] = [];
  // The function's message of old may be null.
  for (const part of message.has("content") ? readContent(message, call) : []) {
    if (part.type === "audio" || part.type === "video") throw unknownPart(message, part.type);
    content.push(part);
  }
  return { type: "tool-result", content, isError: false };
}

function readAssistant(message: Fields, legacyCalls: LegacyCalls, call: ReadCall): readonly AssistantPart[] {
  // What an answer held that says nothing to the next turn; SDKs send it back as it came.
  message.ignore("annotations", "parsed", "object", "citations", "search_results");
  if (message.has("audio")) {
    throw new PosternError(
      "cannot_translate",
      `Cannot pass on "${message.at("audio")}": the chosen provider has never heard that answer; send its transcript as "content"`,
      { param: message.at("audio") },
    );
  }
  const { thoughts, content } = withBlocks(readContentBlocks(message, call), {
    thoughts: readThoughts(message, call),
    content: readAssistantContent(message, call),
  });
  const refusal = message.text("refusal");
  const images = message.each("images").map((image) => readImage(image, call));
  const calls = message.each("tool_calls").map((entry) => readCall(entry, call));
  const legacyCall = message.fields("function_call");
  if (legacyCall !== undefined) {
    const id = legacyId(legacyCalls);
    const part = readFunction(legacyCall, id);
    legacyCalls.waiting.push({ id, name: part.name });
    calls.push(part);
  }
  const signed = calls.map((part) => {
    const own = thoughts.find(({ id, signature }) => id === part.id && signature?.maker === "google");
    return part.signature === undefined && own !== undefined ? { ...part, signature: own.signature } : part;
  });
  return [
    ...thoughts.flatMap(({ id, text, signature }): readonly AssistantPart[] => {
      const isOfCall = signature?.maker === "google" && calls.some((part) => part.id === id);
      if (!isOfCall) return [{ type: "reasoning", text, signature }];
      return text === "" ? [] : [{ type: "reasoning", text }];
    }),
    ...content,
    ...(refusal === undefined || refusal === "" ? [] : [{ type: "refusal", text: refusal } as const]),
    ...images,
    ...signed,
  ];
}

interface Said {
  readonly thoughts: readonly Thought[];
  readonly content: readonly AssistantPart[];
}

/** What stands in blocks is told a second time in the other fields, where its order and its proof are lost: the blocks win. */
function withBlocks(blocks: readonly AssistantPart[] | null, told: Said): Said {
  if (blocks === null) return told;
  const holds = (wanted: AssistantPart["type"]): boolean => blocks.some(({ type }) => type === wanted);
  const thinks = holds("reasoning");
  const rest = told.content.filter(({ type }) => !(type === "text" && holds("text")) && !(type === "reasoning" && thinks));
  return { thoughts: thinks ? [] : told.thoughts, content: [...blocks, ...rest] };
}

function readAssistantContent(message: Fields, call: ReadCall): readonly AssistantPart[] {
  const content = message.any("content");
  if (content === undefined || content === "") return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  return partsOf(message, content).map((part) => {
    const type = part.needText("type");
    if (type === "thinking" || type === "redacted_thinking") return readThinking(part, call);
    if (type !== "refusal") return readText(part, type, call);
    return { type, text: part.needText("refusal") };
  });
}

/** An image of an earlier answer, as OpenRouter gives it: https://openrouter.ai/docs/features/multimodal/image-generation */
function readImage(image: Fields, call: ReadCall): ImagePart {
  image.ignore("type", "index");
  const source = readFileUrl(image.needFields("image_url").needText("url"));
  for (const path of image.rest()) call.drop(path);
  return { type: "image", source };
}

function readCall(entry: Fields, call: ReadCall): ToolCallPart {
  entry.ignore("index");
  const id = entry.needText("id");
  const isCustom = entry.choice("type", ["function", "custom"]) === "custom";
  const extra = entry.object("extra_content");
  const signature = extra === undefined ? undefined : readThoughtSignature({ extra_content: extra });
  const body = entry.needFields(isCustom ? "custom" : "function");
  const part: ToolCallPart = isCustom
    ? { type: "tool-call", id, name: body.needText("name"), arguments: body.needText("input"), isCustom }
    : readFunction(body, id);
  for (const path of [...entry.rest(), ...body.rest()]) call.drop(path);
  return signature === undefined ? part : { ...part, signature };
}

function readFunction(body: Fields, id: string): ToolCallPart {
  return { type: "tool-call", id, name: body.needText("name"), arguments: readArguments(body) };
}

/**
 * Reads a call's arguments as the JSON text of an object. A model may have written anything, and its turn stands in the
 * history for good: refusing it would end the conversation, so what is no object is wrapped into one.
 */
function readArguments(body: Fields): string {
  const value = body.any("arguments");
  if (isJsonObject(value)) return JSON.stringify(value);
  const text = body.text("arguments") ?? "";
  if (text.trim() === "") return "{}";
  return parseJsonObject(text) === null ? JSON.stringify({ input: text }) : text;
}

function legacyId(legacyCalls: LegacyCalls): string {
  return `call_function_${++legacyCalls.count}`;
}
