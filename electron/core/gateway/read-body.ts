import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";
import { PosternError } from "#shared/errors.ts";

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
 *   `invalid_body` when it cannot be inflated, `client_closed`
 */
export async function readBody(
  request: IncomingMessage,
  options: { readonly encoding: string | null; readonly maxBytes: number },
): Promise<Buffer> {
  const encoding = options.encoding?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "") return collect(request, options.maxBytes);
  if (!isInflatable(encoding)) {
    throw new PosternError(
      "unsupported_encoding",
      `Cannot read this body: its Content-Encoding is none of ${Object.keys(inflaters).join(", ")}; send it plain`,
      {
        headers: { "accept-encoding": Object.keys(inflaters).join(", ") },
      },
    );
  }
  const packed = await collect(request, options.maxBytes);
  try {
    return await inflaters[encoding](packed, { maxOutputLength: options.maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(options.maxBytes);
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

function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > maxBytes) return Promise.reject(tooLarge(maxBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => {
      fail(new PosternError("request_timeout", `Cannot wait longer for the rest of this body: nothing came for ${idleLimitMs / 1000} s`));
    }, idleLimitMs);
    let isSettled = false;
    function settle(): boolean {
      clearTimeout(timer);
      const isFirst = !isSettled;
      isSettled = true;
      return isFirst;
    }
    function fail(error: PosternError): void {
      if (!settle()) return;
      request.pause();
      reject(error);
    }
    request.on("data", (chunk: Buffer) => {
      if (isSettled) return;
      length += chunk.length;
      if (length > maxBytes) {
        fail(tooLarge(maxBytes));
        return;
      }
      chunks.push(chunk);
      if (announced === 0 || length < announced) timer.refresh();
    });
    request.on("end", () => {
      if (settle()) resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length));
    });
    const onGone = (): void => fail(new PosternError("client_closed", "The client left before its request was complete"));
    request.on("close", onGone);
    request.on("error", onGone);
  });
}
