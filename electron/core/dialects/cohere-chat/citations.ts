import type { Citation } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/**
 * Reads a citation of the answer's text, one for each of its sources. Those of a thought or a plan are nothing that a
 * client could show.
 *
 * @see https://docs.cohere.com/v2/docs/rag-citations
 */
export function readCitations(value: JsonObject): readonly Citation[] {
  const type = value["type"];
  if (type !== undefined && type !== null && type !== "TEXT_CONTENT") return [];
  const start = numberOf(value["start"]);
  const end = numberOf(value["end"]);
  const sources = Array.isArray(value["sources"]) ? (value["sources"] as readonly JsonValue[]).filter(isJsonObject) : [];
  if (sources.length === 0) return [{ start, end }];
  return sources.map((source) => {
    const content = source["document"] ?? source["tool_output"];
    const data = isJsonObject(content) ? content : {};
    return {
      url: textOf(data, "url"),
      title: textOf(data, "title") ?? textOf(source, "id"),
      citedText: textOf(data, "snippet") ?? textOf(data, "text") ?? textOf(data, "content"),
      start,
      end,
    };
  });
}

/**
 * Writes a citation.
 *
 * @param text the block's text so far as it is known: the cited words are cut from it
 */
export function writeCitation(citation: Citation, id: string, text?: string): JsonObject {
  const { start, end } = citation;
  return {
    start,
    end,
    text: text === undefined || start === undefined || end === undefined ? undefined : text.slice(start, end),
    sources: [
      {
        type: "document",
        id,
        document: { id, title: citation.title, url: citation.url, snippet: citation.citedText },
      },
    ],
    type: "TEXT_CONTENT",
  };
}

function textOf(data: JsonObject, key: string): string | undefined {
  const value = data[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
