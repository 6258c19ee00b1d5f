import type { AssistantPart, CacheMark, DocumentPart, FileSource, ToolResultPart, UserPart } from "../chat.ts";
import { cannotSend } from "../files.ts";
import { parseJsonObject, type JsonObject } from "../json.ts";
import { audioFormats, documentFormats, formatOf, imageFormats, videoFormats } from "./formats.ts";
import type { Traits } from "./traits.ts";

/** What the blocks of one request share. */
export interface ContentContext {
  readonly traits: Traits;
  readonly drop: (field: string) => void;
  /** Names of the documents so far: each has to be the only one of its name. */
  readonly documentNames: Set<string>;
}

/** Writes a turn's parts as blocks, each cache mark as a `cachePoint` behind what it marks. Blank text, which Bedrock refuses, is left out. */
export function writeContent(parts: readonly (UserPart | AssistantPart)[], context: ContentContext): JsonObject[] {
  const blocks: JsonObject[] = [];
  for (const part of parts) {
    const block = writePart(part, context);
    if (block !== null) blocks.push(block);
    if (blocks.length > 0) pushCachePoint(blocks, cacheOf(part), context, "messages");
  }
  return blocks;
}

/** A mark inside a tool's result stands behind the whole of it. */
function cacheOf(part: UserPart | AssistantPart): CacheMark | undefined {
  if (part.type === "tool-result") return part.cache ?? part.content.find((item) => item.cache !== undefined)?.cache;
  return "cache" in part ? part.cache : undefined;
}

/** Adds a `cachePoint` where the model takes one; Claude alone keeps a cache for an hour. */
export function pushCachePoint(
  blocks: JsonObject[],
  cache: CacheMark | undefined,
  context: ContentContext,
  place: "messages" | "tools",
): void {
  if (cache === undefined) return;
  const { caching } = context.traits;
  if (caching === "nowhere" || (caching === "messages" && place === "tools")) return context.drop("cache_control");
  if (cache.ttl !== "1h" || caching === "anywhere") {
    // Five minutes is what no ttl means, and what older models do not know by name.
    blocks.push({ cachePoint: cache.ttl === "1h" ? { type: "default", ttl: "1h" } : { type: "default" } });
    return;
  }
  context.drop("cache_control.ttl");
  blocks.push({ cachePoint: { type: "default" } });
}

function writePart(part: UserPart | AssistantPart, context: ContentContext): JsonObject | null {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text.trim() === "" ? null : { text: part.text };
    case "image":
      return { image: { format: formatOfFile("image", part.source), source: writeSource("image", part.source) } };
    case "audio":
      return { audio: { format: formatOfFile("audio", part.source), source: writeSource("audio", part.source) } };
    case "video":
      return { video: { format: formatOfFile("video", part.source), source: writeSource("video", part.source) } };
    case "document":
      return { document: writeDocument(part, context) };
    case "tool-result":
      return { toolResult: writeToolResult(part, context) };
    case "tool-call":
      return { toolUse: { toolUseId: part.id, name: part.name, input: readArguments(part.arguments) } };
    case "reasoning":
      return writeReasoning(part, context);
  }
}

const formats = { image: imageFormats, audio: audioFormats, video: videoFormats, document: documentFormats } as const;

function formatOfFile(kind: keyof typeof formats, source: FileSource): string {
  const mediaType = source.mediaType ?? typeOfName(s3Uri(source) ?? "", formats[kind]);
  const format = mediaType === undefined ? undefined : formatOf(formats[kind], mediaType);
  if (format === undefined) throw cannotSend(kind, source, "Bedrock");
  return format;
}

/** A file in S3 may be named with its format at the end. */
function typeOfName(uri: string, known: Readonly<Record<string, string>>): string | undefined {
  const ending = uri.slice(uri.lastIndexOf(".") + 1).toLowerCase();
  return known[ending === "jpg" ? "jpeg" : ending];
}

function writeSource(kind: string, source: FileSource): JsonObject {
  const uri = s3Uri(source);
  if (uri !== undefined) return { s3Location: { uri } };
  if (source.kind !== "data") throw cannotSend(kind, source, "Bedrock");
  return { bytes: source.data };
}

function s3Uri(source: FileSource): string | undefined {
  const place = source.kind === "url" ? source.url : source.kind === "file" ? source.id : "";
  return place.startsWith("s3://") ? place : undefined;
}

function writeDocument(part: DocumentPart, context: ContentContext): JsonObject {
  const { source } = part;
  return {
    format: source.kind === "text" ? "txt" : formatOfFile("document", source),
    name: nameDocument(part.name, context.documentNames),
    source: source.kind === "text" ? { text: source.text } : writeSource("document", source),
    citations: part.citations === true ? { enabled: true } : undefined,
  };
}

/**
 * A document's name: letters, digits, single blanks, hyphens and brackets only, and no other of that name in the
 * request. One that has none is numbered, since a name may not be left out.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
function nameDocument(name: string | undefined, taken: Set<string>): string {
  const clean = (name ?? "")
    .replaceAll(/[^a-zA-Z0-9\s\-()[\]]/g, "-")
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, 180);
  const wanted = clean === "" ? `document-${taken.size + 1}` : clean;
  let found = wanted;
  for (let count = 2; taken.has(found); count++) found = `${wanted} (${count})`;
  taken.add(found);
  return found;
}

function writeToolResult(part: ToolResultPart, context: ContentContext): JsonObject {
  const content = part.content.map((item) => writePart(item, context)).filter((block) => block !== null);
  return { toolUseId: part.callId, content, status: part.isError ? "error" : undefined };
}

/** What a model called a tool with: an object in any case. Text that is none, such as a call that was cut, goes under a key of its own. */
export function readArguments(text: string): JsonObject {
  return parseJsonObject(text) ?? (text.trim() === "" ? {} : { arguments: text });
}

/** Only Claude takes thoughts back, and only with its signature; a thought that cannot be proved is left out. */
function writeReasoning(part: Extract<AssistantPart, { type: "reasoning" }>, context: ContentContext): JsonObject | null {
  const { signature } = part;
  if (signature?.maker !== "anthropic" || !context.traits.isClaude) {
    context.drop("messages.reasoning");
    return null;
  }
  return signature.isRedacted === true
    ? { reasoningContent: { redactedContent: signature.value } }
    : { reasoningContent: { reasoningText: { text: part.text, signature: signature.value } } };
}
