import type { Citation } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/**
 * Reads `annotations` of a message or a delta: OpenAI's and OpenRouter's `url_citation`, nested or flat. Other kinds,
 * such as file citations, name nothing that another API could.
 *
 * @see https://platform.openai.com/docs/guides/tools-web-search
 */
export function readAnnotations(annotations: JsonValue | undefined): readonly Citation[] {
  if (!Array.isArray(annotations)) return [];
  return (annotations as readonly JsonValue[]).flatMap((annotation) => {
    if (!isJsonObject(annotation) || annotation["type"] !== "url_citation") return [];
    const source = isJsonObject(annotation["url_citation"]) ? annotation["url_citation"] : annotation;
    const url = text(source["url"]);
    if (url === undefined) return [];
    return [
      {
        url,
        title: text(source["title"]),
        citedText: text(source["content"]),
        start: position(source["start_index"]),
        end: position(source["end_index"]),
      },
    ];
  });
}

/**
 * Reads the sources that stand beside the choices: Perplexity's `search_results`, or else the bare URLs of `citations`,
 * which xAI sends too. They belong to the answer as a whole.
 *
 * @see https://docs.perplexity.ai/api-reference/chat-completions-post
 */
export function readSources(body: JsonObject): readonly Citation[] {
  const results = body["search_results"];
  if (Array.isArray(results) && results.length > 0) {
    return (results as readonly JsonValue[]).flatMap((result) => {
      const url = isJsonObject(result) ? text(result["url"]) : undefined;
      return url === undefined
        ? []
        : [{ url, title: text((result as JsonObject)["title"]), citedText: text((result as JsonObject)["snippet"]) }];
    });
  }
  const urls = body["citations"];
  if (!Array.isArray(urls)) return [];
  return (urls as readonly JsonValue[]).flatMap((url) => (typeof url === "string" && url !== "" ? [{ url }] : []));
}

/** Writes a citation as OpenAI's annotation; undefined for a source without a URL, which OpenAI's clients have no place for. */
export function writeAnnotation(citation: Citation, place: { readonly start: number; readonly end: number }): JsonObject | undefined {
  if (citation.url === undefined) return undefined;
  return {
    type: "url_citation",
    url_citation: {
      start_index: place.start,
      end_index: place.end,
      title: citation.title ?? citation.url,
      url: citation.url,
    },
  };
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function position(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
