import type { Citation } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/**
 * Reads a citation of an answer or a stream's `citation` delta. Where it stands in the source is not kept: a canonical
 * citation counts characters of the answer.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html
 */
export function readCitation(value: JsonObject): Citation {
  const location = value["location"];
  const web = isJsonObject(location) ? location["web"] : undefined;
  const source = value["source"];
  const url = isJsonObject(web) && typeof web["url"] === "string" ? web["url"] : source;
  const title = value["title"];
  const text = joinTexts(value["sourceContent"]);
  return {
    url: typeof url === "string" && /^https?:/.test(url) ? url : undefined,
    title: typeof title === "string" ? title : undefined,
    citedText: text === "" ? undefined : text,
  };
}

/** Writes a citation. */
export function writeCitation(citation: Citation): JsonObject {
  return {
    title: citation.title,
    source: citation.url,
    sourceContent: citation.citedText === undefined ? undefined : [{ text: citation.citedText }],
    location: citation.url === undefined ? undefined : { web: { url: citation.url } },
  };
}

/** The text of `[{"text": ...}, ...]`. */
export function joinTexts(value: JsonValue | undefined): string {
  if (!Array.isArray(value)) return "";
  let joined = "";
  for (const item of value as readonly JsonValue[]) if (isJsonObject(item) && typeof item["text"] === "string") joined += item["text"];
  return joined;
}
