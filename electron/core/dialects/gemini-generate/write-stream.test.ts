import { describe, expect, it } from "vitest";
import { readFixtures } from "../../../../test/fakes/fixture.ts";
import { SseDecoder } from "#core/wire/sse.ts";
import type { ChatReply, Citation, ReadEvent, WriteEvent } from "../chat.ts";
import { Conductor } from "../conductor.ts";
import type { ReplyMeta } from "../dialect.ts";
import { foldReply } from "../fold-reply.ts";
import type { JsonObject } from "../json.ts";
import { openJsonArray } from "./json-array.ts";
import { openReader } from "./read-stream.ts";
import { readReply, writeReply } from "./reply.ts";
import { openWriter } from "./write-stream.ts";

const meta: ReplyMeta = {
  request: { model: "asked", stream: true, messages: [], tools: [] },
  body: {},
  nowSeconds: 0,
  newId: (prefix) => `${prefix}new`,
};
const hidden: ReplyMeta = { ...meta, request: { ...meta.request, reasoning: { visible: false } } };

/** The candidates of each frame that a writer makes of events; the ends of blocks are the conductor's. */
function frames(events: readonly ReadEvent[], how: ReplyMeta = meta): readonly JsonObject[] {
  return written(events, how).map((data) => JSON.parse(data) as JsonObject);
}

function written(events: readonly ReadEvent[], how: ReplyMeta = meta): readonly string[] {
  const found: string[] = [];
  const writer = openWriter(how);
  const conductor = new Conductor((event) => writer.write(event, (frame) => found.push(frame.data)));
  for (const event of events) conductor.take(event);
  conductor.finish();
  return found;
}

const candidate = (frame: JsonObject | undefined): JsonObject => (frame?.["candidates"] as readonly JsonObject[] | undefined)?.[0] ?? {};
const parts = (events: readonly ReadEvent[], how?: ReplyMeta): readonly unknown[] =>
  frames(events, how).map((frame) => (candidate(frame)["content"] as JsonObject | undefined)?.["parts"]);

function reply(events: readonly ReadEvent[]): ChatReply {
  const all: WriteEvent[] = [];
  const conductor = new Conductor((event) => all.push(event));
  for (const event of events) conductor.take(event);
  conductor.finish();
  return foldReply(all) as ChatReply;
}

const text = (said: string): ReadEvent => ({ type: "text", text: said });
const thought = (said: string): ReadEvent => ({ type: "reasoning", text: said });
const signature = (value: string): ReadEvent => ({ type: "signature", signature: { maker: "google", value } });
const call = (id: string, ...json: readonly string[]): readonly ReadEvent[] => [
  { type: "tool-call", id, name: `f_${id}` },
  ...json.map((piece): ReadEvent => ({ type: "arguments", json: piece })),
];
const finish = (reason: ChatReply["reason"] = "stop"): ReadEvent => ({ type: "finish", reason });
const called = (id: string, args: JsonObject): JsonObject => ({ functionCall: { id, name: `f_${id}`, args } });

describe("openWriter", () => {
  it("writes a frame for each piece, a whole call in one, and the reason and usage last", () => {
    const usage: ReadEvent = { type: "usage", usage: { inputTokens: 10, cachedInputTokens: 4, outputTokens: 9, reasoningTokens: 3 } };
    const same = { modelVersion: "m", responseId: "r" };
    const of = (part: JsonObject): JsonObject => ({ candidates: [{ content: { role: "model", parts: [part] }, index: 0 }], ...same });
    expect(
      frames([
        { type: "start", id: "r", model: "m" },
        thought("hm "),
        thought("so"),
        signature("s"),
        text("Hä"),
        text('"\n'),
        ...call("1", '{"a":', " [1]}"),
        ...call("2"),
        usage,
        finish(),
      ]),
    ).toEqual([
      of({ text: "hm ", thought: true }),
      of({ text: "so", thought: true, thoughtSignature: "s" }),
      of({ text: "Hä" }),
      of({ text: '"\n' }),
      of(called("1", { a: [1] })),
      of(called("2", {})),
      {
        candidates: [{ content: { role: "model", parts: [{ text: "" }] }, finishReason: "STOP", index: 0 }],
        usageMetadata: {
          promptTokenCount: 10,
          cachedContentTokenCount: 4,
          candidatesTokenCount: 6,
          thoughtsTokenCount: 3,
          totalTokenCount: 19,
        },
        ...same,
      },
    ]);
  });

  it("makes an id and names the model that was asked for where the provider says neither", () => {
    expect(frames([text("A"), finish()])[0]).toMatchObject({ modelVersion: "asked", responseId: "resp_new" });
  });

  it("writes frames without a line end, whatever a provider's arguments look like", () => {
    for (const data of written([...call("1", '{\n "a": 1\r\n}'), text("a\r\nb"), finish()])) expect(data).not.toMatch(/[\r\n]/);
  });

  it.each<[ChatReply["reason"], string]>([
    ["stop", "STOP"],
    ["stop-sequence", "STOP"],
    ["length", "MAX_TOKENS"],
    ["content-filter", "SAFETY"],
  ])("ends %s as %s", (reason, finishReason) => {
    expect(frames([text("A"), finish(reason)]).at(-1)).toMatchObject({ candidates: [{ finishReason }] });
  });

  it("writes a refusal as words, and a filtered answer without any as no content", () => {
    expect(parts([{ type: "refusal", text: "No." }, finish()])).toEqual([[{ text: "No." }], [{ text: "" }]]);
    expect(parts([finish("content-filter")])).toEqual([undefined]);
  });

  it("puts a signature without a thought on the part that comes next, or on the last frame", () => {
    expect(parts([signature("s"), text("A"), text("B"), finish()])).toEqual([
      [{ text: "A", thoughtSignature: "s" }],
      [{ text: "B" }],
      [{ text: "" }],
    ]);
    expect(parts([signature("s"), ...call("1"), finish()])).toEqual([[{ ...called("1", {}), thoughtSignature: "s" }], [{ text: "" }]]);
    expect(parts([text("A"), signature("s"), finish()])).toEqual([[{ text: "A" }], [{ text: "", thoughtSignature: "s" }]]);
  });

  it("keeps a call's own signature, beside one of a thought without words", () => {
    const own: ReadEvent = { type: "tool-call", id: "1", name: "f_1", signature: { maker: "google", value: "own" } };
    expect(parts([signature("s"), own, finish()])).toEqual([
      [{ text: "", thoughtSignature: "s" }],
      [{ ...called("1", {}), thoughtSignature: "own" }],
      [{ text: "" }],
    ]);
  });

  it("keeps thoughts from a client that asked for none, and their signature for it", () => {
    expect(parts([thought("hm"), signature("s"), text("A"), finish()], hidden)).toEqual([
      [{ text: "A", thoughtSignature: "s" }],
      [{ text: "" }],
    ]);
  });

  it("says that a call is malformed, rather than to leave it out of an answer that looks whole", () => {
    const last = frames([...call("1", "{oops"), finish()]).at(-1);
    expect(last).toMatchObject({
      candidates: [{ finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: expect.stringContaining("f_1") as string }],
    });
  });

  it("writes sources once, and their places in bytes", () => {
    const citation = (found: Citation): ReadEvent => ({ type: "citation", citation: found });
    const source = { url: "https://x.example", title: "x" };
    const last = frames([
      text("Łódź. "),
      { type: "block-end" },
      text("Żubr."),
      citation({ ...source, start: 0, end: 5 }),
      citation({ ...source, start: 0, end: 4 }),
      citation({ title: "doc", citedText: "words" }),
      finish(),
    ]).at(-1);
    expect(candidate(last)["groundingMetadata"]).toEqual({
      groundingChunks: [{ web: { uri: "https://x.example", title: "x" } }, { retrievedContext: { title: "doc", text: "words" } }],
      groundingSupports: [
        { segment: { startIndex: 9, endIndex: 15, text: "Żubr." }, groundingChunkIndices: [0] },
        { segment: { startIndex: 9, endIndex: 14, text: "Żubr" }, groundingChunkIndices: [0] },
      ],
    });
  });

  it("writes log probabilities with the frame that comes next", () => {
    const tokens = [{ token: "A", logprob: -1, top: [{ token: "B", logprob: -2 }] }];
    const [first, last] = frames([text("A"), { type: "logprobs", tokens }, finish()]);
    expect(candidate(first)).not.toHaveProperty("logprobsResult");
    expect(candidate(last)["logprobsResult"]).toEqual({
      topCandidates: [{ candidates: [{ token: "B", logProbability: -2 }] }],
      chosenCandidates: [{ token: "A", logProbability: -1 }],
    });
  });

  it("writes images as data", () => {
    expect(parts([{ type: "media", mediaType: "image/png", data: "AA==" }, finish()])[0]).toEqual([
      { inlineData: { mimeType: "image/png", data: "AA==" } },
    ]);
  });

  it("ends a broken answer in Google's error, and tells before it what was thought", () => {
    const found: JsonObject[] = [];
    const writer = openWriter(meta);
    const emit = (frame: { readonly data: string }): void => void found.push(JSON.parse(frame.data) as JsonObject);
    writer.write({ type: "start" }, emit);
    writer.write({ type: "reasoning", text: "hm" }, emit);
    writer.fail({ status: 529, message: "busy", code: "overloaded_error" }, emit);
    expect(found).toMatchObject([{ candidates: [{}] }, { error: { code: 529, message: "busy", status: "UNAVAILABLE" } }]);
    expect(JSON.stringify(found)).not.toContain("finishReason");
  });
});

describe("openJsonArray", () => {
  it("makes one array of all frames", () => {
    const array = openJsonArray();
    const frame = (data: string): string => array.encode({ event: null, data });
    expect(JSON.parse(frame('{"a":1}') + frame('{"b":2}') + array.end())).toEqual([{ a: 1 }, { b: 2 }]);
    expect(openJsonArray().end()).toBe("[]");
  });
});

describe("both ways", () => {
  const fixtures = readFixtures("gemini-generate").filter(({ status }) => status === 200);

  function read(body: unknown): readonly ReadEvent[] {
    if (typeof body !== "string") return readReply(body as JsonObject);
    const found: ReadEvent[] = [];
    const reader = openReader();
    const decoder = new SseDecoder();
    decoder.feed(Buffer.from(body), (frame) => reader.read(frame, (event) => found.push(event)));
    decoder.end((frame) => reader.read(frame, (event) => found.push(event)));
    reader.end((event) => found.push(event));
    return found;
  }

  it.each(fixtures.filter(({ name }) => !/malformed|error|truncated/.test(name)).map(({ name, body }) => [name, body] as const))(
    "writes %s so that it reads the same, streamed and whole",
    (_name, body) => {
      const events = read(body);
      const once = reply(events);
      expect(reply(readReply(writeReply(once, meta)))).toEqual(once);
      const stream = written(events).map((data) => `data: ${data}\n\n`);
      expect(reply(read(stream.join("")))).toEqual(once);
    },
  );
});
