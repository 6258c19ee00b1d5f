import type { DocumentPart } from "../chat.ts";
import type { Fields } from "../fields.ts";
import { cannotSend } from "../files.ts";
import { parseJsonObject, type JsonObject } from "../json.ts";

/**
 * Reads Cohere's document: an id, and data of any keys that the model reads. To others it is a text: the one field's,
 * or the data's JSON.
 *
 * @see https://docs.cohere.com/v2/docs/retrieval-augmented-generation-rag
 */
export function readDocument(document: Fields, citations: boolean | undefined, drop: (field: string) => void): DocumentPart {
  const data = document.object("data") ?? document.refuse("data", "is missing; send an object");
  const part: DocumentPart = { type: "document", name: document.text("id"), citations, source: { kind: "text", text: textOf(data) } };
  for (const path of document.rest()) drop(path);
  return part;
}

function textOf(data: JsonObject): string {
  const text = data["text"];
  return typeof text === "string" && Object.keys(data).length === 1 ? text : JSON.stringify(data);
}

/**
 * Writes a document as Cohere's. What is no text cannot be read by it.
 *
 * @param taken the ids so far: each has to be the only one of its name
 * @throws {PosternError} `cannot_translate` for a PDF and its like
 */
export function writeDocument(part: DocumentPart, taken: Set<string>): JsonObject {
  const { source } = part;
  if (source.kind !== "text" && (source.kind !== "data" || !isText(source.mediaType))) throw cannotSend("document", source, "Cohere");
  const text = source.kind === "text" ? source.text : Buffer.from(source.data, "base64").toString("utf8");
  return { id: nameDocument(part.name, taken), data: parseJsonObject(text) ?? { text } };
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith("text/") || mediaType.startsWith("application/json");
}

function nameDocument(name: string | undefined, taken: Set<string>): string {
  const wanted = name === undefined || name === "" ? `document-${taken.size + 1}` : name;
  let found = wanted;
  for (let count = 2; taken.has(found); count++) found = `${wanted} (${count})`;
  taken.add(found);
  return found;
}
