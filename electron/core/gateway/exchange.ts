import type { IncomingMessage, ServerResponse } from "node:http";
import type { PosternError } from "#shared/errors.ts";
import { type RequestHead, readHead } from "#core/access/read-head.ts";
import type { GrantedEndpoint } from "#shared/schema/grant.ts";
import type { Allowance } from "./allowance.ts";
import type { Dialect } from "#core/dialects/dialect.ts";
import { openaiChat } from "#core/dialects/openai-chat/index.ts";
import type { Clock } from "#core/platform.ts";
import type { PaidOnce } from "#core/routing/response-cache.ts";
import { newCall, type OpenCall } from "#core/usage/call-record.ts";

/** What goes on for a call, as far as somebody else may end it. */
export interface Ongoing {
  /** The connection has closed before the answer was whole. */
  clientLeft(): void;
  /** Ends it with an error: `cutOff` calls this, and sees to it that nothing follows. */
  interrupt(reason: PosternError): void;
}

/** One request and its answer, from the first byte to the log. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Empty until it was read: a request whose head cannot be read is answered all the same. */
  head: RequestHead;
  /** What the client speaks, by the path that it called: errors are written in it. */
  dialect: Dialect;
  /** On the monotonic clock. */
  readonly startedAtMs: number;
  /** Headers that every answer to this call carries, as a flat list: CORS where a web page may read it. */
  extraHeaders: readonly string[];
  /** Invites a client that waits for "100 Continue" to send its body; null where it does not wait. */
  readonly beginBody: (() => void) | null;
  /** What the log will say, filled in as it becomes known. A record without an endpoint is not kept. */
  readonly record: OpenCall;
  /** What could be ended: set while a reply is on its way, or waited for, and while the rest of a body is. */
  ongoing: Ongoing | null;
  /** Why it was ended from outside, as by a shutdown, a revoked key or its person; null as long as it was not. */
  cut: PosternError | null;
  /** What gives up steps that are waited for when the call is cut off; null where there was none yet. */
  steps: Set<(reason: PosternError) => void> | null;
  /** Its place among the calls under way; -1 where it is not among them. */
  slot: number;
  /** What the path asks for, once it is known; null for what needs no key. */
  wanted: GrantedEndpoint | null;
  /** What the tool's grant allows; null for the owner, who may do everything, and where no local key came. */
  allowance: Allowance | null;
  /** Where to say what the answer cost, if it was kept to be given again. */
  paid: PaidOnce | null;
}

const emptyHead: RequestHead = readHead([]);
const none: readonly never[] = [];

/** Begins an exchange: the clock runs, nothing is read yet. */
export function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly clock: Clock; readonly beginBody: (() => void) | null },
): Exchange {
  return {
    request,
    response,
    head: emptyHead,
    dialect: openaiChat,
    startedAtMs: options.clock.monotonicMs(),
    extraHeaders: none,
    beginBody: options.beginBody,
    ongoing: null,
    cut: null,
    steps: null,
    slot: -1,
    wanted: null,
    allowance: null,
    paid: null,
    record: newCall(options.clock.nowMs()),
  };
}

/** Whether the client is gone, so that nothing needs to be sent or paid for any more. */
export function hasLeft(exchange: Exchange): boolean {
  // Not the response's socket: a pipelined request's answer has none until its turn comes.
  return exchange.response.destroyed || exchange.request.socket.destroyed;
}
