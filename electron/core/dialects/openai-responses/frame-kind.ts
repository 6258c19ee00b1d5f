import type { Frame } from "#core/wire/frame.ts";
import { isJsonObject, parseJsonObject } from "../json.ts";

/**
 * What a stream's frame means to whoever relays it: `opening` says nothing yet of the answer, `end` that it is whole
 * (or was cut short by the provider's own decision), `error` that it failed; `content` is anything else.
 */
export type FrameKind = "opening" | "content" | "end" | "error";

/** Tells what kind of frame one of the Responses API is. Its name says so; where it has none, the JSON's `type`. */
export function readFrameKind(frame: Frame): FrameKind {
  return kinds.get(frame.event ?? "") ?? (frame.event === null || frame.event === "message" ? kindOfData(frame.data) : "content");
}

const kinds: ReadonlyMap<string, FrameKind> = new Map([
  ["response.created", "opening"],
  ["response.queued", "opening"],
  ["response.in_progress", "opening"],
  ["response.output_item.added", "opening"],
  ["response.content_part.added", "opening"],
  ["response.reasoning_summary_part.added", "opening"],
  ["keepalive", "opening"],
  ["response.completed", "end"],
  ["response.incomplete", "end"],
  ["response.failed", "error"],
  ["response.cancelled", "error"],
  ["error", "error"],
]);

function kindOfData(data: string): FrameKind {
  const event = parseJsonObject(data);
  if (event === null) return "content";
  const { type } = event;
  if (typeof type === "string") return kinds.get(type) ?? "content";
  return isJsonObject(event["error"]) ? "error" : "content";
}
