import { describe, expect, test } from "vitest";
import { dialects } from "../../../test/fakes/dialects.ts";
import { endsFrame } from "./ends-frame.ts";
import type { ReplyStream } from "./reply-stream.ts";
import { WatchedChatStream } from "./watch-chat-stream.ts";
import { WatchedStream } from "./watch-stream.ts";

describe.each<[string, () => ReplyStream]>([
  ["Messages", () => new WatchedStream(dialects["anthropic-messages"])],
  ["Responses", () => new WatchedStream(dialects["openai-responses"])],
  ["chat", () => new WatchedChatStream({ hidesUsage: false, mustSayEnd: true, hasOpening: true })],
])("a relayed stream of %s", (_name, open) => {
  test.each(["\n", "\r\n"])("gives no sign of life in the middle of a frame whose lines end in %j", (newline) => {
    const stream = open();
    expect(stream.heartbeat).toContain("ping");
    stream.feed(Buffer.from(`event: ping${newline}`));
    expect(stream.heartbeat).toBe("");
    stream.feed(Buffer.from(`more${newline}${newline}${newline}`));
    expect(stream.heartbeat).toContain("ping");
  });
});

describe("endsFrame()", () => {
  test.each(["", "\n\n", "a\n\n", "a\r\n\r\n", "a\r\r", "\n\r\n", "a\r\n\n"])("%j is between two frames", (tail) => {
    expect(endsFrame(Buffer.from(tail))).toBe(true);
  });

  test.each(["a", "a\n", "a\r\n", "a\r", "\n\na", "\n\na\r\n"])("%j is inside of one", (tail) => {
    expect(endsFrame(Buffer.from(tail))).toBe(false);
  });
});
