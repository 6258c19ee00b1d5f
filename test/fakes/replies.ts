import { setImmediate, setTimeout as wait } from "node:timers/promises";
import type { Exchange, ReplyHeaders } from "./exchange.ts";
import type { Script } from "./scripted-provider.ts";

/** Answers with these bytes and their length. */
export function reply(status: number, body: string | Uint8Array, headers: ReplyHeaders = {}): Script {
  return async (exchange) => {
    const bytes = Buffer.from(body);
    await exchange.head(status, { "content-length": String(bytes.length), ...headers });
    if (exchange.request.method !== "HEAD") await exchange.body(bytes);
    await exchange.finish();
  };
}

/** Answers with a value as JSON. */
export function json(status: number, value: unknown, headers: ReplyHeaders = {}): Script {
  return reply(status, JSON.stringify(value), { "content-type": "application/json", ...headers });
}

/** Answers with a page, as captive portals and broken front servers do. */
export function html(status: number, page = "<!doctype html><title>Sign in</title><h1>Welcome to the network</h1>"): Script {
  return reply(status, page, { "content-type": "text/html; charset=utf-8" });
}

/** Answers with bytes that are no text, such as audio. */
export function binary(bytes: Uint8Array, contentType = "audio/mpeg"): Script {
  return reply(200, bytes, { "content-type": contentType });
}

/** Answers with a status line and nothing else: 204, 503, or one that does not exist, such as 999. */
export function status(code: number, headers: ReplyHeaders = {}): Script {
  return reply(code, "", headers);
}

/** Sends the caller elsewhere. */
export function redirect(code: 301 | 302 | 303 | 307 | 308, location: string): Script {
  return status(code, { location });
}

/** Answers with what it received: method, url, headers as name-value pairs, body as UTF-8 text. */
export function echo(): Script {
  return (exchange) => {
    const { method, url, rawHeaders, body } = exchange.request;
    return json(200, { method, url, rawHeaders, body: body.toString() })(exchange);
  };
}

/** Answers the first request by the first script, the second by the second, and so on; the last one goes on. */
export function sequence(scripts: readonly [Script, ...Script[]]): Script {
  let played = 0;
  return (exchange) => (scripts[played++] ?? (scripts.at(-1) as Script))(exchange);
}

/** Lets a script answer before the request's body is complete, as a provider does that refuses a big upload. */
export function beforeBody(script: Script): Script {
  return Object.assign((exchange: Exchange) => script(exchange), { beforeBody: true });
}

/** Holds whoever waits for it until it is opened. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** Makes a gate, closed. */
export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** One server-sent event: a string is its data as it stands, other data goes as JSON. */
export type SseFrame = string | { readonly event?: string; readonly data: unknown };

/** How a stream is sent. */
export interface StreamOptions {
  /** Pause between frames, in milliseconds; none by default. */
  readonly delayMs?: number;
  /** What ends a line; the format knows all three. */
  readonly newline?: "\n" | "\r\n" | "\r";
  /** Every byte of the body in a packet of its own. */
  readonly splitEveryByte?: boolean;
  /** Leaves out the final `data: [DONE]`, as dialects other than OpenAI's do. */
  readonly noDone?: boolean;
  /** Frames up to the connection's end instead of chunked. */
  readonly untilClose?: boolean;
  readonly headers?: ReplyHeaders;
}

/** The text of one event, with the empty line that ends it. */
export function sseText(frame: SseFrame, newline = "\n"): string {
  const { event, data } = typeof frame === "string" ? { event: undefined, data: frame } : frame;
  const text = typeof data === "string" ? data : JSON.stringify(data);
  const lines = [...(event === undefined ? [] : [`event: ${event}`]), ...text.split("\n").map((line) => `data: ${line}`)];
  return `${lines.join(newline)}${newline}${newline}`;
}

/**
 * Answers with server-sent events, one body piece for each.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export function sse(frames: readonly SseFrame[], options: StreamOptions = {}): Script {
  const all = options.noDone === true ? frames : [...frames, "[DONE]"];
  return stream(
    all.map((frame) => sseText(frame, options.newline)),
    { ...options, headers: { "content-type": "text/event-stream", ...options.headers } },
  );
}

/** Answers 200 with these pieces as they are: frames of any dialect, text or binary. */
export function stream(pieces: readonly (string | Uint8Array)[], options: StreamOptions = {}): Script {
  return async (exchange) => {
    await exchange.head(200, { ...(options.untilClose === true ? {} : { "transfer-encoding": "chunked" }), ...options.headers });
    for (const [index, piece] of pieces.entries()) {
      if (!exchange.isOpen) return;
      if (options.delayMs !== undefined && index > 0) await Promise.race([wait(options.delayMs), exchange.gone]);
      if (options.splitEveryByte === true) await sendByteByByte(exchange, Buffer.from(piece));
      else await exchange.body(piece);
    }
    await exchange.finish();
  };
}

async function sendByteByByte(exchange: Exchange, bytes: Buffer): Promise<void> {
  for (const byte of bytes) {
    await exchange.body(Buffer.of(byte));
    // Without a turn of the event loop, the peer's kernel hands several packets over at once.
    await setImmediate();
  }
}

/** Answers with `totalBytes` of the same letter, as fast as the peer reads; `request.sentBytes` tells how far it got. */
export function flood(totalBytes: number, options: { readonly pieceBytes?: number; readonly headers?: ReplyHeaders } = {}): Script {
  const piece = Buffer.alloc(options.pieceBytes ?? 65_536, "x");
  return async (exchange) => {
    await exchange.head(200, { "content-type": "application/octet-stream", "content-length": String(totalBytes), ...options.headers });
    for (let left = totalBytes; left > 0 && exchange.isOpen; left -= piece.length) await exchange.body(piece.subarray(0, left));
    await exchange.finish();
  };
}
