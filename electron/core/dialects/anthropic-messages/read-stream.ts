import type { Frame } from "#core/wire/frame.ts";
import { BlockSequencer } from "../block-sequencer.ts";
import type { ReadEvent } from "../chat.ts";
import type { ReplyReader } from "../dialect.ts";
import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from "../json.ts";
import { readCitation } from "./citations.ts";
import { readFailure } from "./failure.ts";
import { readStopReason } from "./stop-reason.ts";
import { addCounts, type Counts, usageOf } from "./usage.ts";

type Emit = (event: ReadEvent) => void;

/**
 * Reads a stream of the Messages API. Blocks are told apart by their index, in whatever order their pieces come. Blocks
 * of tools that the provider runs itself, of compaction, and of kinds that nobody documented are passed over.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function openReader(): ReplyReader {
  return new Reader();
}

class Reader implements ReplyReader {
  readonly #sequencer = new BlockSequencer();
  /** The open calls, each with an input that came whole with its start, until pieces of it follow; else empty. */
  readonly #calls = new Map<number, string>();
  readonly #passedOver = new Set<number>();
  readonly #counts: Counts = {};
  #isStarted = false;
  #isOver = false;

  read(frame: Frame, emit: Emit): void {
    if (this.#isOver || frame.data === "[DONE]") return;
    const data = parseJsonObject(frame.data);
    if (data === null) return this.#fail("the provider sent an event that is no JSON object", emit);
    const type = data["type"] ?? frame.event;
    switch (type) {
      case "content_block_delta":
        return this.#readDelta(data["index"], data["delta"], emit);
      case "content_block_start":
        return this.#openBlock(data["index"], data["content_block"], emit);
      case "content_block_stop":
        return this.#closeBlock(data["index"], emit);
      case "message_start":
        return this.#readStart(data["message"], emit);
      case "message_delta":
        return this.#readEnd(data, emit);
      case "message_stop":
        this.end(emit);
        emit({ type: "end" });
        return;
      case "error":
        this.#isOver = true;
        emit({ type: "failure", failure: readFailure(200, data) });
        return;
      default:
        // Some that copy this API send their error as it would stand in a plain answer.
        if (type === null && data["error"] !== undefined) {
          this.#isOver = true;
          emit({ type: "failure", failure: readFailure(200, data) });
        }
    }
  }

  end(emit: Emit): void {
    if (this.#isOver) return;
    for (const index of this.#calls.keys()) this.#flush(index, emit);
    this.#calls.clear();
    this.#sequencer.closeAll(emit);
  }

  #readStart(message: JsonValue | undefined, emit: Emit): void {
    if (!isJsonObject(message)) return this.#fail("the provider sent a message_start without its message", emit);
    addCounts(this.#counts, message["usage"]);
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { id, model } = message;
    const { inputTokens, cachedInputTokens, cacheWriteTokens } = usageOf(this.#counts);
    emit({
      type: "start",
      id: typeof id === "string" ? id : undefined,
      model: typeof model === "string" ? model : undefined,
      // Its count of output tokens is of the first piece only.
      usage: inputTokens === undefined ? undefined : { inputTokens, cachedInputTokens, cacheWriteTokens },
    });
  }

  #openBlock(index: JsonValue | undefined, block: JsonValue | undefined, emit: Emit): void {
    if (typeof index !== "number" || !isJsonObject(block)) return this.#fail("the provider sent a block without index or content", emit);
    this.#passedOver.delete(index);
    switch (block["type"]) {
      case "text": {
        const { text } = block;
        if (typeof text === "string" && text !== "") this.#sequencer.push(index, { type: "text", text }, emit);
        return;
      }
      case "thinking": {
        const { thinking, signature } = block;
        if (typeof thinking === "string" && thinking !== "") this.#sequencer.push(index, { type: "reasoning", text: thinking }, emit);
        this.#sign(index, signature, emit);
        return;
      }
      case "redacted_thinking": {
        const { data } = block;
        if (typeof data !== "string") return this.#fail("the provider sent redacted thinking without its data", emit);
        this.#sequencer.push(index, { type: "signature", signature: { maker: "anthropic", value: data, isRedacted: true } }, emit);
        return;
      }
      case "tool_use": {
        const { id, name, input } = block;
        if (typeof id !== "string" || typeof name !== "string") return this.#fail("the provider sent a tool call without id or name", emit);
        this.#calls.set(index, wholeInput(input));
        this.#sequencer.push(index, { type: "tool-call", id, name }, emit);
        return;
      }
      default:
        this.#passedOver.add(index);
    }
  }

  #readDelta(index: JsonValue | undefined, delta: JsonValue | undefined, emit: Emit): void {
    if (typeof index !== "number" || !isJsonObject(delta)) return this.#fail("the provider sent a delta without index or content", emit);
    if (this.#passedOver.has(index)) return;
    switch (delta["type"]) {
      case "text_delta": {
        const { text } = delta;
        if (typeof text !== "string") return this.#fail("the provider sent a text_delta without text", emit);
        if (text !== "") this.#sequencer.push(index, { type: "text", text }, emit);
        return;
      }
      case "input_json_delta": {
        const { partial_json: json } = delta;
        if (typeof json !== "string") return this.#fail("the provider sent an input_json_delta without partial_json", emit);
        const held = this.#calls.get(index);
        // Without its start nobody knows which tool is called.
        if (json === "" || held === undefined) return;
        if (held !== "") this.#calls.set(index, "");
        this.#sequencer.push(index, { type: "arguments", json }, emit);
        return;
      }
      case "thinking_delta": {
        const { thinking } = delta;
        if (typeof thinking !== "string") return this.#fail("the provider sent a thinking_delta without thinking", emit);
        if (thinking !== "") this.#sequencer.push(index, { type: "reasoning", text: thinking }, emit);
        return;
      }
      case "signature_delta":
        return this.#sign(index, delta["signature"], emit);
      case "citations_delta": {
        const citation = readCitation(delta["citation"]);
        if (citation !== undefined) this.#sequencer.push(index, { type: "citation", citation }, emit);
        return;
      }
      default:
    }
  }

  #closeBlock(index: JsonValue | undefined, emit: Emit): void {
    if (typeof index !== "number") return this.#fail("the provider sent a content_block_stop without index", emit);
    this.#flush(index, emit);
    this.#calls.delete(index);
    this.#passedOver.delete(index);
    this.#sequencer.close(index, emit);
  }

  #readEnd(data: JsonObject, emit: Emit): void {
    const delta = isJsonObject(data["delta"]) ? data["delta"] : {};
    addCounts(this.#counts, data["usage"]);
    emit({ type: "usage", usage: usageOf(this.#counts) });
    const { stop_reason: reason, stop_sequence: sequence, stop_details: details } = delta;
    if (typeof reason !== "string") return;
    this.end(emit);
    emitRefusal(details, emit);
    emit({ type: "finish", reason: readStopReason(reason), stopSequence: typeof sequence === "string" ? sequence : undefined });
  }

  #sign(index: number, value: JsonValue | undefined, emit: Emit): void {
    if (typeof value !== "string" || value === "") return;
    this.#sequencer.push(index, { type: "signature", signature: { maker: "anthropic", value } }, emit);
  }

  #flush(index: number, emit: Emit): void {
    const held = this.#calls.get(index) ?? "";
    if (held !== "") this.#sequencer.push(index, { type: "arguments", json: held }, emit);
  }

  #fail(message: string, emit: Emit): void {
    this.#isOver = true;
    emit({ type: "failure", failure: { status: 502, message } });
  }
}

/** An input that is there from the start; empty for the `{}` that stands for pieces to come. */
function wholeInput(input: JsonValue | undefined): string {
  return isJsonObject(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : "";
}

/** Anthropic's classifiers stop an answer without a word of the model; what they say of it is its refusal. */
export function emitRefusal(details: JsonValue | undefined, emit: Emit): void {
  const text = isJsonObject(details) && details["type"] === "refusal" ? details["explanation"] : undefined;
  if (typeof text !== "string" || text === "") return;
  emit({ type: "refusal", text });
  emit({ type: "block-end" });
}
