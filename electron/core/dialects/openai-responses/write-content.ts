import type { AudioPart, DocumentPart, FileSource, ImagePart, TextPart, ToolResultPart, UserPart } from "../chat.ts";
import { cannotSend, writeFileUrl } from "../files.ts";
import type { JsonObject, JsonValue } from "../json.ts";

const dialect = "the Responses API";

/**
 * Writes what a user's message holds; undefined for empty text, which says nothing.
 *
 * @throws {PosternError} `cannot_translate` for a file that cannot be sent
 */
export function writeInputPart(part: Exclude<UserPart, ToolResultPart>): JsonObject | undefined {
  switch (part.type) {
    case "text":
      return part.text === "" ? undefined : writeText(part.text);
    case "image":
      return writeImage(part);
    case "document":
      return writeDocument(part);
    case "audio":
      return writeAudio(part);
    case "video":
      throw cannotSend("video", part.source, dialect);
    default:
      return part satisfies never;
  }
}

/** Writes what a tool gave back: plain text where it is nothing else, as every server of this API takes that. */
export function writeToolOutput(result: ToolResultPart): JsonValue {
  const content = result.isError ? markError(result.content) : result.content;
  if (content.every((part) => part.type === "text")) return content.map((part) => part.text).join("\n");
  return content.map(writeInputPart).filter((part) => part !== undefined);
}

/** The API has no place that says so. */
function markError(content: ToolResultPart["content"]): ToolResultPart["content"] {
  const [first, ...rest] = content;
  if (first?.type === "text") return [{ type: "text", text: `Error: ${first.text}` }, ...rest];
  return [{ type: "text", text: "Error" } satisfies TextPart, ...content];
}

/** Writes a text part of the input. */
export function writeText(text: string): JsonObject {
  return { type: "input_text", text };
}

/** Writes an image of the input. */
export function writeImage(image: ImagePart): JsonObject {
  const detail = image.detail ?? "auto";
  const url = writeFileUrl(image.source);
  if (url !== undefined) return { type: "input_image", image_url: url, detail };
  return { type: "input_image", file_id: ownFileId("image", image.source), detail };
}

function writeDocument(document: DocumentPart): JsonObject {
  const { source, name } = document;
  if (source.kind === "text") return writeText(name === undefined ? source.text : `${name}\n\n${source.text}`);
  if (source.kind === "url") return { type: "input_file", file_url: source.url };
  if (source.kind === "file") return { type: "input_file", file_id: ownFileId("document", source) };
  const filename = name ?? `document.${source.mediaType === "application/pdf" ? "pdf" : "txt"}`;
  return { type: "input_file", filename, file_data: `data:${source.mediaType};base64,${source.data}` };
}

function writeAudio({ source }: AudioPart): JsonObject {
  const format = source.kind === "data" ? audioFormats.get(source.mediaType) : undefined;
  if (source.kind !== "data" || format === undefined) throw cannotSend("audio", source, dialect);
  return { type: "input_audio", input_audio: { data: source.data, format } };
}

const audioFormats: ReadonlyMap<string, string> = new Map([
  ["audio/wav", "wav"],
  ["audio/x-wav", "wav"],
  ["audio/wave", "wav"],
  ["audio/mpeg", "mp3"],
  ["audio/mp3", "mp3"],
]);

/** OpenAI's file ids begin like this; another's would be refused there without a reason. */
function ownFileId(what: string, source: FileSource): string {
  if (source.kind === "file" && source.id.startsWith("file-")) return source.id;
  throw cannotSend(what, source, dialect);
}
