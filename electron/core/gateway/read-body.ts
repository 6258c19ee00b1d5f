import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";
import { PosternError } from "#shared/errors.ts";
import type { Exchange } from "./exchange.ts";

/** What is read of an exchange, and where it can be ended meanwhile. */
type BodyExchange = Pick<Exchange, "request" | "ongoing" | "cut">;

const idleLimitMs = 30_000;

/** How a compressed body is inflated: Codex sends zstd, some SDKs gzip. */
const inflaters = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
} as const;

/**
 * Reads a whole request body into one buffer, inflated when it came compressed.
 *
 * @param options `maxBytes` holds for the body as it comes and as it is inflated
 * @throws {PosternError} `body_too_large`, `request_timeout` after 30 s of silence, `unsupported_encoding`,
 *   `invalid_body` when it cannot be inflated, `client_closed`, and why the call was cut off
 */
export function readBody(
  exchange: BodyExchange,
  options: { readonly encoding: string | null; readonly maxBytes: number },
): Promise<Buffer> {
  const encoding = options.encoding?.trim().toLowerCase() ?? "identity";
  const isPlain = encoding === "identity" || encoding === "";
  return isPlain ? collect(exchange, options.maxBytes) : collectPacked(exchange, encoding, options.maxBytes);
}

async function collectPacked(exchange: BodyExchange, encoding: string, maxBytes: number): Promise<Buffer> {
  if (!isInflatable(encoding)) {
    throw new PosternError(
      "unsupported_encoding",
      `Cannot read this body: its Content-Encoding is none of ${Object.keys(inflaters).join(", ")}; send it plain`,
      {
        headers: { "accept-encoding": Object.keys(inflaters).join(", ") },
      },
    );
  }
  const packed = await collect(exchange, maxBytes);
  try {
    return await inflaters[encoding](packed, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxBytes);
    throw new PosternError("invalid_body", `Cannot read this body: it is not the ${encoding} that its Content-Encoding says`, {
      cause: error,
    });
  }
}

/** The refusal of a body over the limit. */
export function tooLarge(maxBytes: number): PosternError {
  return new PosternError(
    "body_too_large",
    `Cannot take this body: it is larger than ${maxBytes} bytes; send less, or raise gateway.maxBodyBytes`,
  );
}

function isInflatable(encoding: string): encoding is keyof typeof inflaters {
  return Object.hasOwn(inflaters, encoding);
}

function left(): PosternError {
  return new PosternError("client_closed", "The client left before its request was complete");
}

function collect(exchange: BodyExchange, maxBytes: number): Promise<Buffer> {
  const { request } = exchange;
  const announced = announcedLength(request.rawHeaders);
  if (announced > maxBytes) return Promise.reject(tooLarge(maxBytes));
  // Gone while something was loaded for the call: no event is to come.
  if (request.destroyed) return Promise.reject(left());
  return new Promise((resolve, reject) => {
    const chunks: Buffer<ArrayBuffer>[] = [];
    let length = 0;
    let timer: NodeJS.Timeout | undefined;
    let isSettled = false;
    const isAwaited = (): boolean => !isSettled && (announced === 0 || length < announced);
    function giveUp(): void {
      fail(new PosternError("request_timeout", `Cannot wait longer for the rest of this body: nothing came for ${idleLimitMs / 1000} s`));
    }
    function settle(): boolean {
      clearTimeout(timer);
      const isFirst = !isSettled;
      isSettled = true;
      if (isFirst) exchange.ongoing = null;
      return isFirst;
    }
    function fail(error: PosternError): void {
      if (!settle()) return;
      request.pause();
      reject(error);
    }
    request.on("data", (chunk: Buffer<ArrayBuffer>) => {
      if (isSettled) return;
      length += chunk.length;
      if (length > maxBytes) {
        fail(tooLarge(maxBytes));
        return;
      }
      chunks.push(chunk);
      if (isAwaited()) timer?.refresh();
    });
    request.on("end", () => {
      if (settle()) resolve(join(chunks, length));
    });
    // Every request closes; an error, with its stack trace, is only made for one that was not complete.
    const onGone = (): void => {
      if (!isSettled) fail(left());
    };
    // An error comes with it, and node:http keeps that to itself where nobody listens.
    request.on("close", onGone);
    // Most bodies come along with their header and are there by then: they need no timer, and nobody can end them.
    process.nextTick(() => {
      if (!isAwaited()) return;
      timer = setTimeout(giveUp, idleLimitMs);
      exchange.ongoing = { clientLeft: onGone, interrupt: fail };
      if (exchange.cut !== null) fail(exchange.cut);
    });
  });
}

/**
 * What Content-Length says; 0 where there is none. Not from `request.headers`: that object has another hidden class for
 * each order of headers, and V8 would throw away what it compiled of a call's way whenever a client of another kind comes.
 */
function announcedLength(rawHeaders: readonly string[]): number {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 14 && name.toLowerCase() === "content-length") return Number(rawHeaders[index + 1]);
  }
  return 0;
}

/** Joins a body's pieces. They are given back to the system at once: left to the collector, each large body would weigh twice. */
function join(chunks: readonly Buffer<ArrayBuffer>[], length: number): Buffer {
  if (chunks.length === 1) return chunks[0] as Buffer;
  const whole = Buffer.concat(chunks, length);
  for (const { buffer, length: used } of chunks) if (buffer.byteLength === used) buffer.transfer(0);
  return whole;
}
