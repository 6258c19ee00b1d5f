import type { AudioPart, DocumentPart, FileSource, ImagePart, VideoPart } from "../chat.ts";
import type { Fields } from "../fields.ts";
import { cannotSend, readFileUrl } from "../files.ts";
import type { JsonObject } from "../json.ts";
import { spelling } from "./members.ts";

/** A file in a turn, whatever it holds. */
export type MediaPart = ImagePart | DocumentPart | AudioPart | VideoPart;

/** Reads `inlineData`: bytes as base64 in either alphabet (Google's Python SDK sends the one for URLs). */
export function readInlineData(blob: Fields): MediaPart {
  const mediaType = blob.needText(spelling(blob, "mimeType"));
  const name = blob.text(spelling(blob, "displayName"));
  const data = blob.needText("data");
  return mediaPart({ kind: "data", mediaType, data: /[-_]/.test(data) ? data.replaceAll("-", "+").replaceAll("_", "/") : data }, name);
}

/**
 * Reads `fileData`. A file of Google's own storage means nothing to others; any other URL is public.
 *
 * @see https://ai.google.dev/gemini-api/docs/file-input-methods
 */
export function readFileData(file: Fields): MediaPart {
  const uri = file.needText(spelling(file, "fileUri"));
  const mediaType = file.text(spelling(file, "mimeType"));
  const name = file.text(spelling(file, "displayName"));
  if (uri.startsWith("data:")) return mediaPart(readFileUrl(uri), name);
  if (/^https?:/.test(uri) && !isGoogleFile(uri))
    return mediaPart({ kind: "url", url: uri, mediaType: mediaType ?? guessMediaType(uri) }, name);
  return mediaPart({ kind: "file", id: uri, mediaType }, name);
}

/**
 * Writes a file as a part: bytes as `inlineData`, a public URL as `fileData`, which Gemini 2.5 and later fetch.
 *
 * @throws {PosternError} `cannot_translate` for a file that Google cannot get
 */
export function writeMedia(part: MediaPart, fetchesUrls: boolean): JsonObject {
  const source = part.source;
  if (source.kind === "text") return { text: source.text };
  if (source.kind === "data") return { inlineData: { mimeType: source.mediaType, data: source.data } };
  if (source.kind === "file" ? !isGoogleFile(source.id) : !fetchesUrls) throw cannotSend(part.type, source, "this Gemini model");
  const uri = source.kind === "file" ? source.id : source.url;
  return { fileData: { mimeType: source.mediaType ?? guessMediaType(uri) ?? fallbacks[part.type], fileUri: uri } };
}

function mediaPart(source: FileSource, name: string | undefined): MediaPart {
  const mediaType = source.mediaType ?? "";
  if (mediaType.startsWith("image/")) return { type: "image", source };
  if (mediaType.startsWith("audio/")) return { type: "audio", source };
  if (mediaType.startsWith("video/")) return { type: "video", source };
  return { type: "document", source, name };
}

function isGoogleFile(uri: string): boolean {
  return uri.startsWith("gs://") || uri.startsWith("https://generativelanguage.googleapis.com/");
}

/** Vertex wants a media type beside every URI; the end of the path tells it for most files. */
function guessMediaType(uri: string): string | undefined {
  if (/^https?:\/\/(?:(?:www|m)\.)?youtu(?:\.be|be\.com)\//.test(uri)) return "video/mp4";
  const ending = /\.([a-z0-9]{2,5})(?:[?#]|$)/i.exec(uri)?.[1]?.toLowerCase();
  return ending === undefined ? undefined : endings[ending];
}

const endings: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  gif: "image/gif",
  heic: "image/heic",
  pdf: "application/pdf",
  txt: "text/plain",
  html: "text/html",
  csv: "text/csv",
  wav: "audio/wav",
  mp3: "audio/mp3",
  mp4: "video/mp4",
  webm: "video/webm",
};

const fallbacks = { image: "image/jpeg", document: "application/pdf", audio: "audio/mp3", video: "video/mp4" } as const;
