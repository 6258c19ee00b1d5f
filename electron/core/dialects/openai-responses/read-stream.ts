import type { Frame } from "#core/wire/frame.ts";
import type { ReadEvent } from "../chat.ts";
import type { ReplyReader } from "../dialect.ts";
import { isJsonObject, parseJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { AnswerReader, partsPerItem } from "./answer-reader.ts";
import { malformed } from "./failure.ts";

/**
 * Begins to read a stream of the Responses API. Events that tell nothing of the answer's content, and those that nobody
 * documented, are passed over.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function openReader(): ReplyReader {
  const answer = new AnswerReader();
  return {
    read(frame, emit) {
      if (!answer.isOver) readFrame(frame, answer, emit);
    },
    // Nothing is held back that would be whole: an answer without its last event was cut off.
    end() {},
  };
}

function readFrame(frame: Frame, answer: AnswerReader, emit: (event: ReadEvent) => void): void {
  // Some servers end as the chat API does.
  if (frame.data === "[DONE]") return emit({ type: "end" });
  const event = parseJsonObject(frame.data);
  if (event === null) return emit({ type: "failure", failure: malformed("an event that is no JSON object") });
  switch (event["type"] ?? frame.event) {
    case "response.output_text.delta": {
      const { delta } = event;
      if (typeof delta !== "string") return tellMalformed(emit);
      return answer.text(placeOf(event), indexOf(event["content_index"]), delta, event["logprobs"], emit);
    }
    case "response.function_call_arguments.delta":
    case "response.custom_tool_call_input.delta": {
      const { delta } = event;
      if (typeof delta !== "string") return tellMalformed(emit);
      return answer.argument(placeOf(event), delta, emit);
    }
    case "response.reasoning_summary_text.delta": {
      const { delta } = event;
      if (typeof delta !== "string") return tellMalformed(emit);
      return answer.thought(placeOf(event), "summary", indexOf(event["summary_index"]), delta, emit);
    }
    case "response.reasoning_text.delta": {
      const { delta } = event;
      if (typeof delta !== "string") return tellMalformed(emit);
      return answer.thought(placeOf(event), "content", indexOf(event["content_index"]), delta, emit);
    }
    case "response.refusal.delta": {
      const { delta } = event;
      if (typeof delta !== "string") return tellMalformed(emit);
      return answer.refusal(placeOf(event), indexOf(event["content_index"]), delta, emit);
    }
    case "response.function_call_arguments.done":
      return typeof event["arguments"] === "string" ? answer.allArguments(placeOf(event), event["arguments"], emit) : undefined;
    case "response.custom_tool_call_input.done":
      return typeof event["input"] === "string" ? answer.allArguments(placeOf(event), event["input"], emit) : undefined;
    case "response.output_text.annotation.added":
      return answer.annotation(placeOf(event), indexOf(event["content_index"]), event["annotation"], emit);
    case "response.content_part.done": {
      const { part } = event;
      return isJsonObject(part) ? answer.partDone(placeOf(event), indexOf(event["content_index"]), part, emit) : undefined;
    }
    case "response.output_item.added": {
      const { item } = event;
      return isJsonObject(item) ? answer.addItem(placeOf(event), item, emit) : tellMalformed(emit);
    }
    case "response.output_item.done": {
      const { item } = event;
      return isJsonObject(item) ? answer.itemDone(placeOf(event), item, emit) : tellMalformed(emit);
    }
    case "response.created":
    case "response.in_progress":
    case "response.queued":
      return answer.start(event["response"], emit);
    case "response.completed":
    case "response.incomplete":
    case "response.failed":
    case "response.cancelled":
      return readEnd(event, answer, emit);
    case "error":
      return answer.fail(isJsonObject(event["error"]) ? event["error"] : event, emit);
    default:
      // An error that is no event, as proxies send it.
      if (event["type"] === undefined && isJsonObject(event["error"])) answer.fail(event["error"], emit);
  }
}

function readEnd(event: JsonObject, answer: AnswerReader, emit: (event: ReadEvent) => void): void {
  const { type, response } = event;
  // The event's name counts where its answer says nothing of how it ended.
  const status = typeof type === "string" ? type.slice("response.".length) : "completed";
  if (!isJsonObject(response)) return answer.finish({ status }, emit);
  answer.finish(response["status"] === undefined || response["status"] === null ? { ...response, status } : response, emit);
}

function tellMalformed(emit: (event: ReadEvent) => void): void {
  emit({ type: "failure", failure: malformed("an event without what it is about") });
}

/** Where an item stands: by its index, or by its id where a server sends none. */
function placeOf(event: JsonObject): number | string {
  const { output_index: index, item_id: id } = event;
  if (typeof index === "number") return index;
  return typeof id === "string" ? id : idOf(event["item"]);
}

function idOf(item: JsonValue | undefined): string {
  return isJsonObject(item) && typeof item["id"] === "string" ? item["id"] : "";
}

function indexOf(value: JsonValue | undefined): number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < partsPerItem ? value : 0;
}
