import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readFixtures } from "../fakes/fixture.ts";
import { chatCall, startWorld, type World } from "../fakes/observe-call.ts";
import { type RawResult, rawHttp } from "../fakes/raw-http.ts";
import { stream, type StreamOptions } from "../fakes/replies.ts";

// Streams: byte for byte where the client asked for all of it; else all but the frame that it did not ask for.

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.provider.forget());

const asking = '{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true}}';
const notAsking = '{"model":"gpt-4o","stream":true}';

/** What a client gets of a stream that a provider sends in these pieces. */
async function relay(pieces: readonly (string | Uint8Array)[], body = asking, options: StreamOptions = {}): Promise<RawResult> {
  world.provider.next(stream(pieces, { ...options, headers: { "content-type": "text/event-stream" } }));
  return rawHttp(world.postern.port, chatCall(world.postern, body));
}

const frame = (content: string, finish = "null"): string =>
  `data: {"choices":[{"delta":{"content":"${content}"},"finish_reason":${finish}}]}`;
const usage = 'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}';

const forms: readonly (readonly [string, string])[] = [
  ["as OpenAI writes it", `${frame("Hi")}\n\n${frame("", '"stop"')}\n\n${usage}\n\ndata: [DONE]\n\n`],
  ["with CR LF", `${frame("Hi")}\r\n\r\n${frame("", '"stop"')}\r\n\r\n${usage}\r\n\r\ndata: [DONE]\r\n\r\n`],
  ["with CR", `${frame("Hi")}\r\r${frame("", '"stop"')}\r\r${usage}\r\rdata: [DONE]\r\r`],
  ["with a byte order mark", `\uFEFF${frame("Hi")}\n\n${frame("", '"stop"')}\n\n${usage}\n\ndata: [DONE]\n\n`],
  [
    "with comments, names, ids and retry times",
    `: hello\nevent: message\nid: 1\nretry: 10\n${frame("Hi", '"stop"')}\n\n:\n\n${usage}\n\ndata: [DONE]\n\n`,
  ],
  [
    "without a space behind the colon",
    `data:{"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n${usage.replace(": ", ":")}\n\ndata:[DONE]\n\n`,
  ],
  ["with more empty lines than it needs", `\n\n${frame("Hi", '"stop"')}\n\n\n\n${usage}\n\n\ndata: [DONE]\n\n\n`],
  ["with no empty line at the end", `${frame("Hi", '"stop"')}\n\n${usage}\n\ndata: [DONE]\n`],
  ["with no line end at the end", `${frame("Hi", '"stop"')}\n\n${usage}\n\ndata: [DONE]`],
  ["without [DONE], where the answer says that it is finished", `${frame("Hi")}\n\n${frame("", '"stop"')}\n\n`],
  ["with text in every script", `${frame("Grüße 世界 🦊 \u2028 \\u00e9", '"stop"')}\n\n${usage}\n\ndata: [DONE]\n\n`],
  [
    "with words that look like Postern's needles",
    `${frame('\\"usage\\":{ \\"error\\":{ [DONE] data: [DONE]\\n\\n', '"stop"')}\n\n${usage}\n\ndata: [DONE]\n\n`,
  ],
  [
    "with a null error in each frame",
    `data: {"choices":[{"delta":{},"finish_reason":"stop"}],"error":null}\n\n${usage}\n\ndata: [DONE]\n\n`,
  ],
  ["with a NUL in a comment", `: \0\n${frame("Hi", '"stop"')}\n\n${usage}\n\ndata: [DONE]\n\n`],
];

describe("a stream whose client asked for usage", () => {
  test.each(forms)("%s comes through byte for byte, in one piece and byte by byte", async (_title, text) => {
    for (const options of [{}, { splitEveryByte: true }, { untilClose: true }]) {
      const result = await relay([text], asking, options);
      expect(result.body.toString()).toBe(text);
      expect(result.headers["content-type"]).toBe("text/event-stream");
    }
  });

  test("comes through at whatever place it is cut", async () => {
    const [, text] = forms[1] ?? ["", ""];
    const bytes = Buffer.from(text);
    for (let at = 1; at < bytes.length; at += 7) {
      expect((await relay([bytes.subarray(0, at), bytes.subarray(at)])).body.equals(bytes)).toBe(true);
    }
  });

  const fixtures = readFixtures("openai-chat").filter(({ body, name }) => typeof body === "string" && !name.includes("error"));
  test.each(fixtures.map((fixture) => [fixture.name, String(fixture.body)] as const))("comes through: %s", async (_name, text) => {
    expect((await relay([text])).body.toString()).toBe(text);
  });

  test("is passed on a line at a time, without waiting for the next", async () => {
    const first = frame("Hi");
    world.provider.next(async (exchange) => {
      await exchange.head(200, { "content-type": "text/event-stream", "transfer-encoding": "chunked" });
      await exchange.body(`${first}\n\n`);
      // The rest is sent only when the client has the first frame: a gateway that waits for more would wait for ever.
      await clientHasFirst.promise;
      await exchange.body("data: [DONE]\n\n");
      await exchange.finish();
    });
    const clientHasFirst = Promise.withResolvers<void>();
    const response = await fetch(`${world.postern.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${world.postern.key}`, "content-type": "application/json" },
      body: asking,
    });
    let text = "";
    for await (const piece of response.body ?? []) {
      text += Buffer.from(piece).toString();
      if (text === `${first}\n\n`) clientHasFirst.resolve();
    }
    expect(text).toBe(`${first}\n\ndata: [DONE]\n\n`);
  });
});

describe("a stream whose client did not ask for usage", () => {
  const linesOf = (text: string): readonly string[] => text.split(/[\r\n]+/).filter((line) => line !== "");
  /** The form without the frame that holds nothing but usage, its line ends with it. */
  const withoutUsage = (text: string): string => text.replace(/data: ?\{"choices":\[\],"usage":[^\r\n]*[\r\n]+/, "");

  test.each(forms)("%s comes through but for the frame of usage", async (_title, text) => {
    expect((await relay([text], notAsking)).body.toString()).toBe(withoutUsage(text));
    // Cut into bytes, the frame's empty lines may be left over, which mean nothing.
    const result = await relay([text], notAsking, { splitEveryByte: true });
    expect(linesOf(result.body.toString())).toEqual(linesOf(withoutUsage(text)));
    expect(world.provider.requests[0]?.json()).toEqual({ model: "gpt-4o", stream: true, stream_options: { include_usage: true } });
  });

  test.each([
    ["beside the last choice", 'data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"total_tokens":3}}\n\ndata: [DONE]\n\n'],
    ["that is null in every frame", 'data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":null}\n\ndata: [DONE]\n\n'],
  ])("keeps usage %s", async (_title, text) => {
    expect((await relay([text], notAsking)).body.toString()).toBe(text);
  });
});
