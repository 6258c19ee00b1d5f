import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Exchange } from "./exchange.ts";
import { flood, reply } from "./replies.ts";
import type { Script } from "./scripted-provider.ts";

/** Where in the body a script is interrupted: after so many bytes, or so many pieces; 0 is right after the head. */
export type Limit = { readonly bytes: number } | { readonly chunks: number };

/** What may be awaited before an interruption, so that a test decides its moment: a `gate().opened`. */
export interface Moment {
  readonly when?: Promise<void>;
}

/** Closes the connection with RST instead of an answer. */
export function reset(): Script {
  return (exchange) => exchange.reset();
}

/** Plays a script up to the limit, then RST. */
export function resetAfter(limit: Limit, script: Script, { when }: Moment = {}): Script {
  return interruptAfter(limit, script, async (exchange) => {
    // The bytes before the cut have to arrive first: RST throws away what the kernel still holds.
    await Promise.race([when ?? setImmediate(), exchange.gone]);
    exchange.reset();
    return "cut";
  });
}

/** Plays a script up to the limit, then closes in the orderly way: a body that ends too early without a sign of it. */
export function endAfter(limit: Limit, script: Script, { when }: Moment = {}): Script {
  return interruptAfter(limit, script, async (exchange) => {
    await Promise.race([when, exchange.gone]);
    exchange.close();
    return "cut";
  });
}

/** Says nothing until `when` resolves, then plays the script; without either: until the peer leaves. */
export function stall(script?: Script, { when }: Moment = {}): Script {
  return async (exchange) => {
    await Promise.race([when ?? exchange.gone, exchange.gone]);
    if (exchange.isOpen) await script?.(exchange);
  };
}

/** Plays a script up to the limit, is silent until `when` (without it: until the peer leaves), then goes on. */
export function stallAfter(limit: Limit, script: Script, { when }: Moment = {}): Script {
  return interruptAfter(limit, script, async (exchange) => {
    await Promise.race([when ?? exchange.gone, exchange.gone]);
    return "go on";
  });
}

class Cut extends Error {}

function interruptAfter(limit: Limit, script: Script, interrupt: (exchange: Exchange) => Promise<"cut" | "go on">): Script {
  return async (exchange) => {
    let left = "bytes" in limit ? limit.bytes : limit.chunks;
    let isDone = false;

    async function check(): Promise<void> {
      if (left > 0 || isDone) return;
      isDone = true;
      if ((await interrupt(exchange)) === "cut") throw new Cut();
    }

    const limited: Exchange = {
      ...exchange,
      get isOpen() {
        return exchange.isOpen;
      },
      async head(status, headers) {
        await exchange.head(status, headers);
        await check();
      },
      async body(piece) {
        const bytes = Buffer.from(piece);
        const allowed = isDone || "chunks" in limit ? bytes.length : Math.min(left, bytes.length);
        await exchange.body(bytes.subarray(0, allowed));
        left -= "chunks" in limit ? 1 : allowed;
        await check();
        if (allowed < bytes.length) await exchange.body(bytes.subarray(allowed));
      },
    };
    try {
      await script(limited);
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
    }
  };
}

/** Answers with bytes that are no HTTP, then closes. */
export function garbage(bytes: string | Uint8Array = "\x16\x03\x01 hello\0\r\n\r\n"): Script {
  return async (exchange) => {
    await exchange.raw(bytes);
    exchange.close();
  };
}

/** Sends `102 Processing` so many times before the answer; with Infinity, until the peer leaves. */
export function informationalFlood(count: number, script: Script): Script {
  return async (exchange) => {
    for (let sent = 0; sent < count && exchange.isOpen; sent++) await exchange.raw("HTTP/1.1 102 Processing\r\n\r\n");
    await script(exchange);
  };
}

/** Declares one length and sends another. A body that is too short ends with FIN, one that is too long spills over. */
export function lengthMismatch(body: string, declaredBytes: number): Script {
  return async (exchange) => {
    await reply(200, body, { "content-type": "application/json", "content-length": String(declaredBytes) })(exchange);
    if (Buffer.byteLength(body) < declaredBytes) exchange.close();
  };
}

/** Answers with Content-Length beside Transfer-Encoding, the two of which disagree. */
export function lengthAndChunked(body: string): Script {
  return reply(200, `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`, {
    "content-type": "application/json",
    "transfer-encoding": "chunked",
    "content-length": "4",
  });
}

/** Answers with a small gzip body that inflates to at least `inflatedBytes` spaces. */
export function gzipBomb(inflatedBytes: number): Script {
  return reply(200, gzipOfSpaces(inflatedBytes), { "content-type": "application/json", "content-encoding": "gzip" });
}

/** Gzip that inflates to at least so many spaces, made of equal members, so that making it costs no memory. */
export function gzipOfSpaces(inflatedBytes: number): Buffer {
  const memberBytes = 1_048_576;
  const member = gzipSync(Buffer.alloc(memberBytes, " "), { level: 9 });
  return Buffer.concat(Array.from({ length: Math.ceil(inflatedBytes / memberBytes) }, () => member));
}

/** Names gzip as the body's coding so many times over. */
export function manyContentEncodings(count: number): Script {
  return reply(200, "{}", {
    "content-type": "application/json",
    "content-encoding": Array.from({ length: count }, () => "gzip").join(", "),
  });
}

/** Answers with that many bytes of header before a small body. */
export function hugeHeaders(bytes: number): Script {
  return reply(200, "{}", { "content-type": "application/json", "x-padding": "x".repeat(bytes) });
}

/** Streams one line that does not end. */
export function longLine(bytes: number): Script {
  const head = "data: ";
  return async (exchange) => {
    const begun: Exchange = {
      ...exchange,
      get isOpen() {
        return exchange.isOpen;
      },
      head: (status, headers) => exchange.head(status, headers).then(() => exchange.body(head)),
    };
    await flood(bytes - head.length, { headers: { "content-type": "text/event-stream", "content-length": String(bytes) } })(begun);
  };
}

/** Plays a script, then writes a second answer that nobody asked for on the idle connection. */
export function unsolicitedSecond(script: Script, second: Script, { when }: Moment = {}): Script {
  return async (exchange) => {
    await script(exchange);
    await Promise.race([when ?? setImmediate(), exchange.gone]);
    await second(exchange);
  };
}

/** Claims to change the protocol, though nobody asked for it. */
export function switchProtocols(): Script {
  return (exchange) => exchange.raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
}
