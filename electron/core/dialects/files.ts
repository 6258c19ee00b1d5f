import { PosternError } from "#shared/errors.ts";
import type { FileSource } from "./chat.ts";

/**
 * Reads a URL that may hold the file itself: `data:image/png;base64,AAAA`.
 *
 * @returns a `data` source for a base64 data URL, else a `url` source
 */
export function readFileUrl(url: string): FileSource {
  const match = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i.exec(url.slice(0, 256));
  if (match === null) return { kind: "url", url };
  return { kind: "data", mediaType: match[1] === "" ? "application/octet-stream" : (match[1] as string), data: url.slice(match[0].length) };
}

/** Writes a source as one URL; undefined for a file that only its provider knows. */
export function writeFileUrl(source: FileSource): string | undefined {
  if (source.kind === "url") return source.url;
  return source.kind === "data" ? `data:${source.mediaType};base64,${source.data}` : undefined;
}

/** The refusal of a file that this provider would have to be handed as bytes, or that it has never seen. */
export function cannotSend(what: string, source: FileSource, dialect: string): PosternError {
  const why =
    source.kind === "url"
      ? `${dialect} takes no URL there, and Postern fetches none; send the bytes as base64`
      : source.kind === "file"
        ? `it was uploaded to another provider, and ${dialect} does not know it; send the bytes as base64`
        : `${dialect} does not take ${source.mediaType}; choose another model`;
  return new PosternError("cannot_translate", `Cannot pass on ${what}: ${why}`, { param: what });
}
