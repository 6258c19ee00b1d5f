import type { Frame } from "#core/wire/frame.ts";
import type { Failure, WriteEvent } from "../chat.ts";
import type { ReplyWriter } from "../dialect.ts";
import type { JsonValue } from "../json.ts";
import { writeCitation } from "./citations.ts";
import { exceptionFor } from "./failure.ts";
import { formatOf, imageFormats } from "./formats.ts";
import { stopReasons } from "./stop-reason.ts";
import { writeUsage } from "./usage.ts";

/** The exceptions that ConverseStream may send after it has begun to answer. */
const streamExceptions: ReadonlySet<string> = new Set([
  "internalServerException",
  "modelStreamErrorException",
  "validationException",
  "throttlingException",
  "serviceUnavailableException",
]);

/**
 * Writes a ConverseStream: `messageStart`, then each block's deltas and its stop (a start only for tools and images),
 * `messageStop`, `metadata`.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html
 */
export function openWriter(): ReplyWriter {
  /** The block that is open or comes next. */
  let index = 0;
  let isOpen = false;
  let deltaHead = `{"contentBlockIndex":0,"delta":`;

  function send(emit: (frame: Frame) => void, event: string, data: JsonValue): void {
    emit({ event, data: JSON.stringify(data) });
  }

  function sendDelta(emit: (frame: Frame) => void, head: string, value: string, tail: string): void {
    isOpen = true;
    emit({ event: "contentBlockDelta", data: `${deltaHead}${head}${JSON.stringify(value)}${tail}` });
  }

  function close(emit: (frame: Frame) => void): void {
    if (!isOpen) return;
    send(emit, "contentBlockStop", { contentBlockIndex: index });
    index++;
    isOpen = false;
    deltaHead = `{"contentBlockIndex":${index},"delta":`;
  }

  function write(event: WriteEvent, emit: (frame: Frame) => void): void {
    switch (event.type) {
      case "text":
      case "refusal":
        return sendDelta(emit, '{"text":', event.text, "}}");
      case "reasoning":
        return sendDelta(emit, '{"reasoningContent":{"text":', event.text, "}}}");
      case "arguments":
        return sendDelta(emit, '{"toolUse":{"input":', event.json, "}}}");
      case "signature":
        return sendDelta(
          emit,
          event.signature.isRedacted === true ? '{"reasoningContent":{"redactedContent":' : '{"reasoningContent":{"signature":',
          event.signature.value,
          "}}}",
        );
      case "tool-call":
        isOpen = true;
        return send(emit, "contentBlockStart", { contentBlockIndex: index, start: { toolUse: { toolUseId: event.id, name: event.name } } });
      case "citation":
        isOpen = true;
        return send(emit, "contentBlockDelta", { contentBlockIndex: index, delta: { citation: writeCitation(event.citation) } });
      case "media": {
        const format = formatOf(imageFormats, event.mediaType);
        // A sound has no place in an answer of Converse.
        if (format === undefined) return;
        send(emit, "contentBlockStart", { contentBlockIndex: index, start: { image: { format } } });
        sendDelta(emit, '{"image":{"source":{"bytes":', event.data, "}}}}");
        return close(emit);
      }
      case "block-end":
        return close(emit);
      case "logprobs":
        return;
      case "start":
        return send(emit, "messageStart", { role: "assistant" });
      case "close":
        send(emit, "messageStop", {
          stopReason: stopReasons[event.reason],
          additionalModelResponseFields: event.stopSequence === undefined ? undefined : { stop_sequence: event.stopSequence },
        });
        return send(emit, "metadata", { usage: writeUsage(event.usage), metrics: { latencyMs: 0 } });
    }
  }

  function fail(failure: Failure, emit: (frame: Frame) => void): void {
    const exception = exceptionFor(failure.status);
    if (streamExceptions.has(exception)) return send(emit, exception, { message: failure.message });
    send(emit, "modelStreamErrorException", { message: failure.message, originalStatusCode: failure.status });
  }

  return { write, fail };
}
