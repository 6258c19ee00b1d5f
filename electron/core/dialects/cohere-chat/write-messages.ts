import type { AssistantPart, DocumentPart, ImagePart, Message, TextPart, ToolResultPart, UserPart } from "../chat.ts";
import { cannotSend, writeFileUrl } from "../files.ts";
import type { JsonObject } from "../json.ts";
import { writeDocument } from "./documents.ts";

/** What the messages of one request share. */
export interface MessageContext {
  readonly drop: (field: string) => void;
  /** Whether the model thinks, and so knows `thinking` blocks. */
  readonly thinks: boolean;
  /** The call's own documents, gathered from the users' turns. */
  readonly documents: JsonObject[];
  readonly documentIds: Set<string>;
}

/** Writes the conversation. Each tool's result is a message of its own; a turn of which nothing is left is left out. */
export function writeMessages(messages: readonly Message[], context: MessageContext): readonly JsonObject[] {
  return messages.flatMap((message) => {
    switch (message.role) {
      case "system":
        return writeTurn("system", writeTexts(message.content, context));
      case "user":
        return writeUser(message.content, context);
      case "assistant":
        return writeAssistant(message.content, context);
    }
  });
}

function writeTurn(role: string, blocks: readonly JsonObject[]): readonly JsonObject[] {
  const [only] = blocks;
  if (only === undefined) return [];
  return [{ role, content: blocks.length === 1 && only["type"] === "text" ? only["text"] : blocks }];
}

function writeTexts(parts: readonly TextPart[], context: MessageContext): readonly JsonObject[] {
  return parts.flatMap((part) => writeText(part, context));
}

function writeText(part: TextPart, { drop }: MessageContext): readonly JsonObject[] {
  if (part.cache !== undefined) drop("cache_control");
  // Cohere refuses a message without a word.
  return part.text.trim() === "" ? [] : [{ type: "text", text: part.text }];
}

function writeUser(parts: readonly UserPart[], context: MessageContext): readonly JsonObject[] {
  const results = parts.filter((part) => part.type === "tool-result");
  // A tool's message holds no images: they follow in the user's name, before what the user says.
  const images = results.flatMap(({ content }) => content.filter((part) => part.type === "image"));
  const rest = [...images, ...parts].flatMap((part) => writeUserPart(part, context));
  return [...results.map((result) => writeToolResult(result, context)), ...writeTurn("user", rest)];
}

function writeUserPart(part: UserPart, context: MessageContext): readonly JsonObject[] {
  switch (part.type) {
    case "text":
      return writeText(part, context);
    case "image":
      return [writeImage(part)];
    case "document":
      if (part.cache !== undefined) context.drop("cache_control");
      context.documents.push(writeDocument(part, context.documentIds));
      return [];
    case "audio":
    case "video":
      throw cannotSend(part.type, part.source, "Cohere");
    case "tool-result":
      return [];
  }
}

function writeImage(part: ImagePart): JsonObject {
  const url = writeFileUrl(part.source);
  if (url === undefined) throw cannotSend("image", part.source, "Cohere");
  return { type: "image_url", image_url: { url, detail: part.detail } };
}

function writeToolResult(part: ToolResultPart, context: MessageContext): JsonObject {
  if (part.isError) context.drop("tool_result.is_error");
  if (part.cache !== undefined) context.drop("cache_control");
  const told = part.content.filter((item): item is TextPart | DocumentPart => item.type !== "image");
  const content = told.every((item) => item.type === "text")
    ? told.map(({ text }) => text).join("\n")
    : told.map((item) =>
        item.type === "text" ? { type: "text", text: item.text } : { type: "document", document: writeDocument(item, context.documentIds) },
      );
  return { role: "tool", tool_call_id: part.callId, content };
}

function writeAssistant(parts: readonly AssistantPart[], context: MessageContext): readonly JsonObject[] {
  const calls: JsonObject[] = [];
  const content: JsonObject[] = [];
  let plan = "";
  const calledTools = parts.some(({ type }) => type === "tool-call");
  for (const part of parts) {
    switch (part.type) {
      case "text":
      case "refusal":
        content.push(...writeText({ type: "text", text: part.text }, context));
        break;
      case "reasoning":
        if (part.text === "") break;
        if (context.thinks) content.push({ type: "thinking", thinking: part.text });
        // Models that do not think have a plan where they call tools.
        else if (calledTools) plan += part.text;
        else context.drop("messages.reasoning");
        break;
      case "tool-call":
        calls.push({ id: part.id, type: "function", function: { name: part.name, arguments: part.arguments } });
        break;
      case "image":
        throw cannotSend("image", part.source, "Cohere");
    }
  }
  const [turn] = writeTurn("assistant", content);
  if (turn === undefined && calls.length === 0) return [];
  return [
    {
      role: "assistant",
      content: turn?.["content"],
      tool_plan: plan === "" ? undefined : plan,
      tool_calls: calls.length === 0 ? undefined : calls,
    },
  ];
}
