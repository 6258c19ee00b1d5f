import type { AssistantPart, CacheMark, DocumentPart, FileSource, ImagePart, TextPart, ToolResultPart, UserPart } from "../chat.ts";
import { Fields, invalid } from "../fields.ts";
import { readFileUrl } from "../files.ts";
import { isJsonObject } from "../json.ts";

type Drop = (field: string) => void;
type ResultPart = TextPart | ImagePart | DocumentPart;

/**
 * Reads a content that is a text or an array of blocks.
 *
 * @param read reads one block by its type; undefined for a type that it does not know, which is then dropped and named
 */
export function readContent<Part>(
  fields: Fields,
  key: string,
  drop: Drop,
  read: (type: string, block: Fields, drop: Drop) => readonly Part[] | undefined,
): readonly (Part | TextPart)[] {
  const content = fields.any(key);
  if (content === undefined) throw invalid(fields.at(key), "is missing; send a string or an array of content blocks");
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw invalid(fields.at(key), "must be a string or an array of content blocks");
  return fields.each(key).flatMap((block) => {
    const parts = read(block.needText("type"), block, drop);
    if (parts === undefined) drop(block.path);
    else dropRest(block, drop);
    return parts ?? [];
  });
}

/** Names what nobody read of an object. */
export function dropRest(fields: Fields, drop: Drop): void {
  for (const path of fields.rest()) drop(path);
}

/** Reads a block of a user's turn. */
export function readUserBlock(type: string, block: Fields, drop: Drop): readonly UserPart[] | undefined {
  return type === "tool_result" ? [readToolResult(block, drop)] : readResultBlock(type, block, drop);
}

/** Reads a block of an assistant's turn. What the provider ran itself (searches, code, MCP) means nothing to another. */
export function readAssistantBlock(type: string, block: Fields): readonly AssistantPart[] | undefined {
  switch (type) {
    case "text":
      return [readText(block)];
    case "thinking": {
      const text = block.text("thinking") ?? "";
      const value = block.text("signature") ?? "";
      if (value !== "") return [{ type: "reasoning", text, signature: { maker: "anthropic", value } }];
      return text === "" ? [] : [{ type: "reasoning", text }];
    }
    case "redacted_thinking":
      return [{ type: "reasoning", text: "", signature: { maker: "anthropic", value: block.needText("data"), isRedacted: true } }];
    case "tool_use":
      // Who called it (the model itself or its code) is the provider's own matter.
      block.ignore("caller");
      return [
        {
          type: "tool-call",
          id: block.needText("id"),
          name: block.needText("name"),
          arguments: JSON.stringify(block.object("input") ?? {}),
          cache: readCache(block),
        },
      ];
    default:
      return undefined;
  }
}

/** Reads a block that may only be text: the system's words. */
export function readSystemBlock(type: string, block: Fields): readonly TextPart[] {
  if (type !== "text") throw invalid(block.at("type"), 'must be "text": a system prompt holds nothing else');
  return [readText(block)];
}

/**
 * Reads a cache breakpoint.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
export function readCache(fields: Fields): CacheMark | undefined {
  const control = fields.fields("cache_control");
  if (control === undefined) return undefined;
  control.choice("type", ["ephemeral"]);
  const ttl = control.choice("ttl", ["5m", "1h"]);
  return ttl === undefined ? {} : { ttl };
}

function readText(block: Fields): TextPart {
  return { type: "text", text: block.needText("text"), cache: readCache(block) };
}

function readToolResult(block: Fields, drop: Drop): ToolResultPart {
  return {
    type: "tool-result",
    callId: block.needText("tool_use_id"),
    content: block.has("content") ? readContent<ResultPart>(block, "content", drop, readResultBlock) : [],
    isError: block.flag("is_error") ?? false,
    cache: readCache(block),
  };
}

/** What both a user's turn and a tool's result may hold. */
function readResultBlock(type: string, block: Fields, drop: Drop): readonly ResultPart[] | undefined {
  switch (type) {
    case "text":
      return [readText(block)];
    case "image": {
      const source = block.needFields("source");
      const file = readFile(source, source.needText("type"));
      dropRest(source, drop);
      return [{ type: "image", source: file, cache: readCache(block) }];
    }
    case "document":
      return readDocument(block, drop);
    case "search_result":
      return [readSearchResult(block, drop)];
    default:
      return undefined;
  }
}

function readFile(source: Fields, type: string): FileSource {
  switch (type) {
    case "base64":
      return { kind: "data", mediaType: source.needText("media_type"), data: source.needText("data") };
    case "url":
      return readFileUrl(source.needText("url"));
    case "file":
      return { kind: "file", id: source.needText("file_id") };
    default:
      throw invalid(source.at("type"), 'must be "base64", "url" or "file"');
  }
}

/** A document, and before it as a text of its own what its `context` tells of it: no other API has a place for that. */
function readDocument(block: Fields, drop: Drop): readonly ResultPart[] {
  const source = block.needFields("source");
  const type = source.needText("type");
  const context = block.text("context") ?? "";
  const document: DocumentPart = {
    type: "document",
    source: type === "text" || type === "content" ? { kind: "text", text: readPlainText(source, type, drop) } : readFile(source, type),
    name: block.text("title"),
    citations: readCitations(block),
    cache: readCache(block),
  };
  dropRest(source, drop);
  return context === "" ? [document] : [{ type: "text", text: context }, document];
}

function readPlainText(source: Fields, type: "text" | "content", drop: Drop): string {
  if (type === "text") {
    source.ignore("media_type");
    return source.needText("data");
  }
  return readContent(source, "content", drop, (kind, block) => (kind === "text" ? [readText(block)] : undefined))
    .map(({ text }) => text)
    .join("\n\n");
}

/** What the client found itself and hands over to be cited: a document of plain text to everybody else. */
function readSearchResult(block: Fields, drop: Drop): DocumentPart {
  const name = block.text("title") ?? block.text("source");
  const text = readContent(block, "content", drop, (kind, part) => (kind === "text" ? [readText(part)] : undefined))
    .map((part) => part.text)
    .join("\n\n");
  return { type: "document", source: { kind: "text", text }, name, citations: readCitations(block), cache: readCache(block) };
}

function readCitations(block: Fields): boolean | undefined {
  const citations = block.any("citations");
  if (citations === undefined) return undefined;
  if (!isJsonObject(citations)) throw invalid(block.at("citations"), "must be an object");
  return new Fields(citations, block.at("citations")).flag("enabled");
}
