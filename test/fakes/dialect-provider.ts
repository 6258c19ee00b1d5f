import { randomBytes } from "node:crypto";
import type { ChatRequest, WriteEvent } from "#core/dialects/chat.ts";
import type { Dialect, ReplyMeta } from "#core/dialects/dialect.ts";
import { foldReply } from "#core/dialects/fold-reply.ts";
import type { JsonObject } from "#core/dialects/json.ts";
import { encodeAwsEventStream, loadAwsEventStream } from "#core/wire/aws-event-stream.ts";
import { encodeSse } from "#core/wire/sse.ts";
import type { Script } from "./scripted-provider.ts";
import { json } from "./replies.ts";

await loadAwsEventStream();

/** What a model does with a request: the content of its answer, without `start` and `close`. */
export type Model = (request: ChatRequest) => readonly WriteEvent[];

/**
 * A provider that speaks a dialect for real: it reads requests as its API does and answers plainly or as a stream, one
 * frame a packet. A request that its API would not understand is a 400 in its own shape.
 *
 * What such a provider says is made by the dialect under test, so it proves that clients get along with what Postern
 * makes of it, not that the dialect is right: the fixtures, written from public documentation, prove that.
 */
export function speak(dialect: Dialect, model: Model): Script {
  return async (exchange) => {
    const { url, method } = exchange.request;
    // It lists no models: a test that wants a list routes one.
    if (method === "GET") return json(404, dialect.writeFailure({ status: 404, message: "There is no list here" }))(exchange);
    const body = exchange.request.json() as JsonObject;
    const stream = body["stream"] === true || /stream/i.test(url);
    const dropped: string[] = [];
    let request: ChatRequest;
    try {
      request = dialect.readRequest(body, { model: modelOf(url, body), stream, drop: (field) => dropped.push(field) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await json(400, dialect.writeFailure({ status: 400, message }))(exchange);
      return;
    }
    const content = model(request);
    const events: WriteEvent[] = [{ type: "start", id: `scripted-${randomBytes(6).toString("hex")}`, model: request.model }, ...content];
    if (content.at(-1)?.type !== "close") {
      const calls = content.some((event) => event.type === "tool-call");
      events.push({ type: "close", reason: calls ? "tool-calls" : "stop", usage: { inputTokens: 21, outputTokens: 7 } });
    }
    const meta: ReplyMeta = {
      request,
      body,
      nowSeconds: 1_760_000_000,
      newId: (prefix) => prefix + randomBytes(12).toString("hex"),
    };
    if (!stream) {
      const reply = foldReply(events);
      if (reply === null) throw new Error("Cannot answer: the script has no end");
      await json(200, dialect.writeReply(reply, meta))(exchange);
      return;
    }
    const isSse = dialect.framing === "sse";
    await exchange.head(200, {
      "content-type": isSse ? "text/event-stream" : "application/vnd.amazon.eventstream",
      "transfer-encoding": "chunked",
    });
    const writer = dialect.openWriter(meta);
    const frames: (string | Uint8Array)[] = [];
    for (const event of events) writer.write(event, (frame) => frames.push(isSse ? encodeSse(frame) : encodeAwsEventStream(frame)));
    for (const frame of frames) await exchange.body(frame);
    await exchange.finish();
  };
}

/** Says a text, word by word, and closes its block. */
export function say(text: string): readonly WriteEvent[] {
  return [...text.split(/(?<= )/).map((word): WriteEvent => ({ type: "text", text: word })), { type: "block-end" }];
}

/** Thinks aloud. */
export function think(text: string, value?: string, maker: "anthropic" | "google" | "openai" = "anthropic"): readonly WriteEvent[] {
  const signature: readonly WriteEvent[] = value === undefined ? [] : [{ type: "signature", signature: { maker, value } }];
  return [{ type: "reasoning", text }, ...signature, { type: "block-end" }];
}

/** Calls a tool, its arguments in two pieces. */
export function callTool(
  name: string,
  args: Readonly<Record<string, unknown>>,
  id = `call_${randomBytes(8).toString("hex")}`,
): readonly WriteEvent[] {
  const text = JSON.stringify(args);
  const half = Math.ceil(text.length / 2);
  return [
    { type: "tool-call", id, name },
    { type: "arguments", json: text.slice(0, half) },
    ...(text.length > half ? [{ type: "arguments", json: text.slice(half) } as const] : []),
    { type: "block-end" },
  ];
}

function modelOf(url: string, body: JsonObject): string {
  const inPath = /\/models\/(.+):\w+(?:\?|$)/.exec(url)?.[1] ?? /\/model\/([^/]+)\//.exec(url)?.[1];
  if (inPath !== undefined) return decodeURIComponent(inPath);
  return typeof body["model"] === "string" ? body["model"] : "";
}
