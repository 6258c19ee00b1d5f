import type { Frame } from "#core/wire/frame.ts";
import { BlockSequencer } from "../block-sequencer.ts";
import type { ReadEvent } from "../chat.ts";
import type { ReplyReader } from "../dialect.ts";
import { isJsonObject, parseJsonObject, type JsonObject } from "../json.ts";
import { readCitations } from "./citations.ts";
import { readFinishReason } from "./finish-reason.ts";
import { readLogprob } from "./logprobs.ts";
import { readUsage } from "./usage.ts";

type Emit = (event: ReadEvent) => void;

/** Content and tool calls are counted apart: a call's key begins here. */
const firstCall = 1_000_000;
const planKey = -1;

/**
 * Reads a stream of Cohere's v2 chat. Every frame names its type in the JSON; not every server names it as SSE's event.
 *
 * @see https://docs.cohere.com/reference/chat-stream
 */
export function openReader(): ReplyReader {
  const blocks = new BlockSequencer();
  /** The text whose end was told but not passed on: citations of it may follow. */
  let ended: number | null = null;
  let lastText = 0;

  function read(frame: Frame, emit: Emit): void {
    if (frame.data === "[DONE]") return emit({ type: "end" });
    const data = parseJsonObject(frame.data);
    if (data === null) return emit(malformed("is no JSON object"));
    const type = data["type"] ?? frame.event;
    switch (typeof type === "string" ? type : null) {
      case "content-delta":
        return readContent(data, emit);
      case "tool-call-delta":
        return readArguments(data, emit);
      case "tool-plan-delta": {
        const plan = messageOf(data)?.["tool_plan"];
        if (typeof plan === "string") blocks.push(planKey, { type: "reasoning", text: plan }, emit);
        return;
      }
      case "content-start":
        finishBlock(emit);
        return readContent(data, emit);
      case "content-end": {
        const index = indexOf(data);
        // A thought is never cited.
        if (index === lastText) ended = index;
        else blocks.close(index, emit);
        return;
      }
      case "tool-call-start":
        return readCall(data, emit);
      case "tool-call-end":
        return blocks.close(firstCall + indexOf(data), emit);
      case "citation-start":
        return readCitation(data, emit);
      case "message-start":
        return emit({ type: "start", id: typeof data["id"] === "string" ? data["id"] : undefined });
      case "message-end":
        return readEnd(data, emit);
      case null:
        // An error has no type, only words.
        if (typeof data["message"] === "string") emit({ type: "failure", failure: { status: 500, message: data["message"] } });
    }
  }

  function finishBlock(emit: Emit): void {
    if (blocks.has(planKey)) blocks.close(planKey, emit);
    if (ended === null) return;
    const index = ended;
    ended = null;
    blocks.close(index, emit);
  }

  function readContent(data: JsonObject, emit: Emit): void {
    const content = messageOf(data)?.["content"];
    // The first frame has an empty list there.
    if (!isJsonObject(content)) return;
    const index = indexOf(data);
    // A server that begins a block without a start ends the one before by that.
    if ((ended !== null && ended !== index) || blocks.open === planKey) finishBlock(emit);
    const { text, thinking } = content;
    if (typeof text === "string") {
      lastText = index;
      if (text !== "") blocks.push(index, { type: "text", text }, emit);
    } else if (typeof thinking === "string") {
      if (lastText === index) lastText = -1;
      if (thinking !== "") blocks.push(index, { type: "reasoning", text: thinking }, emit);
    } else if (text !== undefined && text !== null) return emit(malformed("has a text that is no string"));
    const logprob = data["logprobs"] === undefined ? null : readLogprob(data["logprobs"]);
    if (logprob !== null) blocks.push(index, { type: "logprobs", tokens: [logprob] }, emit);
  }

  function readCall(data: JsonObject, emit: Emit): void {
    finishBlock(emit);
    const call = messageOf(data)?.["tool_calls"];
    const called = isJsonObject(call) ? call["function"] : undefined;
    if (!isJsonObject(call) || !isJsonObject(called) || typeof call["id"] !== "string" || typeof called["name"] !== "string")
      return emit(malformed("begins a tool call without id or name"));
    const key = firstCall + indexOf(data);
    blocks.push(key, { type: "tool-call", id: call["id"], name: called["name"] }, emit);
    if (typeof called["arguments"] === "string" && called["arguments"] !== "")
      blocks.push(key, { type: "arguments", json: called["arguments"] }, emit);
  }

  function readArguments(data: JsonObject, emit: Emit): void {
    const calls = messageOf(data)?.["tool_calls"];
    const called = isJsonObject(calls) ? calls["function"] : undefined;
    const json = isJsonObject(called) ? called["arguments"] : undefined;
    if (typeof json !== "string") return emit(malformed("has arguments that are no string"));
    const key = firstCall + indexOf(data);
    if (!blocks.has(key)) return emit(malformed("has arguments of a tool call that never began"));
    blocks.push(key, { type: "arguments", json }, emit);
  }

  function readCitation(data: JsonObject, emit: Emit): void {
    const citations = messageOf(data)?.["citations"];
    if (!isJsonObject(citations)) return;
    const told = citations["content_index"];
    const index = typeof told === "number" ? told : lastText;
    // A text that is closed takes none any more: it would look like another text.
    if (!blocks.has(index)) return;
    for (const citation of readCitations(citations)) blocks.push(index, { type: "citation", citation }, emit);
  }

  function readEnd(data: JsonObject, emit: Emit): void {
    ended = null;
    blocks.closeAll(emit);
    const delta = isJsonObject(data["delta"]) ? data["delta"] : {};
    const usage = readUsage(delta["usage"]);
    if (usage !== undefined) emit({ type: "usage", usage });
    const finish = readFinishReason(delta["finish_reason"], delta["error"]);
    emit(finish);
    if (finish.type === "finish") emit({ type: "end" });
  }

  return { read, end: (emit) => blocks.closeAll(emit) };
}

function messageOf(data: JsonObject): JsonObject | undefined {
  const delta = data["delta"];
  const message = isJsonObject(delta) ? delta["message"] : undefined;
  return isJsonObject(message) ? message : undefined;
}

/** Which block a frame is about; a server that has only one may leave it out. */
function indexOf(data: JsonObject): number {
  return typeof data["index"] === "number" ? data["index"] : 0;
}

function malformed(what: string): ReadEvent {
  return { type: "failure", failure: { status: 502, message: `Cohere sent an event that ${what}`, code: "upstream_invalid" } };
}
