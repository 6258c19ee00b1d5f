import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChatReply, ChatRequest, Failure, ReadEvent, ReplyBlock, WriteEvent } from "#core/dialects/chat.ts";
import { Conductor, type Ending } from "#core/dialects/conductor.ts";
import type { Dialect, ReplyMeta } from "#core/dialects/dialect.ts";
import { foldReply } from "#core/dialects/fold-reply.ts";
import type { JsonObject } from "#core/dialects/json.ts";
import { signatureMakers, wrapSignature } from "#core/dialects/signature-wrapping.ts";
import { openMemories } from "#core/dialects/scoped-memory.ts";
import { translateRequest, type Translation } from "#core/dialects/translation.ts";
import { TranslatedStream } from "#core/gateway/translate-stream.ts";
import type { Frame } from "#core/wire/frame.ts";
import { quirksSchema } from "#shared/schema/provider.ts";
import { type Answer, answers, bytesOf, everyDialect, framesOf, isStream, isWhole } from "./fixtures.ts";

// Every scripted answer through every client's dialect and back: what both can say is the same at the other end.

interface Read {
  readonly events: readonly WriteEvent[];
  readonly ending: Ending;
  readonly failure: Failure | null;
}

function conduct(feed: (emit: (event: ReadEvent) => void) => void): Read {
  const events: WriteEvent[] = [];
  const conductor = new Conductor((event) => events.push(event));
  feed((event) => conductor.take(event));
  const ending = conductor.finish();
  return { events, ending, failure: conductor.failure };
}

function readFrames(dialect: Dialect, frames: readonly Frame[]): Read {
  const reader = dialect.openReader();
  return conduct((emit) => {
    for (const frame of frames) reader.read(frame, emit);
    reader.end(emit);
  });
}

function readWhole(dialect: Dialect, body: JsonObject): Read {
  return conduct((emit) => {
    for (const event of dialect.readReply(body)) emit(event);
  });
}

const request: ChatRequest = { model: "scripted-model", stream: true, messages: [], tools: [] };

function metaFor(stream: boolean): ReplyMeta {
  let count = 0;
  return {
    request: { ...request, stream },
    body: { model: "scripted-model", stream, stream_options: { include_usage: true }, logprobs: true, top_logprobs: 2 },
    nowSeconds: 1_760_000_000,
    newId: (prefix) => `${prefix}${String(++count).padStart(6, "0")}`,
  };
}

/** What the gateway does to an event before a client's writer sees it: a signature in a form that the client can carry. */
function forClient(client: Dialect, event: WriteEvent): WriteEvent {
  const maker = signatureMakers[client.id];
  if (maker === null || !("signature" in event) || event.signature === undefined) return event;
  return { ...event, signature: wrapSignature(event.signature, maker) };
}

function throughStream(client: Dialect, events: readonly WriteEvent[]): Read {
  const frames: Frame[] = [];
  const writer = client.openWriter(metaFor(true));
  for (const event of events) writer.write(forClient(client, event), (frame) => frames.push(frame));
  return readFrames(client, frames);
}

function throughWhole(client: Dialect, events: readonly WriteEvent[]): Read {
  const reply = foldReply(events.map((event) => forClient(client, event)));
  if (reply === null) throw new Error("not whole");
  return readWhole(client, JSON.parse(JSON.stringify(client.writeReply(reply, metaFor(false)))) as JsonObject);
}

/** What every dialect can say of an answer. */
function essence(read: Read, client: Dialect, original: Read = read): unknown {
  const reply = foldReply(read.events) as ChatReply;
  const of = <Type extends ReplyBlock["type"]>(type: Type): Extract<ReplyBlock, { type: Type }>[] =>
    reply.blocks.filter((block): block is Extract<ReplyBlock, { type: Type }> => block.type === type);
  const calls = of("tool-call").map((call) => ({ name: call.name, arguments: JSON.parse(call.arguments) as unknown }));
  // What an API has no word for is said as text (a refusal, a picture that cannot be passed on), or as another end.
  const refusals = of("refusal");
  const isRefused = original.events.some(({ type }) => type === "refusal");
  const said = [...of("text"), ...refusals]
    .map(({ text }) => text)
    .join("")
    .replace(/\(The model made a file[^)]*\)/, "");
  const reason = reply.reason === "stop-sequence" || (isRefused && reply.reason === "content-filter") ? "stop" : reply.reason;
  const thought =
    client.id === "bedrock-converse" || client.id === "cohere-chat"
      ? undefined
      : of("reasoning")
          .map(({ text }) => text)
          .join("");
  // Some APIs' counts are never left out.
  const { inputTokens = 0, outputTokens = 0 } = reply.usage;
  return { said, calls, reason, thought, inputTokens, outputTokens };
}

const names = (list: readonly Answer[]): (readonly [string, Answer])[] => list.map((answer) => [answer.fixture.name, answer] as const);
const streams = answers.filter(isStream);
const good = streams.filter((answer) => readFrames(answer.dialect, framesOf(answer)).ending === "finished");
const broken = streams.filter((answer) => !good.includes(answer));
const wholes = answers
  .filter(isWhole)
  .filter(({ dialect, fixture }) => readWhole(dialect, fixture.body as JsonObject).ending === "finished");

describe.each(everyDialect.map((dialect) => [dialect.id, dialect] as const))("to a client of %s", (_id, client) => {
  it.each(names(good))("%s arrives whole as a stream and in one piece", (_name, answer) => {
    const read = readFrames(answer.dialect, framesOf(answer));
    const expected = essence(read, client);
    const streamed = throughStream(client, read.events);
    expect(streamed.ending).toBe("finished");
    expect(essence(streamed, client, read)).toEqual(expected);
    expect(essence(throughWhole(client, read.events), client, read)).toEqual(expected);
  });

  it.each(names(wholes))("%s arrives whole in one piece and as a stream", (_name, answer) => {
    const read = readWhole(answer.dialect, answer.fixture.body as JsonObject);
    const expected = essence(read, client);
    expect(essence(throughWhole(client, read.events), client, read)).toEqual(expected);
    expect(essence(throughStream(client, read.events), client, read)).toEqual(expected);
  });

  it.each(names(broken))("%s never arrives as a whole answer", (_name, answer) => {
    const read = readFrames(answer.dialect, framesOf(answer));
    const frames: Frame[] = [];
    const emit = (frame: Frame): void => void frames.push(frame);
    const writer = client.openWriter(metaFor(true));
    for (const event of read.events) writer.write(forClient(client, event), emit);
    writer.fail(read.failure ?? { status: 502, message: "cut off" }, emit);
    const arrived = readFrames(client, frames);
    expect(arrived.ending).not.toBe("finished");
    // Anthropic's clients know a prompt that is too long by its first words.
    expect(arrived.failure?.message).toContain(read.failure?.message ?? "cut off");
  });
});

describe("bytes", () => {
  const quirks = quirksSchema.parse({});
  const translate = (client: Dialect, provider: Dialect): Translation => ({
    ...translateRequest(
      everyDialect[0] as Dialect,
      provider,
      { model: "m", stream: true, messages: [{ role: "user", content: "Hi" }] },
      {
        model: "m",
        stream: true,
        quirks,
        memories: openMemories(),
        scope: "s",
      },
    ),
    client,
  });

  it.each(names(streams))("%s split anywhere gives every client the same bytes", (_name, answer) => {
    const bytes = bytesOf(answer);
    for (const client of everyDialect) {
      if (client.framing !== "sse") continue;
      const play = (sizes: readonly number[]): string => {
        const stream = new TranslatedStream(translate(client, answer.dialect), metaFor(true), "sse");
        const out: Buffer[] = [];
        const push = (piece: Buffer | null): void => void (piece !== null && out.push(piece));
        let at = 0;
        for (let index = 0; at < bytes.length; index++) {
          const size = sizes[index % sizes.length] ?? bytes.length;
          push(stream.feed(bytes.subarray(at, at + size)));
          at += size;
        }
        push(stream.end().rest);
        // Ids are new in every stream.
        return Buffer.concat(out)
          .toString()
          .replaceAll(/(?:call|toolu|item|fc)_[\w-]{8,}/g, "ID");
      };
      const whole = play([bytes.length]);
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }), (sizes) => {
          expect(play(sizes)).toBe(whole);
        }),
        { numRuns: 8 },
      );
    }
  });
});
