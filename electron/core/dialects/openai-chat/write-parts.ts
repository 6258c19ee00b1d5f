import { PosternError } from "#shared/errors.ts";
import type { Quirks } from "#shared/schema/provider.ts";
import type { AudioPart, DocumentPart, ImagePart, TextPart } from "../chat.ts";
import type { WriteTarget } from "../dialect.ts";
import { cannotSend, writeFileUrl } from "../files.ts";
import type { JsonObject } from "../json.ts";
import { writeCacheMark } from "./cache-mark.ts";
import type { ContentPart } from "./read-parts.ts";

const dialect = "Chat Completions";

/** Writes the content of a message; undefined where nothing is left of it. Text alone is a string: not every server takes a list. */
export function writeContent(parts: readonly ContentPart[], target: WriteTarget): string | readonly JsonObject[] | undefined {
  const texts = parts.filter((part) => part.type === "text");
  if (texts.length === parts.length) return writeTexts(texts, target.quirks, "\n\n");
  const written = parts.filter((part) => part.type !== "text" || part.text !== "").map((part) => writePart(part, target));
  return written.length === 0 ? undefined : written;
}

/** Writes texts as one string, or as a list where one of them carries a cache mark that the provider takes. */
export function writeTexts(parts: readonly TextPart[], quirks: Quirks, between: string): string | readonly JsonObject[] | undefined {
  const texts = parts.filter(({ text }) => text !== "");
  if (texts.length === 0) return undefined;
  if (!quirks.cacheControl || texts.every(({ cache }) => cache === undefined)) return texts.map(({ text }) => text).join(between);
  return texts.map((part) => ({ type: "text", text: part.text, ...markOf(part, quirks) }));
}

/**
 * Writes one part.
 *
 * @throws {PosternError} `cannot_translate` for what no server of this dialect could read
 */
export function writePart(part: ContentPart, target: WriteTarget): JsonObject {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text, ...markOf(part, target.quirks) };
    case "image":
      return writeImage(part, target);
    case "document":
      return writeDocument(part, target);
    case "audio":
      return writeAudio(part);
    case "video":
      throw new PosternError(
        "cannot_translate",
        `Cannot pass on a video: ${dialect} has no place for one; choose a model of a provider that takes videos, such as Google`,
        { param: "messages" },
      );
    default:
      return part satisfies never;
  }
}

function writeImage(part: ImagePart, { quirks }: WriteTarget): JsonObject {
  const url = writeFileUrl(part.source);
  if (url === undefined) throw cannotSend("an image", part.source, dialect);
  return { type: "image_url", image_url: { url, detail: part.detail }, ...markOf(part, quirks) };
}

function writeDocument(part: DocumentPart, { quirks, drop }: WriteTarget): JsonObject {
  const { source, name } = part;
  if (part.citations === true) drop("citations");
  const text =
    source.kind === "text" ? source.text : source.kind === "data" && isText(source.mediaType) ? decodeText(source.data) : undefined;
  if (text !== undefined) {
    return { type: "text", text: name === undefined ? text : `${name}\n\n${text}`, ...markOf(part, quirks) };
  }
  if (source.kind !== "data") throw cannotSend("a document", source as Exclude<typeof source, { kind: "text" }>, dialect);
  return {
    type: "file",
    file: { filename: fileName(name, source.mediaType), file_data: writeFileUrl(source) },
    ...markOf(part, quirks),
  };
}

/** OpenAI tells the format by the name's ending. */
function fileName(name: string | undefined, mediaType: string): string {
  const ending = mediaType === "application/pdf" ? ".pdf" : "";
  if (name === undefined || name === "") return `document${ending}`;
  return name.toLowerCase().endsWith(ending) ? name : name + ending;
}

/** https://platform.openai.com/docs/guides/audio: WAV and MP3 alone. */
function writeAudio({ source }: AudioPart): JsonObject {
  const format = source.kind === "data" ? audioFormat(source.mediaType) : undefined;
  if (source.kind !== "data" || format === undefined) throw cannotSend("audio", source, dialect);
  return { type: "input_audio", input_audio: { data: source.data, format } };
}

function audioFormat(mediaType: string): "wav" | "mp3" | undefined {
  switch (mediaType.toLowerCase()) {
    case "audio/wav":
    case "audio/wave":
    case "audio/x-wav":
    case "audio/vnd.wave":
      return "wav";
    case "audio/mp3":
    case "audio/mpeg":
      return "mp3";
    default:
      return undefined;
  }
}

function markOf({ cache }: { readonly cache?: TextPart["cache"] }, quirks: Quirks): JsonObject {
  return cache !== undefined && quirks.cacheControl ? { cache_control: writeCacheMark(cache) } : {};
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith("text/") || mediaType === "application/json";
}

function decodeText(base64: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
