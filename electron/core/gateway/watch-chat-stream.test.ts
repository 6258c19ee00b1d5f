import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Usage } from "#core/dialects/chat.ts";
import type { Ending } from "#core/dialects/conductor.ts";
import { WatchedChatStream } from "./watch-chat-stream.ts";

// Shapes of https://platform.openai.com/docs/api-reference/chat-streaming
const text = (content: string, extra = ""): string =>
  `data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"finish_reason":null}]${extra}}\n\n`;
const finish =
  'data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}\n\n';
const usage = 'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}\n\n';
const done = "data: [DONE]\n\n";

const whole = `: OPENROUTER PROCESSING\n\n${text('Hällo "usage" and "error"')}${text(" 世界", ',"usage":null')}${finish}${usage}${done}`;

function run(
  stream: string,
  options: { hidesUsage: boolean; sizes?: readonly number[] },
): { sent: string; end: { ending: Ending; usage: Usage | null; errorMessage: string | null } } {
  const tap = new WatchedChatStream({ hidesUsage: options.hidesUsage, mustSayEnd: true, hasOpening: true });
  const bytes = Buffer.from(stream);
  const sent: Buffer[] = [];
  let at = 0;
  for (const size of [...(options.sizes ?? []), bytes.length]) {
    if (at >= bytes.length) break;
    const lines = tap.feed(bytes.subarray(at, at + size));
    if (lines !== null) sent.push(lines);
    at += size;
  }
  const end = tap.end();
  if (end.rest !== null) sent.push(end.rest);
  return {
    sent: Buffer.concat(sent).toString(),
    end: { ending: end.ending, usage: tap.usage, errorMessage: tap.failure?.message ?? null },
  };
}

const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 200 });
const lineEnds = fc.constantFrom("\n", "\r\n", "\r");

describe("WatchedChatStream", () => {
  it("passes every byte on, finds the usage and the end, however the bytes are split and the lines end", () => {
    fc.assert(
      fc.property(sizes, lineEnds, (split, lineEnd) => {
        const stream = whole.replaceAll("\n", lineEnd);
        const { sent, end } = run(stream, { hidesUsage: false, sizes: split });
        expect(sent).toBe(stream);
        expect(end).toMatchObject({
          ending: "finished",
          usage: { inputTokens: 3, outputTokens: 2 },
          errorMessage: null,
        });
      }),
    );
  });

  it("keeps exactly the usage frame from a client that did not ask for it", () => {
    fc.assert(
      fc.property(sizes, lineEnds, (split, lineEnd) => {
        const { sent, end } = run(whole.replaceAll("\n", lineEnd), { hidesUsage: true, sizes: split });
        expect(sent).toBe(whole.replace(usage, "").replaceAll("\n", lineEnd));
        expect(end.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
      }),
    );
  });

  it("takes the last running total where every chunk carries one, and hides none of those chunks", () => {
    const stream = `${text("a", ',"usage":{"prompt_tokens":3,"completion_tokens":1}')}${text("b", ',"usage": {"prompt_tokens":3,"completion_tokens":2}')}${done}`;
    const { sent, end } = run(stream, { hidesUsage: true });
    expect(sent).toBe(stream);
    expect(end.usage).toMatchObject({ inputTokens: 3, outputTokens: 2 });
  });

  it("finds Groq's usage one level down", () => {
    const { end } = run(`${finish.replace('"usage":null', '"x_groq":{"id":"r","usage":{"prompt_tokens":7}}')}${done}`, {
      hidesUsage: false,
    });
    expect(end.usage).toMatchObject({ inputTokens: 7 });
  });

  it.each([
    ["a finish reason without [DONE]", text("a") + finish, "finished"],
    ["[DONE] without a blank line", `${text("a")}data: [DONE]`, "finished"],
    ["a finish reason, then many keep-alive comments", text("a") + finish + usage + done, "finished"],
    ["no end at all", text("a") + text("b"), "truncated"],
    ["nothing", "", "truncated"],
    ["half a line", `${text("a")}data: {"choices":[{"finish_`, "truncated"],
    ["an answer that only talks about [DONE]", text("data: [DONE]") + text('"finish_reason":"stop"'), "truncated"],
    ["an error frame", `${text("a")}data: {"error":{"message":"overloaded","code":529}}\n\n`, "failed"],
    ["an error frame, then [DONE]", `data: {"error":{"message":"overloaded"}}\n\n${done}`, "failed"],
  ])("judges %s", (_name, stream, ending) => {
    expect(run(stream, { hidesUsage: false }).end.ending).toBe(ending);
  });

  it("lets nothing through behind an error frame, least of all an end", () => {
    const error = 'data: {"error":{"message":"overloaded"}}';
    const { sent } = run(`${text("a")}${error}\n\n${text("b")}${finish}${done}`, { hidesUsage: false });
    expect(sent).toBe(text("a") + error);
  });

  it("reads the error's words as UTF-8", () => {
    expect(run('data: {"error":{"message":"überlastet 世"}}\n\n', { hidesUsage: false }).end.errorMessage).toBe("überlastet 世");
  });

  it.each([
    ["a frame that only names the role", 'data: {"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n', false],
    ["comments", ": keep-alive\n\n", false],
    ["text", text("a"), true],
    ["reasoning", 'data: {"choices":[{"delta":{"role":"assistant","reasoning_content":"hm"}}]}\n\n', true],
    ["a tool call", 'data: {"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}\n\n', true],
    ["an answer that is empty", finish, true],
    ["what is no chunk", "data: hello\n\n", true],
  ])("tells whether the answer has begun with %s", (_name, frame, begun) => {
    const tap = new WatchedChatStream({ hidesUsage: false, mustSayEnd: true, hasOpening: true });
    tap.feed(Buffer.from(frame));
    expect(tap.hasBegun).toBe(begun);
  });

  it("says when a line outgrows 1 MiB, so that it is not held for ever", () => {
    const tap = new WatchedChatStream({ hidesUsage: false, mustSayEnd: true, hasOpening: true });
    for (let index = 0; index < 17; index++) tap.feed(Buffer.alloc(65_536, 0x61));
    expect(tap.overflowed).toBe(true);
  });
});
