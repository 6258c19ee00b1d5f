import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHead } from "#core/access/read-head.ts";
import type { CallRecord } from "#core/usage/call-record.ts";

/** One request and its answer, from the first byte to the log. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly head: RequestHead;
  /** On the monotonic clock. */
  readonly startedAtMs: number;
  /** Headers that every answer to this call carries, as a flat list: CORS where a web page may read it. */
  readonly extraHeaders: readonly string[];
  /** What the log will say, filled in as it becomes known. */
  readonly record: { -readonly [Field in keyof CallRecord]: CallRecord[Field] };
  /** Set while a reply is on its way: cuts it off with an error, as a shutdown or a revoked key does. */
  interrupt: ((reason: Error) => void) | null;
  /** Its place among the calls under way; -1 where it is not among them. */
  slot: number;
}

/** Whether the client is gone, so that nothing needs to be sent or paid for any more. */
export function hasLeft(exchange: Exchange): boolean {
  // Not the response's socket: a pipelined request's answer has none until its turn comes.
  return exchange.response.destroyed || exchange.request.socket.destroyed;
}
