import type { Frame } from "#core/wire/frame.ts";
import type { CloseEvent, Failure, Signature, StartEvent, WriteEvent } from "../chat.ts";
import type { ReplyMeta, ReplyWriter } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { writeCitation } from "./citations.ts";
import { writeFailure } from "./failure.ts";
import { mediaNote, messageId } from "./message.ts";
import { writeStopReason } from "./stop-reason.ts";
import { writeUsage } from "./usage.ts";

type Emit = (frame: Frame) => void;
type BlockType = "text" | "thinking" | "redacted_thinking" | "tool_use";

/**
 * Writes a stream of the Messages API: one block open at a time, numbered from 0, every start with its stop, and every
 * thinking block signed before it ends, with nothing where nobody signed it.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function openWriter(meta: ReplyMeta): ReplyWriter {
  return new Writer(meta);
}

class Writer implements ReplyWriter {
  readonly #meta: ReplyMeta;
  #index = -1;
  #open: BlockType | null = null;
  #isSigned = false;
  #hasRefusal = false;
  /** The open block's delta up to its text: most frames differ in nothing else. */
  #head = "";

  constructor(meta: ReplyMeta) {
    this.#meta = meta;
  }

  write(event: WriteEvent, emit: Emit): void {
    switch (event.type) {
      case "text":
        if (this.#open !== "text") this.#begin("text", { type: "text", text: "" }, emit);
        return this.#delta(event.text, emit);
      case "reasoning":
        if (this.#open !== "thinking") this.#begin("thinking", { type: "thinking", thinking: "", signature: "" }, emit);
        return this.#delta(event.text, emit);
      case "arguments":
        if (event.json !== "") this.#delta(event.json, emit);
        return;
      case "tool-call":
        return this.#begin("tool_use", { type: "tool_use", id: event.id, name: event.name, input: {} }, emit);
      case "block-end":
        return this.#end(emit);
      case "refusal":
        this.#hasRefusal = true;
        if (this.#open !== "text") this.#begin("text", { type: "text", text: "" }, emit);
        return this.#delta(event.text, emit);
      case "signature":
        return this.#sign(event.signature, emit);
      case "citation": {
        const citation = writeCitation(event.citation, this.#meta.request);
        if (citation === undefined) return;
        if (this.#open !== "text") this.#begin("text", { type: "text", text: "" }, emit);
        return send("content_block_delta", { index: this.#index, delta: { type: "citations_delta", citation } }, emit);
      }
      case "media":
        this.#begin("text", { type: "text", text: "" }, emit);
        this.#delta(mediaNote(event.mediaType), emit);
        return this.#end(emit);
      case "start":
        return this.#start(event, emit);
      case "close":
        return this.#close(event, emit);
      case "logprobs":
        // This API has no place for them.
        return;
      default:
        event satisfies never;
    }
  }

  fail(failure: Failure, emit: Emit): void {
    emit({ event: "error", data: JSON.stringify(writeFailure(failure)) });
  }

  #start({ id, model, usage }: StartEvent, emit: Emit): void {
    const message = {
      id: messageId(id, this.#meta),
      type: "message",
      role: "assistant",
      model: model ?? this.#meta.request.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: writeUsage(usage ?? {}),
    };
    send("message_start", { message }, emit);
    send("ping", {}, emit);
  }

  #begin(type: BlockType, block: JsonObject, emit: Emit): void {
    this.#end(emit);
    this.#open = type;
    this.#isSigned = false;
    this.#index++;
    this.#head = `{"type":"content_block_delta","index":${this.#index},"delta":{${heads[type]}`;
    send("content_block_start", { index: this.#index, content_block: block }, emit);
  }

  #delta(text: string, emit: Emit): void {
    emit({ event: "content_block_delta", data: `${this.#head}${JSON.stringify(text)}}}` });
  }

  #sign({ value, isRedacted }: Signature, emit: Emit): void {
    if (isRedacted === true) return this.#begin("redacted_thinking", { type: "redacted_thinking", data: value }, emit);
    if (this.#open !== "thinking") this.#begin("thinking", { type: "thinking", thinking: "", signature: "" }, emit);
    this.#isSigned = true;
    send("content_block_delta", { index: this.#index, delta: { type: "signature_delta", signature: value } }, emit);
  }

  #end(emit: Emit): void {
    if (this.#open === null) return;
    if (this.#open === "thinking" && !this.#isSigned) this.#sign({ maker: "anthropic", value: "" }, emit);
    this.#open = null;
    send("content_block_stop", { index: this.#index }, emit);
  }

  #close({ reason, stopSequence, usage }: CloseEvent, emit: Emit): void {
    const delta = { stop_reason: writeStopReason(reason, this.#hasRefusal), stop_sequence: stopSequence ?? null };
    send("message_delta", { delta, usage: writeUsage(usage) }, emit);
    send("message_stop", {}, emit);
  }
}

const heads: Readonly<Record<BlockType, string>> = {
  text: '"type":"text_delta","text":',
  thinking: '"type":"thinking_delta","thinking":',
  tool_use: '"type":"input_json_delta","partial_json":',
  redacted_thinking: "",
};

function send(type: string, members: JsonObject, emit: Emit): void {
  emit({ event: type, data: JSON.stringify({ type, ...members }) });
}
