import { PosternError } from "#shared/errors.ts";
import type { AssistantPart, DocumentPart, FileSource, ImagePart, TextPart, ToolResultPart, UserPart } from "../chat.ts";
import { cannotSend } from "../files.ts";
import type { JsonObject } from "../json.ts";
import type { Turn } from "../turns.ts";
import type { Block, CacheMarks } from "./cache-marks.ts";
import { toolInput } from "./tool-input.ts";

/** What the parts' writers need to know. */
export interface PartCall {
  readonly marks: CacheMarks;
  /** Whether documents may be cited: not in an answer of a given form. */
  readonly mayCite: boolean;
  readonly drop: (field: string) => void;
}

/** A turn of the Messages API. */
export interface WrittenTurn {
  readonly role: "user" | "assistant";
  readonly content: Block[];
}

const dialect = "the Messages API";
const imageTypes = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/**
 * Writes the turns of a conversation. A turn of which nothing can be said is left out, and its neighbours become one.
 *
 * @throws {PosternError} `cannot_translate` for sound, video, and files that Anthropic does not take
 */
export function writeTurns(turns: readonly Turn[], call: PartCall): WrittenTurn[] {
  const written: WrittenTurn[] = [];
  for (const turn of turns) {
    const content =
      turn.role === "user"
        ? turn.content.flatMap((part) => writeUserPart(part, call))
        : turn.content.flatMap((part) => writeAssistantPart(part, call));
    if (content.length === 0) continue;
    const last = written.at(-1);
    if (last?.role === turn.role) last.content.push(...content);
    else written.push({ role: turn.role, content });
  }
  // The answer goes on right behind an assistant's turn at the end: that must not end in white space.
  const final = written.at(-1);
  const end = final?.role === "assistant" ? final.content.at(-1) : undefined;
  if (typeof end?.["text"] === "string") end["text"] = end["text"].trimEnd();
  return written;
}

/** Writes texts; those without a visible character are left out, because Anthropic refuses them. */
export function writeTexts(parts: readonly TextPart[], marks: CacheMarks): Block[] {
  return parts.flatMap((part) => writeText(part, marks));
}

function writeText({ text, cache }: TextPart, marks: CacheMarks): Block[] {
  return /\S/.test(text) ? [marks.add(cache, { type: "text", text })] : [];
}

function writeUserPart(part: UserPart, call: PartCall): Block[] {
  switch (part.type) {
    case "tool-result":
      return [writeToolResult(part, call)];
    case "audio":
    case "video":
      throw new PosternError(
        "cannot_translate",
        `Cannot pass on ${part.type}: Claude takes text, images and documents; choose another model`,
        {
          param: part.type,
        },
      );
    default:
      return writeResultPart(part, call);
  }
}

function writeResultPart(part: TextPart | ImagePart | DocumentPart, call: PartCall): Block[] {
  switch (part.type) {
    case "text":
      return writeText(part, call.marks);
    case "image":
      return [call.marks.add(part.cache, { type: "image", source: writeImageSource(part.source) })];
    case "document":
      return [writeDocument(part, call)];
    default:
      return part satisfies never;
  }
}

function writeToolResult({ callId, content, isError, cache }: ToolResultPart, call: PartCall): Block {
  const blocks = content.flatMap((part) => writeResultPart(part, call));
  // An error has to say something.
  if (isError && blocks.length === 0) blocks.push({ type: "text", text: "(no message)" });
  return call.marks.add(cache, {
    type: "tool_result",
    tool_use_id: callId,
    ...(blocks.length === 0 ? {} : { content: blocks }),
    ...(isError ? { is_error: true } : {}),
  });
}

function writeImageSource(source: FileSource): JsonObject {
  if (source.kind === "url") return { type: "url", url: source.url };
  if (source.kind === "file" || !imageTypes.has(source.mediaType)) throw cannotSend("image", source, dialect);
  return { type: "base64", media_type: source.mediaType, data: source.data };
}

function writeDocument(part: DocumentPart, { marks, mayCite, drop }: PartCall): Block {
  const { source, name, citations, cache } = part;
  if (source.kind === "data" && imageTypes.has(source.mediaType)) {
    return marks.add(cache, { type: "image", source: writeImageSource(source) });
  }
  if (citations === true && !mayCite) drop("citations");
  return marks.add(cache, {
    type: "document",
    source: writeDocumentSource(source),
    ...(name === undefined ? {} : { title: name }),
    ...(citations === undefined || (citations && !mayCite) ? {} : { citations: { enabled: citations } }),
  });
}

function writeDocumentSource(source: DocumentPart["source"]): JsonObject {
  switch (source.kind) {
    case "text":
      return { type: "text", media_type: "text/plain", data: source.text };
    case "url":
      return { type: "url", url: source.url };
    case "data":
      if (source.mediaType === "application/pdf") return { type: "base64", media_type: source.mediaType, data: source.data };
      if (isText(source.mediaType)) return { type: "text", media_type: "text/plain", data: decodeText(source.data) };
      throw cannotSend("document", source, dialect);
    case "file":
      throw cannotSend("document", source, dialect);
    default:
      return source satisfies never;
  }
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith("text/") || mediaType === "application/json" || mediaType === "application/xml";
}

function decodeText(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}

function writeAssistantPart(part: AssistantPart, { marks, drop }: PartCall): Block[] {
  switch (part.type) {
    case "text":
      return writeText(part, marks);
    case "refusal":
      return writeText({ type: "text", text: part.text }, marks);
    case "tool-call":
      return [marks.add(part.cache, { type: "tool_use", id: part.id, name: part.name, input: toolInput(part.arguments) })];
    case "reasoning": {
      const { text, signature } = part;
      if (signature === undefined) {
        drop("reasoning_content");
        return [];
      }
      if (signature.isRedacted === true) return [{ type: "redacted_thinking", data: signature.value }];
      return [{ type: "thinking", thinking: text, signature: signature.value }];
    }
    case "image":
      // An assistant's turn holds none.
      drop("images of the assistant");
      return [];
    default:
      return part satisfies never;
  }
}
