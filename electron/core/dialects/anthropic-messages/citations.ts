import type { ChatRequest, Citation, Message } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/**
 * Reads one of the five kinds of citation; undefined for what is none. It belongs to the whole text block: the places
 * that it names are in the source, not in the answer.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/citations
 */
export function readCitation(citation: JsonValue | undefined): Citation | undefined {
  if (!isJsonObject(citation)) return undefined;
  const { url, source, title, document_title: documentTitle, cited_text: citedText } = citation;
  const place = typeof url === "string" ? url : typeof source === "string" && /^https?:/i.test(source) ? source : undefined;
  const name = [title, documentTitle, source].find((candidate) => typeof candidate === "string");
  return {
    ...(place === undefined ? {} : { url: place }),
    ...(typeof name === "string" ? { title: name } : {}),
    ...(typeof citedText === "string" ? { citedText } : {}),
  };
}

/**
 * Writes a citation: of a web page, or of one of the request's own documents, told by its title; undefined for a
 * document that the request does not hold.
 */
export function writeCitation({ url, title, citedText }: Citation, request: ChatRequest): JsonObject | undefined {
  if (url !== undefined) {
    return { type: "web_search_result_location", url, title: title ?? null, encrypted_index: "", cited_text: citedText ?? "" };
  }
  const names = documentNames(request.messages);
  const index = names.length === 1 ? 0 : names.findIndex((name) => name !== undefined && name === title);
  if (index === -1) return undefined;
  return {
    type: "char_location",
    cited_text: citedText ?? "",
    document_index: index,
    document_title: title ?? names[index] ?? null,
    file_id: null,
    // Where in the document nobody said.
    start_char_index: 0,
    end_char_index: 0,
  };
}

/** The titles of the request's documents, in the order in which Anthropic counts them. */
function documentNames(messages: readonly Message[]): readonly (string | undefined)[] {
  const names: (string | undefined)[] = [];
  for (const message of messages) {
    if (message.role !== "user") continue;
    for (const part of message.content) {
      if (part.type === "document") names.push(part.name);
      if (part.type === "tool-result") for (const inner of part.content) if (inner.type === "document") names.push(inner.name);
    }
  }
  return names;
}
