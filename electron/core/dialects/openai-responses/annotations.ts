import type { Citation, TokenLogprob } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/** Reads an annotation of a text: a page, or a file by its name. Undefined for what cites nothing, such as a path. */
export function readAnnotation(annotation: JsonValue | undefined): Citation | undefined {
  if (!isJsonObject(annotation)) return undefined;
  const { type, url, title, filename, start_index: start, end_index: end, index } = annotation;
  switch (type) {
    case "url_citation":
      return typeof url === "string" ? { url, title: textOf(title), start: numberOf(start), end: numberOf(end) } : undefined;
    case "file_citation":
      return { title: textOf(filename), start: numberOf(index), end: numberOf(index) };
    case "container_file_citation":
      return { title: textOf(filename), start: numberOf(start), end: numberOf(end) };
    default:
      return undefined;
  }
}

/**
 * Writes a citation as an annotation.
 *
 * @param length of the text that it belongs to, for one that does not say which part of it
 */
export function writeAnnotation(citation: Citation, length: number): JsonObject {
  const { url, title, start = 0, end = length } = citation;
  if (url !== undefined) return { type: "url_citation", start_index: start, end_index: end, url, title: title ?? url };
  const name = title ?? "document";
  return { type: "file_citation", file_id: name, filename: name, index: end };
}

/** Reads how likely the tokens of a text were; undefined where nothing of the kind is there. */
export function readLogprobs(value: JsonValue | undefined): readonly TokenLogprob[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return (value as readonly JsonValue[]).flatMap((entry) => {
    const one = readLogprob(entry);
    if (one === undefined) return [];
    const top = isJsonObject(entry) && Array.isArray(entry["top_logprobs"]) ? (entry["top_logprobs"] as readonly JsonValue[]) : [];
    return [{ ...one, top: top.flatMap((other) => readLogprob(other) ?? []) }];
  });
}

/** Writes how likely the tokens of a text were. */
export function writeLogprobs(tokens: readonly TokenLogprob[]): readonly JsonObject[] {
  return tokens.map((token) => ({ ...writeLogprob(token), top_logprobs: token.top.map(writeLogprob) }));
}

type Likely = Omit<TokenLogprob, "top">;

function readLogprob(entry: JsonValue): Likely | undefined {
  if (!isJsonObject(entry) || typeof entry["token"] !== "string" || typeof entry["logprob"] !== "number") return undefined;
  const { token, logprob, bytes } = entry;
  return Array.isArray(bytes) ? { token, logprob, bytes: bytes as readonly number[] } : { token, logprob };
}

function writeLogprob({ token, logprob, bytes }: Likely): JsonObject {
  return { token, logprob, bytes: bytes ?? [] };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
