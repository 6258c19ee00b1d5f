import type { ServerResponse } from "node:http";
import type { CallBodies } from "#core/usage/call-bodies.ts";
import type { CallRecord } from "#core/usage/call-record.ts";
import type { Exchange } from "./exchange.ts";

/** Keeps what calls sent and got, where the person asked for it. */
export interface BodyKeeper {
  /** Whether it keeps those of this call. */
  keeps(record: Pick<CallRecord, "grantId" | "tool">): boolean;
  /** Keeps this request, and the answer as it goes out. */
  keep(exchange: Exchange, request: Buffer): void;
}

/** What a keeper needs. */
export interface BodyKeeperOptions {
  readonly keeps: BodyKeeper["keeps"];
  /** The most that is kept of each body. */
  readonly mostBytes: () => number;
  /** Takes them when the call is over. Never throws. */
  readonly take: (bodies: CallBodies) => void;
}

/** Makes a keeper. Calls whose bodies it does not keep cost nothing more than the question. */
export function createBodyKeeper({ keeps, mostBytes, take }: BodyKeeperOptions): BodyKeeper {
  let lastId = 0;
  return {
    keeps,
    keep(exchange, request) {
      const most = mostBytes();
      const { record, response } = exchange;
      // Above those of every earlier run, and an exact number.
      lastId = Math.max(lastId + 1, Math.round(record.startedAtMs) * 1_000);
      const id = lastId;
      record.bodyId = id;
      const kept: Buffer[] = [];
      let responseBytes = 0;
      watchAnswer(response, (bytes) => {
        if (responseBytes < most) kept.push(Buffer.from(bytes.subarray(0, most - responseBytes)));
        responseBytes += bytes.length;
      });
      response.once("close", () => {
        take({
          id,
          startedAtMs: record.startedAtMs,
          request: request.subarray(0, most),
          response: kept.length === 0 ? null : Buffer.concat(kept),
          requestBytes: request.length,
          responseBytes,
        });
      });
    },
  };
}

/** Shows everything that is written to one answer, whichever way it takes. */
function watchAnswer(response: ServerResponse, see: (bytes: Buffer) => void): void {
  const look = (chunk: unknown): void => {
    if (typeof chunk === "string") see(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) see(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  };
  const write = response.write.bind(response) as (...all: unknown[]) => boolean;
  const end = response.end.bind(response) as (...all: unknown[]) => ServerResponse;
  let hasEnded = false;
  Object.assign(response, {
    write(...all: unknown[]) {
      if (!hasEnded) look(all[0]);
      return write(...all);
    },
    end(...all: unknown[]) {
      look(all[0]);
      // Node's own end() may call write() for its last piece.
      hasEnded = true;
      return end(...all);
    },
  });
}
