import { describe, expect, it } from "vitest";
import { readFixture, readFixtures } from "../../../../test/fakes/fixture.ts";
import { SseDecoder } from "#core/wire/sse.ts";
import type { ChatReply, Failure, ReadEvent, WriteEvent } from "../chat.ts";
import { Conductor } from "../conductor.ts";
import { foldReply } from "../fold-reply.ts";
import type { JsonObject } from "../json.ts";
import { openReader } from "./read-stream.ts";
import { readReply } from "./reply.ts";

/** The events of a stream's text, and of an object each for a part's JSON. */
function events(stream: string | readonly JsonObject[]): readonly ReadEvent[] {
  const found: ReadEvent[] = [];
  const reader = openReader();
  const emit = (event: ReadEvent): void => void found.push(event);
  if (typeof stream === "string") {
    const decoder = new SseDecoder();
    decoder.feed(Buffer.from(stream), (frame) => reader.read(frame, emit));
    decoder.end((frame) => reader.read(frame, emit));
  } else for (const body of stream) reader.read({ event: null, data: JSON.stringify(body) }, emit);
  reader.end(emit);
  return found;
}

/** What a client gets of it: the answer, with the ids that were made here left out, or how it broke. */
function outcome(read: readonly ReadEvent[]): ChatReply | Failure | "truncated" {
  const written: WriteEvent[] = [];
  const conductor = new Conductor((event) => written.push(event));
  for (const event of read) conductor.take(event);
  const ending = conductor.finish();
  if (ending === "failed") return conductor.failure as Failure;
  if (ending === "truncated") return ending;
  return JSON.parse(JSON.stringify(foldReply(written)).replaceAll(/"call_[0-9a-f-]{36}"/g, '"call_new"')) as ChatReply;
}

const streamed = (name: string): ReturnType<typeof outcome> => outcome(events(readFixture(`gemini-generate/${name}.sse`).body as string));
const whole = (name: string): ReturnType<typeof outcome> =>
  outcome(readReply(readFixture(`gemini-generate/${name}.json`).body as JsonObject));
const google = (value: string): JsonObject => ({ maker: "google", value });
const text = (value: string): JsonObject => ({ type: "text", text: value, citations: [], logprobs: [] });
const frame = (parts: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: "model", parts }, index: 0, ...more }],
});
const stop = frame([{ text: "" }], { finishReason: "STOP" });
const first = "CpcBAdHtim9maXh0dXJlLXNpZ25hdHVyZS1vbmU=";
const second = "CpcBAdHtim9maXh0dXJlLXNpZ25hdHVyZS10d28=";

describe("fixtures", () => {
  it.each<[string, JsonObject]>([
    [
      "plain",
      {
        id: "fixture-response-1",
        model: "gemini-2.5-flash",
        blocks: [text("Hello! How are you today?")],
        reason: "stop",
        usage: { inputTokens: 8, outputTokens: 7 },
      },
    ],
    [
      "tool-calls",
      {
        blocks: [
          text("Let me look."),
          { type: "tool-call", id: "call_new", name: "get_weather", arguments: '{"city":"Paris"}' },
          { type: "tool-call", id: "call_new", name: "get_weather", arguments: '{"city":"Łódź"}' },
          { type: "tool-call", id: "call_new", name: "get_time", arguments: "{}" },
        ],
        reason: "tool-calls",
      },
    ],
    [
      "thoughts-tool-calls",
      {
        blocks: [
          { type: "reasoning", text: "**Planning**\n\nTwo cities, two calls." },
          { type: "tool-call", id: "a1b2c3d4", name: "get_weather", arguments: '{"city":"Paris"}', signature: google(first) },
          { type: "tool-call", id: "e5f6a7b8", name: "get_weather", arguments: '{"city":"London"}' },
        ],
        reason: "tool-calls",
        usage: { inputTokens: 60, outputTokens: 55, reasoningTokens: 25 },
      },
    ],
    [
      "thoughts-text",
      {
        blocks: [
          { type: "reasoning", text: "Count the letters one by one." },
          text("There are three."),
          { type: "reasoning", text: "", signature: { ...google(second), isRedacted: true } },
        ],
        reason: "stop",
      },
    ],
    ["length", { blocks: [text("Once upon a time")], reason: "length" }],
    ["safety", { blocks: [text("I would first")], reason: "content-filter" }],
    ["prompt-blocked", { blocks: [], reason: "content-filter", usage: { inputTokens: 6 } }],
    [
      "grounding",
      {
        blocks: [
          {
            type: "text",
            text: "Żubr won the 2024 final. It was in Łódź.",
            citations: [
              { url: "https://news.example/final", title: "news.example", start: 0, end: 24 },
              { url: "https://wiki.example/2024", title: "wiki.example", start: 0, end: 24 },
              { url: "https://wiki.example/2024", title: "wiki.example", start: 25, end: 40 },
            ],
          },
        ],
        usage: { inputTokens: 57, outputTokens: 20 },
      },
    ],
    ["code-execution", { blocks: [text("Let me compute. It is 4.")], reason: "stop" }],
    ["malformed-call", { status: 502, code: "MALFORMED_FUNCTION_CALL", message: "Malformed function call: print(get_weather(" }],
  ])("%s is the same streamed and whole", (name, wanted) => {
    expect(whole(name)).toMatchObject(wanted);
    expect(streamed(name === "plain" ? "stream" : `stream-${name}`)).toEqual(whole(name));
  });

  it.each<[string, JsonObject]>([
    ["length-in-thought", { blocks: [], reason: "length", usage: { inputTokens: 5, outputTokens: 32, reasoningTokens: 32 } }],
    ["cached", { usage: { inputTokens: 2152, cachedInputTokens: 2027, outputTokens: 36, reasoningTokens: 30 } }],
    ["image-output", { blocks: [text("Here it is."), { type: "media", mediaType: "image/png" }] }],
    ["structured-output", { blocks: [text('{"name":"Pancakes"}')] }],
    [
      "logprobs",
      {
        blocks: [
          {
            logprobs: [
              {
                token: "Yes",
                logprob: -0.1,
                top: [
                  { token: "Yes", logprob: -0.1 },
                  { token: "No", logprob: -2.4 },
                ],
              },
              {
                token: ".",
                logprob: -0.01,
                top: [
                  { token: ".", logprob: -0.01 },
                  { token: "!", logprob: -4.6 },
                ],
              },
            ],
          },
        ],
      },
    ],
  ])("%s", (name, wanted) => {
    expect(whole(name)).toMatchObject(wanted);
  });

  it("tells an error in the middle, a cut stream and late usage apart", () => {
    expect(streamed("stream-error")).toEqual({
      status: 503,
      code: "UNAVAILABLE",
      message: "The model is overloaded. Please try again later.",
    });
    expect(streamed("stream-truncated")).toBe("truncated");
    expect(streamed("stream-usage-last")).toMatchObject({ reason: "stop", usage: { inputTokens: 5, outputTokens: 2 } });
  });

  it("reads every stream the same with CRLF, as Google sends it", () => {
    for (const { body } of readFixtures("gemini-generate")) {
      if (typeof body !== "string") continue;
      expect(outcome(events(body.replaceAll("\n", "\r\n")))).toEqual(outcome(events(body)));
    }
  });
});

describe("traps", () => {
  it("gives every call an id of its own, even where Google repeats one", () => {
    const call = { functionCall: { name: "f", id: "same" } };
    const ids = events([frame([call, call]), frame([{ functionCall: { name: "f" } }])]).flatMap((event) =>
      event.type === "tool-call" ? [event.id] : [],
    );
    expect(ids[0]).toBe("same");
    expect(new Set(ids).size).toBe(3);
  });

  it("reads candidate 0 alone", () => {
    const other = { content: { parts: [{ text: "B" }] }, index: 1, finishReason: "STOP" };
    const own = { content: { parts: [{ text: "A" }] }, finishReason: "STOP" };
    expect(outcome(events([{ candidates: [other, own] }]))).toMatchObject({ blocks: [text("A")] });
  });

  it("signs a thought with what stands on it, and keeps two signed thoughts apart", () => {
    const thought = (said: string, thoughtSignature: string): JsonObject => ({ text: said, thought: true, thoughtSignature });
    expect(outcome(events([frame([thought("a", "s1")]), frame([thought("b", "s2"), { text: "c" }]), stop]))).toMatchObject({
      blocks: [
        { type: "reasoning", text: "a", signature: google("s1") },
        { type: "reasoning", text: "b", signature: google("s2") },
        { type: "text", text: "c" },
      ],
    });
  });

  it("keeps a signature before a call, and two in a row", () => {
    const blocks = [
      { text: "", thoughtSignature: "s1" },
      { thoughtSignature: "s2" },
      { functionCall: { name: "f" }, thoughtSignature: "s3" },
    ];
    expect(outcome(events([frame(blocks), stop]))).toMatchObject({
      blocks: [{ signature: google("s1") }, { signature: google("s2") }, { type: "tool-call", signature: google("s3") }],
    });
  });

  it("keeps citations with the text, although a signature came before them", () => {
    const chunk = { web: { uri: "https://x.example", title: "x" } };
    const last = frame([{ text: "", thoughtSignature: "s" }], { groundingMetadata: { groundingChunks: [chunk] }, finishReason: "STOP" });
    expect(outcome(events([frame([{ text: "A" }]), last]))).toMatchObject({
      blocks: [{ type: "text", text: "A", citations: [{ url: "https://x.example" }] }, { type: "reasoning" }],
    });
  });

  it("tells a source once that several frames repeat", () => {
    const grounded = frame([{ text: "A" }], { citationMetadata: { citationSources: [{ endIndex: 1, uri: "https://x.example" }] } });
    const found = events([
      grounded,
      { ...grounded, candidates: [{ ...(grounded["candidates"] as JsonObject[])[0], content: undefined }] },
      stop,
    ]);
    expect(found.filter(({ type }) => type === "citation")).toEqual([
      { type: "citation", citation: { url: "https://x.example", title: undefined, start: 0, end: 1 } },
    ]);
  });

  it("passes over what Google's tools did and what nobody documented", () => {
    const parts = [{ toolCall: { toolType: "GOOGLE_SEARCH" } }, { toolResponse: {} }, { somethingNew: 1 }, {}, { text: "A" }];
    expect(outcome(events([{ newMember: true }, frame(parts), { candidates: [] }, stop]))).toMatchObject({
      blocks: [text("A")],
      reason: "stop",
    });
  });

  it("takes [DONE], which imitators send, as the end", () => {
    const end = events(`data: ${JSON.stringify(stop)}\n\ndata: [DONE]\n\n`);
    expect(end.at(-1)).toEqual({ type: "end" });
    expect(outcome(end)).toMatchObject({ reason: "stop" });
  });

  it.each<[string, string]>([
    ["MAX_TOKENS", "length"],
    ["CONTINUATION", "length"],
    ["SAFETY", "content-filter"],
    ["RECITATION", "content-filter"],
    ["BLOCKLIST", "content-filter"],
    ["PROHIBITED_CONTENT", "content-filter"],
    ["SPII", "content-filter"],
    ["LANGUAGE", "content-filter"],
    ["IMAGE_SAFETY", "content-filter"],
    ["OTHER", "content-filter"],
    ["SOMETHING_NEW", "content-filter"],
  ])("ends with %s as %s", (finishReason, reason) => {
    expect(outcome(events([frame([{ text: "A" }], { finishReason })]))).toMatchObject({ reason });
  });

  it.each(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE"])(
    "fails with %s",
    (finishReason) => {
      expect(outcome(events([frame([], { finishReason })]))).toEqual({
        status: 502,
        code: finishReason,
        message: `The model's answer could not be used: ${finishReason}`,
      });
    },
  );

  it("does not end at an unspecified reason", () => {
    expect(outcome(events([frame([{ text: "A" }], { finishReason: "FINISH_REASON_UNSPECIFIED" })]))).toBe("truncated");
  });
});

describe("malformed answers", () => {
  it.each<[string, string]>([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["candidates", '{"candidates":{}}'],
    ["a candidate", '{"candidates":[1]}'],
    ["parts", '{"candidates":[{"content":{"parts":{}}}]}'],
    ["a part", '{"candidates":[{"content":{"parts":[null]}}]}'],
    ["a text", '{"candidates":[{"content":{"parts":[{"text":1}]}}]}'],
    ["a call without a name", '{"candidates":[{"content":{"parts":[{"functionCall":{}}]}}]}'],
    ["arguments", '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":"{}"}}]}}]}'],
    ["arguments in pieces", '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","partialArgs":[]}}]}}]}'],
  ])("%s is a failure of the provider", (_name, data) => {
    expect(outcome(events(`data: ${data}\n\n`))).toMatchObject({ status: 502 });
  });

  it("an answer without candidates is one, and the error that it holds is told", () => {
    expect(outcome(readReply({}))).toMatchObject({ status: 502 });
    expect(outcome(readReply({ error: { code: 429, message: "slow", status: "RESOURCE_EXHAUSTED" } }))).toMatchObject({
      status: 429,
      message: "slow",
    });
  });
});
