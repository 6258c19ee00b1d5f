import { once } from "node:events";
import { type ClientRequest, request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { resetAfter, stall, stallAfter } from "../fakes/misbehaviour.ts";
import { chatCall, goodBody, startWorld, type World } from "../fakes/observe-call.ts";
import { openAiChat, openAiStream } from "../fakes/openai-replies.ts";
import { rawHttp } from "../fakes/raw-http.ts";
import { beforeBody, gate, json, sseText } from "../fakes/replies.ts";
import type { Script } from "../fakes/scripted-provider.ts";
import { eventually } from "./eventually.ts";

// The two ends pull at each other: a client that leaves takes the provider's socket with it, one that does not read
// holds the provider back, and an upload flows while it comes.

const mebibyte = 1_048_576;
const streamed = '{"model":"gpt-4o","stream":true}';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.provider.forget());

afterEach(() => {
  const [problem] = world.provider.problems;
  if (problem !== undefined) throw problem;
});

/** A connection of a client that has sent its call; nothing is read from it until somebody listens. */
async function openCall(body: string): Promise<Socket> {
  const socket = connect(world.postern.port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(chatCall(world.postern, body));
  return socket;
}

/** The most memory that the gateway has had; 0 where the system does not tell. */
const peakBytes = (): number => world.postern.peakMemoryBytes() ?? 0;

const answersAgain = async (): Promise<number> => (await rawHttp(world.postern.port, chatCall(world.postern))).status;

describe("a client that leaves", () => {
  const ways: readonly (readonly [string, (socket: Socket) => void])[] = [
    ["closes", (socket) => void socket.end().destroy()],
    ["resets", (socket) => void socket.resetAndDestroy()],
  ];
  const moments: readonly (readonly [string, string, Script, string | null])[] = [
    ["in the middle of a stream", streamed, stallAfter({ chunks: 2 }, openAiStream()), "Hel"],
    ["before the first byte of a stream", streamed, stall(), null],
    ["behind the head of a stream", streamed, stallAfter({ chunks: 0 }, openAiStream()), null],
    ["before a plain answer", goodBody, stall(), null],
    ["in the middle of a plain answer", goodBody, stallAfter({ bytes: 20 }, openAiChat()), null],
    ["in the middle of a large answer", goodBody, stallAfter({ bytes: 2 * mebibyte }, largeJson()), "HTTP/1.1"],
  ];

  test.each(moments.flatMap((moment) => ways.map((way) => [...moment, ...way] as const)))(
    "%s: the provider's socket is closed, and nothing is tried again",
    async (_title, body, script, until, way, leave) => {
      world.provider.next(script);
      const socket = await openCall(body);
      const request = await world.provider.waitForRequest(1);
      if (until !== null) await untilSeen(socket, until);
      leave(socket);
      await request.closedEarly;
      expect([way, await answersAgain(), world.provider.requests.length]).toEqual([way, 200, 2]);
    },
  );

  test("while Postern waits before the next try ends the trying", async () => {
    world.provider.next(json(503, { error: { message: "Overloaded." } }, { "retry-after": "30" }));
    const socket = await openCall(goodBody);
    const request = await world.provider.waitForRequest(1);
    await request.answered;
    socket.destroy();
    expect([await answersAgain(), world.provider.requests.length]).toEqual([200, 2]);
  });

  test("in the middle of its upload reaches nobody, or closes the provider's socket", async () => {
    const upload = openUpload(["X-Portkey-Provider", "openai"]);
    upload.write(uploadHead);
    world.provider.next(beforeBody(stall()));
    await eventually(() => expect(world.provider.requests).toHaveLength(1));
    upload.destroy();
    await world.provider.requests[0]?.closedEarly;
    expect(await answersAgain()).toBe(200);
  });
});

describe("a client that does not read", () => {
  test.each([
    ["a stream of events", streamed, eventFlood()],
    ["a large answer", goodBody, largeJson()],
  ])("holds the provider back: %s", async (_title, body, script) => {
    world.provider.next(script);
    const before = peakBytes();
    const socket = await openCall(body);
    socket.pause();
    const request = await world.provider.waitForRequest(1);
    const sentBytes = await untilStill(() => request.sentBytes);
    // What Postern holds itself, and the buffers of the two connections: on loopback these may grow to several MiB each.
    expect(sentBytes).toBeGreaterThan(0);
    expect(sentBytes).toBeLessThan(24 * mebibyte);
    expect(peakBytes() - before).toBeLessThan(32 * mebibyte);
    // It goes on where it stood, and all of it comes.
    let received = 0;
    socket.on("data", (piece: Buffer) => (received += piece.length)).resume();
    await request.answered;
    await untilStill(() => received);
    expect(received).toBeGreaterThan(floodBytes);
    socket.destroy();
    expect(await answersAgain()).toBe(200);
  });

  test("and leaves, lets go of the provider", async () => {
    world.provider.next(eventFlood());
    const socket = await openCall(streamed);
    socket.pause();
    const request = await world.provider.waitForRequest(1);
    await untilStill(() => request.sentBytes);
    socket.destroy();
    await request.closedEarly;
    expect(await answersAgain()).toBe(200);
  });
});

describe("an upload", () => {
  test("flows while it comes, when a header names the provider", async () => {
    const upload = openUpload(["X-Portkey-Provider", "openai"]);
    const answered = once(upload, "response") as Promise<[{ statusCode: number; resume(): void }]>;
    upload.write(uploadHead);
    upload.write(Buffer.alloc(100_000, "a"));
    // The provider has the first part of the file before the client has sent the last.
    await eventually(() => expect(world.provider.requests[0]?.body.length).toBeGreaterThan(90_000));
    world.provider.next(json(200, { text: "late" }));
    upload.end(uploadTail);
    const [response] = await answered;
    response.resume();
    expect(response.statusCode).toBe(200);
    expect(world.provider.requests[0]?.headers["content-type"]).toBe('multipart/form-data; boundary="B"');
  });

  test("is held back by a provider that does not read", async () => {
    const reading = gate();
    world.provider.next(
      beforeBody(async (exchange) => {
        exchange.socket.pause();
        await reading.opened;
        exchange.socket.resume();
        await exchange.request.bodyReceived;
        await json(200, { text: "done" })(exchange);
      }),
    );
    const before = peakBytes();
    const upload = openUpload(["X-Portkey-Provider", "openai"]);
    const answered = once(upload, "response") as Promise<[{ statusCode: number; resume(): void }]>;
    let taken = 0;
    const piece = Buffer.alloc(65_536, "a");
    const send = async (): Promise<void> => {
      upload.write(uploadHead);
      for (; taken < floodBytes; taken += piece.length) if (!upload.write(piece)) await once(upload, "drain");
      upload.end(uploadTail);
    };
    const sending = send();
    await untilStill(() => taken);
    expect(taken).toBeLessThan(24 * mebibyte);
    expect(peakBytes() - before).toBeLessThan(32 * mebibyte);
    reading.open();
    await sending;
    const [response] = await answered;
    response.resume();
    expect(response.statusCode).toBe(200);
    expect(world.provider.requests[0]?.body.length).toBeGreaterThan(floodBytes);
  });

  test("that the provider refuses before it is whole gets the provider's answer, once", async () => {
    world.provider.next(beforeBody(json(413, { error: { message: "Too large." } }, { connection: "close" })));
    const upload = openUpload(["X-Portkey-Provider", "openai"]);
    const answered = once(upload, "response") as Promise<[{ statusCode: number; resume(): void }]>;
    upload.write(uploadHead);
    upload.write(Buffer.alloc(100_000, "a"));
    const [response] = await answered;
    response.resume();
    upload.destroy();
    expect([response.statusCode, world.provider.requests.length]).toEqual([413, 1]);
  });

  test("that the provider resets is not sent again", async () => {
    world.provider.next(beforeBody(resetAfter({ chunks: 0 }, json(200, {}))));
    const upload = openUpload(["X-Portkey-Provider", "openai"]);
    const answered = once(upload, "response") as Promise<[{ statusCode: number; resume(): void }]>;
    upload.write(uploadHead);
    const [response] = await answered;
    response.resume();
    upload.destroy();
    expect([response.statusCode, world.provider.requests.length]).toEqual([502, 1]);
  });
});

const floodBytes = 60 * mebibyte;
const uploadHead = [
  '--B\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n',
  '--B\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n',
].join("");
const uploadTail = "\r\n--B--\r\n";

/** An upload under way: chunked, so that the client decides what is sent when. */
function openUpload([name, value]: readonly [string, string]): ClientRequest {
  const { port, key } = world.postern;
  const request = httpRequest({
    port,
    host: "127.0.0.1",
    method: "POST",
    path: "/v1/audio/transcriptions",
    headers: { authorization: `Bearer ${key}`, "content-type": 'multipart/form-data; boundary="B"', [name]: value },
  });
  // Leaving is what some of these tests do.
  request.on("error", () => {});
  request.flushHeaders();
  return request;
}

/** A stream of 60 MiB in frames of 8 KiB, with a good end. */
function eventFlood(): Script {
  const frame = sseText({ data: { choices: [{ delta: { content: "x".repeat(8_192) }, finish_reason: null }] } });
  return async (exchange) => {
    await exchange.head(200, { "content-type": "text/event-stream", "transfer-encoding": "chunked" });
    for (let sent = 0; sent < floodBytes && exchange.isOpen; sent += 8_192) await exchange.body(frame);
    await exchange.body("data: [DONE]\n\n");
    await exchange.finish();
  };
}

/** A JSON answer of more than 60 MiB, as fast as it is read. */
function largeJson(): Script {
  const piece = `"${"x".repeat(65_533)}",`;
  return async (exchange) => {
    await exchange.head(200, { "content-type": "application/json", "transfer-encoding": "chunked" });
    await exchange.body("[");
    for (let sent = 0; sent < floodBytes && exchange.isOpen; sent += piece.length) await exchange.body(piece);
    await exchange.body("0]");
    await exchange.finish();
  };
}

/** Reads until a text has come, then no further. */
async function untilSeen(socket: Socket, text: string): Promise<void> {
  let seen = "";
  for await (const piece of socket.iterator({ destroyOnReturn: false })) {
    seen += (piece as Buffer).toString("latin1");
    if (seen.includes(text)) return;
  }
}

/** Waits until a number has stood still for a while, and gives it. */
async function untilStill(read: () => number): Promise<number> {
  let last = -1;
  let stillFor = 0;
  await vi.waitFor(
    () => {
      const now = read();
      stillFor = now === last && now > 0 ? stillFor + 1 : 0;
      last = now;
      if (stillFor < 8) throw new Error(`it still moves: ${now}`);
    },
    { timeout: 20_000, interval: 60 },
  );
  return last;
}
