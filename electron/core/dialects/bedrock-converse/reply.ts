import type { ChatReply, ReadEvent, ReplyBlock } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { joinTexts, readCitation, writeCitation } from "./citations.ts";
import { formatOf, imageFormats, imageTypeOf } from "./formats.ts";
import { readStopReason, stopReasons } from "./stop-reason.ts";
import { readUsage, writeUsage } from "./usage.ts";
import { readArguments } from "./write-content.ts";

/**
 * Reads Converse's whole answer as the events that its stream would give.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax
 */
export function readReply(body: JsonObject): readonly ReadEvent[] {
  const output = body["output"];
  const message = isJsonObject(output) ? output["message"] : undefined;
  const content = isJsonObject(message) ? message["content"] : undefined;
  if (!Array.isArray(content)) return [malformed("has no output.message.content")];
  const events: ReadEvent[] = [{ type: "start" }];
  for (const block of content as readonly JsonValue[]) {
    if (!isJsonObject(block)) return [malformed("has a content block that is no object")];
    const read = readBlock(block);
    if (read === null) return [malformed("has a content block with a field of the wrong type")];
    if (read.length > 0) events.push(...read, { type: "block-end" });
  }
  const usage = readUsage(body["usage"]);
  if (usage !== undefined) events.push({ type: "usage", usage });
  const stop = readStopReason(body["stopReason"], body["additionalModelResponseFields"]);
  return stop.type === "failure" ? [stop] : [...events, stop, { type: "end" }];
}

/** The events of one block: none for what nobody documented or a tool of the provider's own, null for a field of the wrong type. */
function readBlock(block: JsonObject): readonly ReadEvent[] | null {
  const { text, toolUse, reasoningContent, citationsContent, image } = block;
  if (text !== undefined) return typeof text === "string" ? [{ type: "text", text }] : null;
  if (isJsonObject(toolUse)) return readToolUse(toolUse);
  if (isJsonObject(reasoningContent)) return readReasoning(reasoningContent);
  if (isJsonObject(citationsContent)) return readCitedText(citationsContent);
  if (isJsonObject(image)) return readImage(image);
  return [];
}

function readToolUse({ toolUseId, name, input, type }: JsonObject): readonly ReadEvent[] | null {
  if (type === "server_tool_use") return [];
  if (typeof toolUseId !== "string" || typeof name !== "string") return null;
  return [
    { type: "tool-call", id: toolUseId, name },
    { type: "arguments", json: JSON.stringify(input ?? {}) },
  ];
}

function readReasoning({ reasoningText, redactedContent }: JsonObject): readonly ReadEvent[] {
  if (typeof redactedContent === "string")
    return [{ type: "signature", signature: { maker: "anthropic", value: redactedContent, isRedacted: true } }];
  if (!isJsonObject(reasoningText)) return [];
  const { text, signature } = reasoningText;
  const events: ReadEvent[] = [];
  if (typeof text === "string") events.push({ type: "reasoning", text });
  if (typeof signature === "string") events.push({ type: "signature", signature: { maker: "anthropic", value: signature } });
  return events;
}

function readCitedText({ content, citations }: JsonObject): readonly ReadEvent[] {
  const events: ReadEvent[] = [{ type: "text", text: joinTexts(content) }];
  for (const citation of Array.isArray(citations) ? (citations as readonly JsonValue[]) : [])
    if (isJsonObject(citation)) events.push({ type: "citation", citation: readCitation(citation) });
  return events;
}

function readImage({ format, source }: JsonObject): readonly ReadEvent[] {
  if (!isJsonObject(source) || typeof source["bytes"] !== "string") return [];
  return [{ type: "media", mediaType: imageTypeOf(format), data: source["bytes"] }];
}

function malformed(what: string): ReadEvent {
  return { type: "failure", failure: { status: 502, message: `Bedrock's answer ${what}`, code: "upstream_invalid" } };
}

/** Writes Converse's whole answer. How long the provider took is not known here: its latency is 0. */
export function writeReply(reply: ChatReply): JsonObject {
  return {
    output: { message: { role: "assistant", content: reply.blocks.map(writeBlock).filter((block) => block !== null) } },
    stopReason: stopReasons[reply.reason],
    usage: writeUsage(reply.usage),
    metrics: { latencyMs: 0 },
    additionalModelResponseFields: reply.stopSequence === undefined ? undefined : { stop_sequence: reply.stopSequence },
  };
}

function writeBlock(block: ReplyBlock): JsonObject | null {
  switch (block.type) {
    case "text":
      return block.citations.length === 0
        ? { text: block.text }
        : { citationsContent: { content: [{ text: block.text }], citations: block.citations.map(writeCitation) } };
    case "refusal":
      return { text: block.text };
    case "reasoning":
      return block.signature?.isRedacted === true
        ? { reasoningContent: { redactedContent: block.signature.value } }
        : { reasoningContent: { reasoningText: { text: block.text, signature: block.signature?.value } } };
    case "tool-call":
      return { toolUse: { toolUseId: block.id, name: block.name, input: readArguments(block.arguments) } };
    case "media": {
      const format = formatOf(imageFormats, block.mediaType);
      return format === undefined ? null : { image: { format, source: { bytes: block.data } } };
    }
  }
}
