import type { Frame } from "#core/wire/frame.ts";
import type { Failure, StartEvent, WriteEvent } from "../chat.ts";
import type { ReplyMeta, ReplyWriter } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { writeCitation } from "./citations.ts";
import { finishReasons } from "./finish-reason.ts";
import { writeLogprob } from "./logprobs.ts";
import { writeUsage } from "./usage.ts";

type Emit = (frame: Frame) => void;

/**
 * Writes a stream of Cohere's v2 chat: `message-start`; `content-start`, deltas and `content-end` for each text and
 * thought; `tool-call-start`, deltas and `tool-call-end` for each call, counted apart; `message-end`.
 *
 * @see https://docs.cohere.com/v2/docs/streaming
 */
export function openWriter(meta: ReplyMeta): ReplyWriter {
  let open: "text" | "thinking" | "call" | null = null;
  let contents = 0;
  let calls = 0;
  let citations = 0;
  let id: string | undefined;
  /** The open block's delta up to its text, and what follows. */
  let head = "";
  const contentTail = "}}}}";

  function send(emit: Emit, type: string, rest: JsonObject): void {
    emit({ event: type, data: JSON.stringify({ type, ...rest }) });
  }

  function openContent(emit: Emit, kind: "text" | "thinking"): void {
    if (open === kind) return;
    open = kind;
    send(emit, "content-start", { index: contents, delta: { message: { content: { type: kind, [kind]: "" } } } });
    head = `{"type":"content-delta","index":${contents},"delta":{"message":{"content":{"${kind}":`;
  }

  function close(emit: Emit): void {
    if (open === "call") send(emit, "tool-call-end", { index: calls++ });
    else if (open !== null) send(emit, "content-end", { index: contents++ });
    open = null;
  }

  function write(event: WriteEvent, emit: Emit): void {
    switch (event.type) {
      case "text":
      case "refusal":
        openContent(emit, "text");
        return emit({ event: "content-delta", data: `${head}${JSON.stringify(event.text)}${contentTail}` });
      case "reasoning":
        openContent(emit, "thinking");
        return emit({ event: "content-delta", data: `${head}${JSON.stringify(event.text)}${contentTail}` });
      case "arguments":
        return emit({ event: "tool-call-delta", data: `${head}${JSON.stringify(event.json)}}}}}}` });
      case "tool-call":
        open = "call";
        head = `{"type":"tool-call-delta","index":${calls},"delta":{"message":{"tool_calls":{"function":{"arguments":`;
        return send(emit, "tool-call-start", {
          index: calls,
          delta: { message: { tool_calls: { id: event.id, type: "function", function: { name: event.name, arguments: "" } } } },
        });
      case "logprobs":
        openContent(emit, "text");
        for (const token of event.tokens)
          send(emit, "content-delta", { index: contents, delta: { message: { content: { text: "" } } }, logprobs: writeLogprob(token) });
        return;
      case "citation":
        openContent(emit, "text");
        send(emit, "citation-start", {
          index: citations,
          delta: { message: { citations: { ...writeCitation(event.citation, `doc:${citations}`), content_index: contents } } },
        });
        return send(emit, "citation-end", { index: citations++ });
      case "block-end":
        return close(emit);
      case "signature":
      case "media":
        // Cohere has a place for neither.
        return;
      case "start":
        return writeStart(event, emit);
      case "close":
        return send(emit, "message-end", {
          id,
          delta: { finish_reason: finishReasons[event.reason], usage: writeUsage(event.usage) },
        });
    }
  }

  function writeStart(event: StartEvent, emit: Emit): void {
    id = event.id ?? meta.newId("");
    send(emit, "message-start", {
      id,
      delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
    });
  }

  function fail(failure: Failure, emit: Emit): void {
    send(emit, "message-end", { id, delta: { error: failure.message, finish_reason: "ERROR" } });
  }

  return { write, fail };
}
