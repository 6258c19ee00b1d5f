import { PosternError } from "#shared/errors.ts";
import type {
  AssistantPart,
  AudioPart,
  CacheMark,
  DocumentPart,
  FileSource,
  ImagePart,
  TextPart,
  ToolResultPart,
  UserPart,
  VideoPart,
} from "../chat.ts";
import { type Fields, invalid } from "../fields.ts";
import { isJsonObject, parseJsonObject } from "../json.ts";
import { joinTexts } from "./citations.ts";
import { audioFormats, documentFormats, imageFormats, videoFormats } from "./formats.ts";

type Drop = (field: string) => void;
type AnyPart = UserPart | AssistantPart;
type ResultPart = ToolResultPart["content"][number];

const userKinds = ["text", "image", "document", "video", "audio", "toolResult", "guardContent", "searchResult", "cachePoint"] as const;
const assistantKinds = ["text", "reasoningContent", "toolUse", "citationsContent", "image", "cachePoint"] as const;
const systemKinds = ["text", "guardContent", "cachePoint"] as const;
const resultKinds = ["text", "json", "image", "document", "searchResult"] as const;

/** What stands where in a request; a block of one place in another is refused, as Bedrock does. */
type Place = "user" | "assistant" | "system" | "toolResult";
const kindsOf = { user: userKinds, assistant: assistantKinds, system: systemKinds, toolResult: resultKinds } as const;
type Kind = (typeof userKinds | typeof assistantKinds | typeof systemKinds | typeof resultKinds)[number];
const allKinds = [...new Set<Kind>([...userKinds, ...assistantKinds, ...resultKinds])];

/** Reads the blocks of a user's turn. */
export function readUserContent(message: Fields, drop: Drop): readonly UserPart[] {
  return readBlocks(message, "user", drop) as readonly UserPart[];
}

/** Reads the blocks of an assistant's turn. */
export function readAssistantContent(message: Fields, drop: Drop): readonly AssistantPart[] {
  return readBlocks(message, "assistant", drop) as readonly AssistantPart[];
}

/** Reads system blocks: `key` is `system`, or `content` of a message whose role is system. */
export function readSystemContent(owner: Fields, key: string, drop: Drop): readonly TextPart[] {
  return readBlocks(owner, "system", drop, key) as readonly TextPart[];
}

/** Reads `{"cachePoint": {"type": "default", "ttl": ...}}`, whose mark belongs to what stands before it. */
export function readCachePoint(block: Fields): CacheMark {
  const point = block.needFields("cachePoint");
  point.choice("type", ["default"]);
  return { ttl: point.choice("ttl", ["5m", "1h"]) };
}

function readBlocks(owner: Fields, place: Place, drop: Drop, key = "content"): readonly (AnyPart | ResultPart)[] {
  if (!owner.has(key)) owner.refuse(key, "is missing; send an array of content blocks");
  const parts: (AnyPart | ResultPart)[] = [];
  for (const block of owner.each(key)) {
    const kind = allKinds.find((name) => block.has(name));
    if (kind === "cachePoint") markLast(parts, block, drop);
    else if (kind !== undefined) {
      if (!(kindsOf[place] as readonly Kind[]).includes(kind)) block.refuse(kind, `cannot stand in ${placeNames[place]}`);
      const part = readBlock(block, kind, drop);
      if (part !== null) parts.push(part);
    }
    // A block of a kind that nobody documented is named whole.
    for (const path of block.rest()) drop(path);
  }
  return parts;
}

const placeNames: Readonly<Record<Place, string>> = {
  user: "a user's turn",
  assistant: "an assistant's turn",
  system: "system content",
  toolResult: "a tool result",
};

function markLast(parts: (AnyPart | ResultPart)[], block: Fields, drop: Drop): void {
  const cache = readCachePoint(block);
  const last = parts.at(-1);
  if (last === undefined || last.type === "reasoning" || last.type === "refusal" || last.type === "audio" || last.type === "video")
    drop(block.at("cachePoint"));
  else parts[parts.length - 1] = { ...last, cache };
}

function readBlock(block: Fields, kind: Exclude<Kind, "cachePoint">, drop: Drop): AnyPart | ResultPart | null {
  switch (kind) {
    case "text":
      return { type: "text", text: block.needText("text") };
    case "json":
      return { type: "text", text: JSON.stringify(block.any("json")) };
    case "image":
      return readFile(block, kind, drop);
    case "document":
      return readDocument(block.needFields("document"), drop);
    case "video":
    case "audio":
      return readFile(block, kind, drop);
    case "toolUse":
      return readToolUse(block.needFields("toolUse"), drop);
    case "toolResult":
      return readToolResult(block.needFields("toolResult"), drop);
    case "reasoningContent":
      return readReasoning(block.needFields("reasoningContent"), drop);
    case "guardContent":
      return readGuardContent(block.needFields("guardContent"), drop);
    case "citationsContent":
      return readCitedText(block.needFields("citationsContent"), drop);
    case "searchResult":
      return readSearchResult(block.needFields("searchResult"), drop);
  }
}

const fileFormats = { image: imageFormats, video: videoFormats, audio: audioFormats } as const;

function readFile(block: Fields, kind: keyof typeof fileFormats, drop: Drop): ImagePart | VideoPart | AudioPart {
  const file = block.needFields(kind);
  const formats = fileFormats[kind];
  const format = file.choice("format", Object.keys(formats)) ?? file.refuse("format", "is missing");
  const source = readSource(file.needFields("source"), formats[format] as string, drop);
  for (const path of file.rest()) drop(path);
  return { type: kind, source };
}

/** A file in S3 is known to Bedrock alone. */
function readSource(source: Fields, mediaType: string, drop: Drop): FileSource {
  const s3 = source.fields("s3Location");
  const found: FileSource =
    s3 === undefined ? { kind: "data", mediaType, data: source.needText("bytes") } : { kind: "file", id: s3.needText("uri"), mediaType };
  for (const path of [...(s3?.rest() ?? []), ...source.rest()]) drop(path);
  return found;
}

function readDocument(document: Fields, drop: Drop): DocumentPart {
  const format = document.choice("format", Object.keys(documentFormats)) ?? "txt";
  const source = document.needFields("source");
  const citations = document.fields("citations");
  const part: DocumentPart = {
    type: "document",
    name: document.text("name"),
    citations: citations?.flag("enabled"),
    source: source.has("text")
      ? { kind: "text", text: source.needText("text") }
      : source.has("content")
        ? {
            kind: "text",
            text: source
              .each("content")
              .map((item) => item.needText("text"))
              .join("\n"),
          }
        : readSource(source, documentFormats[format] as string, drop),
  };
  for (const path of document.rest()) drop(path);
  return part;
}

function readToolUse(use: Fields, drop: Drop): AssistantPart | null {
  // A call that the provider runs itself has its result beside it, and nobody else can say it.
  if (use.text("type") === "server_tool_use") {
    drop(use.path);
    return null;
  }
  const part: AssistantPart = {
    type: "tool-call",
    id: use.needText("toolUseId"),
    name: use.needText("name"),
    arguments: JSON.stringify(use.object("input") ?? {}),
  };
  for (const path of use.rest()) drop(path);
  return part;
}

function readToolResult(result: Fields, drop: Drop): ToolResultPart {
  if (result.each("content").some((block) => block.has("video")))
    throw new PosternError(
      "cannot_translate",
      "Cannot pass on a video in a tool result: only Bedrock takes one there; send it in a user's turn",
      {
        param: result.at("content"),
      },
    );
  const part: ToolResultPart = {
    type: "tool-result",
    callId: result.needText("toolUseId"),
    content: readBlocks(result, "toolResult", drop) as readonly ResultPart[],
    isError: result.choice("status", ["success", "error"]) === "error",
  };
  result.ignore("type");
  for (const path of result.rest()) drop(path);
  return part;
}

function readReasoning(reasoning: Fields, drop: Drop): AssistantPart {
  const thought = reasoning.fields("reasoningText");
  const redacted = thought === undefined ? reasoning.needText("redactedContent") : undefined;
  const signature = thought?.text("signature");
  const part: AssistantPart = {
    type: "reasoning",
    text: thought?.needText("text") ?? "",
    signature:
      redacted !== undefined
        ? { maker: "anthropic", value: redacted, isRedacted: true }
        : signature === undefined
          ? undefined
          : { maker: "anthropic", value: signature },
  };
  for (const path of [...(thought?.rest() ?? []), ...reasoning.rest()]) drop(path);
  return part;
}

/** Without a guardrail, which is refused elsewhere, its content is like any other. */
function readGuardContent(guard: Fields, drop: Drop): AnyPart {
  if (guard.has("image")) return readFile(guard, "image", drop);
  const text = guard.needFields("text");
  const part: TextPart = { type: "text", text: text.needText("text") };
  for (const path of text.rest()) drop(path);
  return part;
}

function readCitedText(cited: Fields, drop: Drop): TextPart {
  const part: TextPart = { type: "text", text: joinTexts(cited.array("content")) };
  for (const path of cited.rest()) drop(path);
  return part;
}

function readSearchResult(result: Fields, drop: Drop): DocumentPart {
  const part: DocumentPart = {
    type: "document",
    name: result.text("title"),
    citations: result.fields("citations")?.flag("enabled"),
    source: {
      kind: "text",
      text: result
        .each("content")
        .map((item) => item.needText("text"))
        .join("\n"),
    },
  };
  for (const path of result.rest()) drop(path);
  return part;
}

/** Reads JSON text that has to be an object, such as the schema of a structured answer. */
export function needJsonObject(fields: Fields, key: string): ReturnType<typeof parseJsonObject> & object {
  const value = fields.any(key);
  const parsed = typeof value === "string" ? parseJsonObject(value) : isJsonObject(value) ? value : null;
  if (parsed === null) throw invalid(fields.at(key), "must be the JSON text of an object");
  return parsed;
}
