import fc from "fast-check";
import { expect, test } from "vitest";
import { AnswerReader } from "../../../renderer/pages/chat/stream/answer-reader.ts";
import { readEvents } from "../../../renderer/data/read-events.ts";

function clock(): () => number {
  let nowMs = 0;
  return () => (nowMs += 100);
}

function read(deltas: readonly object[], finish: string | null = "stop"): AnswerReader {
  const reader = new AnswerReader(clock());
  for (const delta of deltas) reader.take(JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] }));
  if (finish !== null) reader.take(JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }));
  reader.finish();
  return reader;
}

test("thoughts come before words, with the time that they took", () => {
  const { parts } = read([{ reasoning_content: "Hm" }, { reasoning_content: "." }, { content: "Yes" }, { content: "!" }]);
  expect(parts).toEqual([
    { type: "reasoning", text: "Hm.", durationMs: 100 },
    { type: "text", text: "Yes!" },
  ]);
});

test("thoughts between tags are thoughts, however the tags are cut", () => {
  const text = "<think>\nOne <b> two</think>\n\nThree <think> four";
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
      const places = [0, ...cuts.toSorted((one, other) => one - other), text.length];
      const pieces = places.slice(1).map((end, index) => ({ content: text.slice(places[index], end) }));
      const parts = read(pieces).parts.map((part) => ("text" in part ? [part.type, part.text.trim()] : []));
      expect(parts).toEqual([
        ["reasoning", "One <b> two"],
        ["text", "Three <think> four"],
      ]);
    }),
  );
});

test("an answer that only begins like a tag is whole", () => {
  expect(read([{ content: "<thi" }, { content: "ngs>" }]).parts).toEqual([{ type: "text", text: "<things>" }]);
  expect(read([{ content: "<thi" }]).parts).toEqual([{ type: "text", text: "<thi" }]);
});

test("tool calls that come in pieces and side by side are put together", () => {
  const { parts } = read([
    { content: "I look." },
    { tool_calls: [{ index: 0, id: "a", function: { name: "read", arguments: "" } }] },
    { tool_calls: [{ index: 1, id: "b", function: { name: "list", arguments: '{"x"' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{"y":1}' } }] },
    { tool_calls: [{ index: 1, function: { arguments: ":2}" } }] },
  ]);
  expect(parts).toEqual([
    { type: "text", text: "I look." },
    { type: "tool-call", id: "a", name: "read", arguments: '{"y":1}', result: null },
    { type: "tool-call", id: "b", name: "list", arguments: '{"x":2}', result: null },
  ]);
});

test("what a stream says besides words is kept: model, tokens, the limit, an error", () => {
  const reader = new AnswerReader(clock());
  reader.take('{"model":"m-1","choices":[{"delta":{"content":"x"},"finish_reason":"length"}]}');
  reader.take('{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":2}}}');
  expect([reader.model, reader.ending, reader.inputTokens, reader.outputTokens, reader.reasoningTokens]).toEqual([
    "m-1",
    "length",
    3,
    5,
    2,
  ]);
  reader.take('{"error":{"message":"Cannot go on","code":"upstream_broken","type":"server_error"}}');
  expect(reader.error).toEqual({ code: "upstream_broken", message: "Cannot go on" });
});

test("what is no chunk is passed over", () => {
  const reader = new AnswerReader(clock());
  for (const data of ["", "x", "null", "[]", "3", '{"choices":3}', '{"choices":[{"delta":"x"}]}', '{"choices":[]}']) reader.take(data);
  expect(reader.parts).toEqual([]);
});

test("events are read however the bytes are cut, with every line ending and comments between", async () => {
  const text = ': hello\r\n\r\ndata: {"a":"ü€😀"}\r\n\r\ndata:{"b":1}\n\nevent: x\ndata: {"c":2}\r\rdata: [DONE]\n\ndata: {"never":1}\n\n';
  const bytes = new TextEncoder().encode(text);
  for (let size = 1; size < 12; size += 1) {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (let start = 0; start < bytes.length; start += size) controller.enqueue(bytes.slice(start, start + size));
        controller.close();
      },
    });
    const data: string[] = [];
    for await (const one of readEvents(body)) data.push(one);
    expect(data).toEqual(['{"a":"ü€😀"}', '{"b":1}', '{"c":2}']);
  }
});
