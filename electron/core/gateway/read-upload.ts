import { Readable } from "node:stream";
import { PosternError } from "#shared/errors.ts";
import { MultipartError, type MultipartPiece, MultipartReader, readBoundary } from "#core/wire/multipart.ts";
import type { Exchange } from "./exchange.ts";
import { tooLarge } from "./read-body.ts";

/** A multipart request: its fields as far as they have come, its files not read. */
export interface Upload {
  readonly model: string | null;
  readonly provider: string | null;
  readonly keyName: string | null;
  /** Whether all of it is here, so that it can be sent more than once. */
  readonly complete: boolean;
  /**
   * The body for a target. An upload that is not complete can be opened once; what has not come yet follows as it comes.
   *
   * @param renameModel turns the client's name for the model into the provider's
   */
  open(renameModel: (model: string) => string): Buffer | Readable;
}

const idleLimitMs = 30_000;

/**
 * Reads a multipart request until the model is known (or not at all where a header names the provider), so that a file
 * behind it is never held. Many clients send the file first: then it is held until the model comes, up to `maxBytes`.
 *
 * @throws {PosternError} `invalid_body`, `body_too_large`, `request_timeout`, `client_closed`, or why the call was cut off
 */
export async function readUpload(
  exchange: Pick<Exchange, "request" | "ongoing" | "cut">,
  options: {
    readonly contentType: string;
    readonly maxBytes: number;
    readonly providerIsNamed: boolean;
    /** How much may be held while the model is not known: little for a caller without a local key. */
    readonly mostHeldBytes: number;
  },
): Promise<Upload> {
  const { request } = exchange;
  const boundary = readBoundary(options.contentType);
  if (boundary === null)
    throw new PosternError("invalid_body", "Cannot read this upload: its Content-Type is not multipart/form-data with a boundary");
  const reader = new MultipartReader(boundary, (field) =>
    field === "model" ? "watch" : field === "provider" || field.startsWith("portkey_") ? "drop" : "pass",
  );
  const held: MultipartPiece[] = [];
  let receivedBytes = 0;

  const take = (chunk: Buffer): MultipartPiece[] => {
    receivedBytes += chunk.length;
    if (receivedBytes > options.maxBytes) throw tooLarge(options.maxBytes);
    try {
      return reader.feed(chunk);
    } catch (error) {
      throw error instanceof MultipartError
        ? new PosternError("invalid_body", `Cannot read this upload: ${error.message}`, { cause: error })
        : error;
    }
  };
  const incomplete = (): PosternError => new PosternError("invalid_body", "Cannot read this upload: its closing boundary never came");

  if (Number(request.headers["content-length"] ?? 0) > options.maxBytes) throw tooLarge(options.maxBytes);
  const isEnough = (): boolean => reader.values.has("model") || (options.providerIsNamed && receivedBytes > 0);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => done(timedOut()), idleLimitMs);
    const onData = (chunk: Buffer): void => {
      timer.refresh();
      try {
        held.push(...take(chunk));
      } catch (error) {
        done(error as Error);
        return;
      }
      if (isEnough()) done(null);
      else if (receivedBytes > options.mostHeldBytes) done(tooLarge(options.mostHeldBytes));
    };
    const onEnd = (): void => done(reader.ended ? null : incomplete());
    const onClose = (): void => done(left());
    function done(error: Error | null): void {
      clearTimeout(timer);
      exchange.ongoing = null;
      request.pause();
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      if (error === null) resolve();
      else reject(error);
    }
    request.on("error", () => {});
    request.on("data", onData).on("end", onEnd).on("close", onClose);
    exchange.ongoing = { clientLeft: onClose, interrupt: done };
    // Gone while something was loaded for the call: no event is to come.
    if (request.destroyed) done(left());
    if (exchange.cut !== null) done(exchange.cut);
  });

  // Behind the closing delimiter nothing follows that means anything.
  const complete = reader.ended;
  if (complete) request.resume();
  const text = (field: string): string | null => reader.values.get(field) || null;
  const provider = text("provider");
  return {
    model: text("model"),
    provider: text("portkey_provider") ?? (provider === "portkey" ? null : provider),
    keyName: text("portkey_virtual_key"),
    complete,
    open(renameModel) {
      const write = (pieces: readonly MultipartPiece[]): Buffer =>
        Buffer.concat(pieces.map((piece) => (Buffer.isBuffer(piece) ? piece : Buffer.from(renameModel(piece.value)))));
      // The reader's own line break comes first; the body begins with the delimiter's dashes.
      let toStrip = 2;
      const strip = (bytes: Buffer): Buffer => {
        const stripped = bytes.subarray(Math.min(toStrip, bytes.length));
        toStrip -= bytes.length - stripped.length;
        return stripped;
      };
      const head = strip(write(held));
      if (complete) return head;
      // Time runs while the client may send, not while Postern holds it back.
      let timer: NodeJS.Timeout | undefined;
      const resume = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => body.destroy(timedOut()), idleLimitMs);
        request.resume();
      };
      const pause = (): void => {
        clearTimeout(timer);
        request.pause();
      };
      const body = new Readable({ read: resume });
      // undici listens only once the call has a connection; until then a broken upload must not end the process.
      body.on("error", () => {});
      if (head.length > 0) body.push(head);
      request.on("data", (chunk: Buffer) => {
        timer?.refresh();
        try {
          const bytes = strip(write(take(chunk)));
          if (bytes.length > 0 && !body.push(bytes)) pause();
        } catch (error) {
          body.destroy(error as Error);
        }
      });
      request.once("end", () => {
        clearTimeout(timer);
        if (reader.ended) body.push(null);
        else body.destroy(incomplete());
      });
      request.once("close", () => (request.complete ? undefined : body.destroy(left())));
      body.once("close", () => {
        clearTimeout(timer);
        request.removeAllListeners("data");
        request.resume();
      });
      return body;
    },
  };
}

function timedOut(): PosternError {
  return new PosternError("request_timeout", `Cannot wait longer for the rest of this upload: nothing came for ${idleLimitMs / 1000} s`);
}

function left(): PosternError {
  return new PosternError("client_closed", "The client left before its upload was complete");
}
