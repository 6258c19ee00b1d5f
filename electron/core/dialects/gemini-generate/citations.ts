import type { Citation } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Reads where a candidate's words come from: `groundingMetadata`, whose segments count bytes, and `citationMetadata`,
 * which counts characters.
 *
 * @param said the answer's text so far; null where it is too long to be kept, so that no place in it can be told
 * @param blockStart where its last text block begins, which the places are counted from; a place before it is not told
 * @see https://ai.google.dev/gemini-api/docs/google-search
 * @see https://ai.google.dev/api/generate-content#citationmetadata
 */
export function readCitations(candidate: JsonObject, said: string | null, blockStart: number): readonly Citation[] {
  const citations: Citation[] = [];
  const grounding = candidate["groundingMetadata"];
  if (isJsonObject(grounding)) readGrounding(grounding, said, blockStart, citations);
  const metadata = candidate["citationMetadata"];
  if (isJsonObject(metadata)) {
    // Vertex says `citations`, the Gemini API `citationSources`.
    for (const source of [...objects(metadata["citations"]), ...objects(metadata["citationSources"])]) {
      const place = placeFrom(number(source["startIndex"]) ?? 0, number(source["endIndex"]), blockStart);
      citations.push({ url: text(source["uri"]), title: text(source["title"]), ...place });
    }
  }
  return citations;
}

/** A citation, and where its text block begins in the whole text. */
export interface PlacedCitation {
  readonly citation: Citation;
  readonly blockStart: number;
}

/**
 * Writes `groundingMetadata`: every source once, and a support for each citation that names its place.
 *
 * @param said the whole text; null where it is too long to be kept, so that bytes cannot be counted
 */
export function writeGrounding(placed: readonly PlacedCitation[], said: string | null): JsonObject | undefined {
  if (placed.length === 0) return undefined;
  const chunks = new Map<string, { readonly index: number; readonly chunk: JsonObject }>();
  const supports: JsonObject[] = [];
  for (const { citation, blockStart } of placed) {
    const { url, title, citedText, start, end } = citation;
    const key = JSON.stringify([url, title, citedText]);
    const chunk = chunks.get(key) ?? { index: chunks.size, chunk: writeChunk(citation) };
    chunks.set(key, chunk);
    if (start === undefined || end === undefined || said === null) continue;
    const segment = said.slice(blockStart + start, blockStart + end);
    const startIndex = bytesOf(said.slice(0, blockStart + start));
    supports.push({
      segment: { startIndex, endIndex: startIndex + bytesOf(segment), text: segment },
      groundingChunkIndices: [chunk.index],
    });
  }
  return {
    groundingChunks: [...chunks.values()].map(({ chunk }) => chunk),
    groundingSupports: supports.length === 0 ? undefined : supports,
  };
}

function writeChunk({ url, title, citedText }: Citation): JsonObject {
  return citedText === undefined ? { web: { uri: url, title } } : { retrievedContext: { uri: url, title, text: citedText } };
}

function readGrounding(grounding: JsonObject, said: string | null, blockStart: number, citations: Citation[]): void {
  const sources = objects(grounding["groundingChunks"]).map(readChunk);
  const supports = objects(grounding["groundingSupports"]);
  if (supports.length === 0) citations.push(...sources.filter((source) => source !== undefined));
  for (const support of supports) {
    const place = readSegment(support["segment"], said, blockStart);
    const indices = support["groundingChunkIndices"];
    for (const index of Array.isArray(indices) ? (indices as readonly JsonValue[]) : []) {
      const source = typeof index === "number" ? sources[index] : undefined;
      if (source !== undefined) citations.push({ ...source, ...place });
    }
  }
}

function readChunk(chunk: JsonObject): Citation | undefined {
  const source = chunk["web"] ?? chunk["retrievedContext"] ?? chunk["maps"];
  if (!isJsonObject(source)) return undefined;
  return { url: text(source["uri"]), title: text(source["title"]), citedText: text(source["text"]) };
}

interface Place {
  readonly start?: number;
  readonly end?: number;
}

function readSegment(segment: JsonValue | undefined, said: string | null, blockStart: number): Place {
  // A later part's bytes are counted from its own beginning, which is lost once parts are joined.
  if (!isJsonObject(segment) || said === null || (number(segment["partIndex"]) ?? 0) > 0) return {};
  const end = number(segment["endIndex"]);
  if (end === undefined) return {};
  const bytes = encoder.encode(said);
  const charactersBefore = (offset: number): number => decoder.decode(bytes.subarray(0, offset)).length;
  return placeFrom(charactersBefore(number(segment["startIndex"]) ?? 0), charactersBefore(end), blockStart);
}

function placeFrom(start: number, end: number | undefined, blockStart: number): Place {
  return end === undefined || start < blockStart ? {} : { start: start - blockStart, end: end - blockStart };
}

function bytesOf(said: string): number {
  return encoder.encode(said).length;
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter(isJsonObject) : [];
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function number(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
