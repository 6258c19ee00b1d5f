import { PosternError } from "#shared/errors.ts";
import type { AudioPart, CacheMark, DocumentPart, FileSource, ImagePart, TextPart, UserPart, VideoPart } from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import { Fields, invalid } from "../fields.ts";
import { readFileUrl } from "../files.ts";
import { isJsonObject, type JsonValue } from "../json.ts";
import { readCacheMark } from "./cache-mark.ts";

/** A part of a message that no tool result is. */
export type ContentPart = TextPart | ImagePart | DocumentPart | AudioPart | VideoPart;

/** Reads `content` that may be a string or a list of text parts; undefined where it is not given. */
export function readTexts(message: Fields, call: ReadCall): readonly TextPart[] | undefined {
  const content = message.any("content");
  if (content === undefined) return undefined;
  if (typeof content === "string") return [{ type: "text", text: content }];
  return partsOf(message, content).map((part) => readText(part, part.needText("type"), call));
}

/** Reads `content` of a user's or a tool's message. */
export function readContent(message: Fields, call: ReadCall): readonly ContentPart[] {
  const content = message.any("content");
  if (content === undefined) throw invalid(message.at("content"), "is missing; send a string or a list of parts");
  if (typeof content === "string") return [{ type: "text", text: content }];
  return partsOf(message, content).map((part) => readPart(part, call));
}

/** The parts of a list of content. */
export function partsOf(message: Fields, content: JsonValue): readonly Fields[] {
  if (!Array.isArray(content)) throw invalid(message.at("content"), "must be a string or a list of parts");
  return (content as readonly JsonValue[]).map((value, index) => {
    const path = `${message.at("content")}[${index}]`;
    if (isJsonObject(value)) return new Fields(value, path);
    throw invalid(path, "must be an object");
  });
}

/** Puts the message's own cache mark on its last part, where parts have them. */
export function markLast<Part extends UserPart | TextPart>(parts: readonly Part[], cache: CacheMark | undefined): readonly Part[] {
  const last = parts.at(-1);
  if (cache === undefined || last === undefined || last.type === "audio" || last.type === "video") return parts;
  return [...parts.slice(0, -1), { ...last, cache }];
}

/** The refusal of a part whose type Postern cannot say elsewhere. */
export function unknownPart(part: Fields, type: string): PosternError {
  // A long text in this place may be a prompt.
  const what = type.length > 40 ? "unknown type" : `type ${JSON.stringify(type)}`;
  return new PosternError(
    "cannot_translate",
    `Cannot pass on "${part.path}": a part of ${what} means nothing to the chosen provider; choose one that speaks chat completions`,
    { param: part.path },
  );
}

/** Reads a text part. */
export function readText(part: Fields, type: string, call: ReadCall): TextPart {
  if (type !== "text") throw unknownPart(part, type);
  const text = part.needText("text");
  return finish(part, { type: "text", text, cache: readCacheMark(part, call.drop) }, call);
}

function readPart(part: Fields, call: ReadCall): ContentPart {
  const type = part.needText("type");
  switch (type) {
    case "text":
      return readText(part, type, call);
    case "image_url":
      return finish(part, readImage(part, call), call);
    case "input_audio":
      return finish(part, readAudio(part, call), call);
    case "file":
      return finish(part, readFile(part, call), call);
    case "video_url":
      // OpenRouter's: https://openrouter.ai/docs/features/multimodal/videos
      return finish(part, { type: "video", source: readUrl(part, "video_url") }, call);
    default:
      throw unknownPart(part, type);
  }
}

function finish<Part extends ContentPart>(part: Fields, read: Part, call: ReadCall): Part {
  for (const path of part.rest()) call.drop(path);
  return read;
}

/** https://platform.openai.com/docs/guides/images-vision */
function readImage(part: Fields, call: ReadCall): ImagePart | DocumentPart {
  const place = typeof part.any("image_url") === "string" ? undefined : part.needFields("image_url");
  const source = readUrl(part, "image_url");
  const cache = readCacheMark(part, call.drop);
  const asked = place?.choice("detail", ["auto", "low", "high", "original"]);
  // Nobody else knows "original"; "high" is the next below it.
  const detail = asked === "original" ? "high" : asked;
  place?.ignore("url");
  for (const path of place?.rest() ?? []) call.drop(path);
  // Some put a PDF where an image belongs.
  if (source.kind === "data" && source.mediaType === "application/pdf") return { type: "document", source, cache };
  return { type: "image", source, detail, cache };
}

/** A URL that stands as `{url}` or, with some clients, alone. */
function readUrl(part: Fields, key: string): FileSource {
  const isAlone = typeof part.any(key) === "string";
  const place = isAlone ? part : part.needFields(key);
  const name = isAlone ? key : "url";
  const url = place.needText(name);
  const source = readFileUrl(url);
  if (source.kind === "url" && !/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) {
    throw invalid(place.at(name), "must be a URL, or a data URL in base64 such as data:image/png;base64,...");
  }
  return source;
}

/** https://platform.openai.com/docs/guides/audio */
function readAudio(part: Fields, call: ReadCall): AudioPart {
  const audio = part.needFields("input_audio");
  const data = audio.needText("data");
  const source = data.startsWith("data:") ? readFileUrl(data) : null;
  const format = source === null ? audio.needText("format") : audio.text("format");
  for (const path of audio.rest()) call.drop(path);
  // Clients may mark it, but no other API has a mark there.
  part.ignore("cache_control", "prompt_cache_breakpoint");
  return { type: "audio", source: source ?? { kind: "data", mediaType: `audio/${format}`, data } };
}

/** https://platform.openai.com/docs/guides/pdf-files */
function readFile(part: Fields, call: ReadCall): DocumentPart | ImagePart {
  const file = part.needFields("file");
  const name = file.text("filename");
  const data = file.text("file_data");
  const id = file.text("file_id");
  for (const path of file.rest()) call.drop(path);
  const cache = readCacheMark(part, call.drop);
  if (data === undefined || data === "") {
    if (id === undefined) throw invalid(file.path, 'has neither "file_data" nor "file_id"; send "file_data" as a data URL');
    return { type: "document", source: { kind: "file", id }, name, cache };
  }
  const source = readFileData(data, name);
  if (source.kind === "data" && source.mediaType.startsWith("image/")) return { type: "image", source, cache };
  return { type: "document", source, name, cache };
}

function readFileData(data: string, name: string | undefined): FileSource {
  if (data.startsWith("data:") || /^https?:\/\//i.test(data)) return readFileUrl(data);
  const isText = name !== undefined && /\.(?:txt|md)$/i.test(name);
  return { kind: "data", mediaType: isText ? "text/plain" : "application/pdf", data };
}
