import type { ChatReply, ReadEvent, ReplyBlock } from "../chat.ts";
import type { ReplyMeta } from "../dialect.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { readCitation, writeCitation } from "./citations.ts";
import { readFailure } from "./failure.ts";
import { mediaNote, messageId } from "./message.ts";
import { emitRefusal } from "./read-stream.ts";
import { readStopReason, writeStopReason } from "./stop-reason.ts";
import { toolInput } from "./tool-input.ts";
import { readUsage, writeUsage } from "./usage.ts";

/**
 * Reads a whole message into the events that its stream would have.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export function readReply(body: JsonObject): readonly ReadEvent[] {
  if (body["type"] === "error" || (body["content"] === undefined && body["error"] !== undefined)) {
    return [{ type: "failure", failure: readFailure(200, body) }];
  }
  const { content, id, model, stop_reason: reason, stop_sequence: sequence } = body;
  if (!Array.isArray(content)) return [malformed("the provider sent a message without content")];
  const events: ReadEvent[] = [
    { type: "start", id: typeof id === "string" ? id : undefined, model: typeof model === "string" ? model : undefined },
  ];
  for (const block of content as readonly JsonValue[]) {
    const read = isJsonObject(block) ? readBlock(block) : null;
    if (read === null) return [malformed("the provider sent a content block that is malformed")];
    if (read.length > 0) events.push(...read, { type: "block-end" });
  }
  const usage = readUsage(body["usage"]);
  if (usage !== undefined) events.push({ type: "usage", usage });
  if (typeof reason === "string") {
    emitRefusal(body["stop_details"], (event) => events.push(event));
    events.push({ type: "finish", reason: readStopReason(reason), stopSequence: typeof sequence === "string" ? sequence : undefined });
  }
  events.push({ type: "end" });
  return events;
}

function malformed(message: string): ReadEvent {
  return { type: "failure", failure: { status: 502, message } };
}

/** A block's events; null where it is malformed, none where it is passed over. */
function readBlock(block: JsonObject): readonly ReadEvent[] | null {
  switch (block["type"]) {
    case "text": {
      const { text, citations } = block;
      if (typeof text !== "string") return null;
      const cited = (Array.isArray(citations) ? (citations as readonly JsonValue[]) : []).flatMap((one): readonly ReadEvent[] => {
        const citation = readCitation(one);
        return citation === undefined ? [] : [{ type: "citation", citation }];
      });
      return text === "" ? cited : [{ type: "text", text }, ...cited];
    }
    case "thinking": {
      const { thinking, signature } = block;
      if (typeof thinking !== "string") return null;
      const events: ReadEvent[] = thinking === "" ? [] : [{ type: "reasoning", text: thinking }];
      if (typeof signature === "string" && signature !== "") {
        events.push({ type: "signature", signature: { maker: "anthropic", value: signature } });
      }
      return events;
    }
    case "redacted_thinking": {
      const { data } = block;
      return typeof data === "string" ? [{ type: "signature", signature: { maker: "anthropic", value: data, isRedacted: true } }] : null;
    }
    case "tool_use": {
      const { id, name, input } = block;
      if (typeof id !== "string" || typeof name !== "string") return null;
      const call: ReadEvent = { type: "tool-call", id, name };
      const isEmpty = !isJsonObject(input) || Object.keys(input).length === 0;
      return isEmpty ? [call] : [call, { type: "arguments", json: JSON.stringify(input) }];
    }
    default:
      return [];
  }
}

/** Writes a whole message. */
export function writeReply(reply: ChatReply, meta: ReplyMeta): JsonObject {
  const hasRefusal = reply.blocks.some(({ type }) => type === "refusal");
  return {
    id: messageId(reply.id, meta),
    type: "message",
    role: "assistant",
    model: reply.model ?? meta.request.model,
    content: reply.blocks.map((block) => writeBlock(block, meta)),
    stop_reason: writeStopReason(reply.reason, hasRefusal),
    stop_sequence: reply.stopSequence ?? null,
    usage: writeUsage(reply.usage),
  };
}

function writeBlock(block: ReplyBlock, { request }: ReplyMeta): JsonObject {
  switch (block.type) {
    case "text": {
      const citations = block.citations.map((citation) => writeCitation(citation, request)).filter((citation) => citation !== undefined);
      return citations.length === 0 ? { type: "text", text: block.text } : { type: "text", text: block.text, citations };
    }
    case "refusal":
      return { type: "text", text: block.text };
    case "reasoning":
      if (block.signature?.isRedacted === true) return { type: "redacted_thinking", data: block.signature.value };
      return { type: "thinking", thinking: block.text, signature: block.signature?.value ?? "" };
    case "tool-call":
      return { type: "tool_use", id: block.id, name: block.name, input: toolInput(block.arguments) };
    case "media":
      return { type: "text", text: mediaNote(block.mediaType) };
    default:
      return block satisfies never;
  }
}
