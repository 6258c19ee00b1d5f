import type { ReadEvent } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { AnswerReader } from "./answer-reader.ts";
import { malformed } from "./failure.ts";

/** Reads a whole answer, as its stream would have told it. What has no output and no error is no answer. */
export function readReply(body: JsonObject): readonly ReadEvent[] {
  const events: ReadEvent[] = [];
  const emit = (event: ReadEvent): void => void events.push(event);
  const answer = new AnswerReader();
  const hasError = body["status"] === "failed" || (body["error"] !== undefined && body["error"] !== null);
  if (!Array.isArray(body["output"]) && !hasError) {
    return [{ type: "failure", failure: { ...malformed("no output"), message: "The provider's answer has no output" } }];
  }
  answer.finish(body, emit);
  return events;
}
