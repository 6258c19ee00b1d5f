import type { AssistantPart, AudioPart, CacheMark, DocumentPart, FileSource, ImagePart, TextPart, UserPart } from "../chat.ts";
import type { Fields } from "../fields.ts";
import { readFileUrl } from "../files.ts";

/** Names what nobody read, by its full path. */
type Drop = (field: string) => void;

/** Reads what a user says: a text, or parts. */
export function readUserContent(item: Fields, drop: Drop): readonly UserPart[] {
  return readContent(item, "content", (part) => readInputPart(part, drop), drop);
}

/** Reads what the system says: text only, as no other API takes anything else there. */
export function readSystemContent(item: Fields, drop: Drop): readonly TextPart[] {
  return readContent(
    item,
    "content",
    (part) => {
      part.choice("type", ["input_text", "output_text", "text"]);
      return readText(part);
    },
    drop,
  );
}

/** Reads what the assistant said: texts and refusals. */
export function readAssistantContent(item: Fields, drop: Drop): readonly AssistantPart[] {
  return readContent<AssistantPart>(
    item,
    "content",
    (part) => {
      // What stood beside the text when it was an answer means nothing in a history.
      part.ignore("annotations", "logprobs");
      return part.choice("type", ["output_text", "input_text", "text", "refusal"]) === "refusal"
        ? { type: "refusal", text: part.needText("refusal") }
        : readText(part);
    },
    drop,
  );
}

/** Reads what a tool gave back: a text, or texts, images and files. */
export function readToolOutput(item: Fields, drop: Drop): readonly (TextPart | ImagePart | DocumentPart)[] {
  return readContent(
    item,
    "output",
    (part) => {
      const type = part.choice("type", ["input_text", "output_text", "text", "input_image", "input_file"]);
      if (type === "input_image") return readImage(part);
      return type === "input_file" ? readFile(part) : readText(part);
    },
    drop,
  );
}

function readContent<Part>(item: Fields, key: string, readPart: (part: Fields) => Part, drop: Drop): readonly (Part | TextPart)[] {
  const value = item.any(key);
  if (value === undefined) item.refuse(key, "is missing; send a string or an array of parts");
  if (typeof value === "string") return [{ type: "text", text: value }];
  return item.each(key).map((fields) => {
    const part = readPart(fields);
    for (const path of fields.rest()) drop(path);
    return part;
  });
}

function readInputPart(part: Fields, drop: Drop): UserPart {
  const type = part.choice("type", ["input_text", "output_text", "text", "input_image", "input_file", "input_audio"]);
  switch (type) {
    case "input_image":
      return readImage(part);
    case "input_file":
      return readFile(part);
    case "input_audio":
      return readAudio(part, drop);
    default:
      return readText(part);
  }
}

function readText(part: Fields): TextPart {
  return { type: "text", text: part.needText("text"), cache: readCacheMark(part) };
}

function readImage(part: Fields): ImagePart {
  const detail = part.choice("detail", ["low", "high", "auto", "original"]);
  const url = part.text("image_url");
  const id = part.text("file_id");
  const source: FileSource | undefined = url !== undefined ? readFileUrl(url) : id === undefined ? undefined : { kind: "file", id };
  if (source === undefined) part.refuse("image_url", "is missing; send an URL, a data URL, or a file_id");
  // "original" asks for more than "high", which is the most that others have.
  return { type: "image", source, detail: detail === "original" ? "high" : detail, cache: readCacheMark(part) };
}

function readFile(part: Fields): DocumentPart {
  part.ignore("detail");
  const name = part.text("filename");
  const data = part.text("file_data");
  const url = part.text("file_url");
  const id = part.text("file_id");
  const source =
    data !== undefined
      ? readFileData(data, name)
      : url !== undefined
        ? ({ kind: "url", url } as const)
        : id === undefined
          ? undefined
          : ({ kind: "file", id } as const);
  if (source === undefined) part.refuse("file_data", "is missing; send the file's bytes as a data URL, a file_url or a file_id");
  return { type: "document", source, name, cache: readCacheMark(part) };
}

/** The bytes come as a data URL, or, as older examples have it, as bare base64. */
function readFileData(data: string, name: string | undefined): FileSource {
  const source = readFileUrl(data);
  if (source.kind === "data") return source;
  return { kind: "data", mediaType: name?.toLowerCase().endsWith(".txt") ? "text/plain" : "application/pdf", data };
}

function readAudio(part: Fields, drop: Drop): AudioPart {
  const audio = part.needFields("input_audio");
  const data = audio.needText("data");
  const format = audio.needText("format");
  for (const path of audio.rest()) drop(path);
  return { type: "audio", source: { kind: "data", mediaType: format === "mp3" ? "audio/mpeg" : `audio/${format}`, data } };
}

/**
 * Reads `prompt_cache_breakpoint`, whose lifetime is at least half an hour: others know five minutes and an hour.
 *
 * @see https://developers.openai.com/api/docs/guides/prompt-caching
 */
function readCacheMark(part: Fields): CacheMark | undefined {
  return part.object("prompt_cache_breakpoint") === undefined ? undefined : { ttl: "1h" };
}
