import { describe, expect, it } from "vitest";
import { readFrameKind } from "./index.ts";

describe("readFrameKind()", () => {
  it.each([
    ["response.created", "opening"],
    ["response.in_progress", "opening"],
    ["response.output_item.added", "opening"],
    ["response.content_part.added", "opening"],
    ["response.output_text.delta", "content"],
    ["response.output_item.done", "content"],
    ["response.completed", "end"],
    ["response.incomplete", "end"],
    ["response.failed", "error"],
    ["error", "error"],
    ["response.something_new", "content"],
  ])("takes %s for %s, by its name or by its data alone", (type, kind) => {
    const data = JSON.stringify({ type });
    expect(readFrameKind({ event: type, data })).toBe(kind);
    expect(readFrameKind({ event: null, data })).toBe(kind);
  });

  it("takes an error without a type for one, and no [DONE] for an end", () => {
    expect(readFrameKind({ event: null, data: '{"error":{"message":"no"}}' })).toBe("error");
    expect(readFrameKind({ event: null, data: "[DONE]" })).toBe("content");
    expect(readFrameKind({ event: null, data: '{"delta":"{\\"type\\":\\"response.completed\\"}"}' })).toBe("content");
  });
});
