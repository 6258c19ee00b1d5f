import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { PosternError } from "#shared/errors.ts";
import type { Failure, Usage } from "#core/dialects/chat.ts";
import type { Ending } from "#core/dialects/conductor.ts";
import type { Clock } from "#core/platform.ts";
import { mayBeCached } from "#core/routing/cache-policy.ts";
import type { CachedReply } from "#core/routing/response-cache.ts";
import { explainFailure } from "#core/upstream/explain-failure.ts";
import { scrubSecret, type Secrets } from "#core/upstream/scrub-secret.ts";
import type { AttemptTimes } from "#core/usage/call-record.ts";
import type { Exchange } from "./exchange.ts";
import type { ReplyStream } from "./reply-stream.ts";
import type { ReplyWay } from "./reply-way.ts";
import { relayedHeaders } from "./response-headers.ts";
import { prettyIfAsked } from "./write-failure.ts";

/** What came of one try at one target. */
export type Outcome =
  /** The answer went to the client, whole or not. */
  | {
      readonly kind: "delivered";
      readonly ending: Ending;
      readonly status: number;
      readonly usage: Usage | null;
      readonly error: PosternError | null;
      /** From the sending to the first byte; null where nothing was sent. */
      readonly firstByteMs: number | null;
    }
  /** The provider said no; nothing was sent to the client. */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      /** What it sent with its status, or what it said in the stream that it had begun. */
      readonly said: Buffer | Failure;
      /** Not to be in anything that is written of it. */
      readonly secrets: Secrets;
    }
  /** No answer that could be used; nothing was sent to the client. */
  | { readonly kind: "error"; readonly error: PosternError }
  /** Another target answered first. */
  | { readonly kind: "lost" }
  | { readonly kind: "client-left"; readonly status: number | null; readonly usage: Usage | null };

/** What the pump has to know of the try that it serves. */
export interface PumpOptions {
  readonly provider: string;
  /** Taken out of whatever a provider says in an error. */
  readonly secrets: Secrets;
  /** What becomes of the answer: relayed, or translated. */
  readonly way: ReplyWay;
  /** Filled in as its steps come. */
  readonly times: AttemptTimes;
  /** When the try began, on the monotonic clock: the times count from there. */
  readonly attemptStartMs: number;
  /** Called when the provider's header has come: a limit of time for it ends there. */
  onHead(): void;
  /** Called when the answer begins to go to the client. */
  onCommit(): void;
  /** Called when its outcome is known. */
  onEnd(): void;
  /** Takes the whole answer, if it is a good one, to give it again; null where nobody wants it. */
  readonly keep: ((reply: CachedReply) => void) | null;
  /** The gateway's own headers for this answer, as a flat list. */
  readonly headers: readonly string[];
  /** What they say besides of an answer whose usage is known before it is sent. */
  usageHeaders(usage: Usage | null): readonly string[];
  readonly clock: Clock;
}

type Mode = "waiting" | "stream" | "held" | "through" | "refusal";

const mostHeldBytes = 1_048_576;
/** No answer opens with more than that before its first word: what waits in memory must have an end. */
const mostOpeningBytes = 262_144;
/** A stream that has begun but says nothing yet: so long another target can still answer. */
const openingMs = 5_000;
const heartbeatMs = 5_000;
const stalledReaderMs = 120_000;
const tailBytes = 16_384;
/** A longer answer is not kept to be given again. */
const mostKeptBytes = 4_194_304;
/** A browser throws away what it has not read yet of an answer that breaks: the words that say why get ahead of the break. */
const lastWordsMs = 50;
const longestLastWordsMs = 5_000;
/** Each 1xx answer starts the wait for the first byte anew, so they are counted. */
const mostInterimAnswers = 32;
const noHeaders: IncomingHttpHeaders = {};

/**
 * Takes a provider's answer from undici and gives it to the client, byte for byte. Nothing is sent before the commit
 * point, the first good line of a stream or the whole of a short reply; until then another target can still answer.
 * After it, what breaks ends as an error and never as an end. A slow client pauses the provider's socket; a client that
 * leaves closes it.
 */
export class ReplyPump implements Dispatcher.DispatchHandler {
  readonly outcome: Promise<Outcome>;
  readonly #exchange: Exchange;
  readonly #options: PumpOptions;
  #stream: ReplyStream | null = null;
  #settle!: (outcome: Outcome) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #mode: Mode = "waiting";
  #status = 0;
  #interimAnswers = 0;
  readonly #sentAtMs: number;
  #firstByteMs: number | null = null;
  #kept: Buffer[] | null = null;
  #keptBytes = 0;
  #keptHeaders: readonly string[] = [];
  #usageHeaders: readonly string[] = [];
  #headers: IncomingHttpHeaders = noHeaders;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #committed = false;
  #settled = false;
  #gone = false;
  #stallTimer: NodeJS.Timeout | undefined;
  #openingTimer: NodeJS.Timeout | undefined;
  /** Why we ended the provider's answer ourselves. */
  #reason: PosternError | null = null;

  constructor(exchange: Exchange, options: PumpOptions) {
    this.#exchange = exchange;
    this.#options = options;
    this.#sentAtMs = options.clock.monotonicMs();
    this.outcome = new Promise((resolve) => (this.#settle = resolve));
  }

  /** Whether its outcome is known. */
  get isSettled(): boolean {
    return this.#settled;
  }

  /** Ends this try with an error: a deadline, a shutdown. */
  fail(error: PosternError): void {
    if (this.#settled) return;
    this.#reason ??= error;
    if (this.#controller === null) this.#finish({ kind: "error", error });
    else this.#controller.abort(error);
  }

  /** Ends this try, unless its answer has begun. */
  failUnlessCommitted(error: PosternError): void {
    if (!this.#committed) this.fail(error);
  }

  /** Gives this try up: another target has answered. */
  lose(): void {
    if (this.#settled) return;
    this.#finish({ kind: "lost" });
    this.#controller?.abort(new Error("another target has answered"));
  }

  /** The client is gone: the provider's socket is closed at once. */
  clientLeft(): void {
    if (this.#settled) return;
    this.#gone = true;
    if (this.#controller === null) this.#finish(this.#leaving());
    else this.#controller.abort(new Error("the client left"));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#options.times.connectMs = this.#sinceStart();
    if (this.#settled || this.#gone) controller.abort(this.#reason ?? new Error("the client left"));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#controller = controller;
    if (this.#settled) return;
    if (status < 200) {
      if (++this.#interimAnswers > mostInterimAnswers) this.fail(this.#invalid("it sends interim answers without end"));
      return;
    }
    this.#options.times.headMs = this.#sinceStart();
    this.#options.onHead();
    this.#status = status;
    this.#headers = headers;
    const problem = this.#judgeHead(status, headers);
    if (problem !== null) this.fail(problem);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    switch (this.#mode) {
      case "stream":
        return this.#takeStream(controller, this.#stream as ReplyStream, chunk);
      case "held":
      case "refusal":
        this.#held.push(chunk);
        this.#heldBytes += chunk.length;
        if (this.#heldBytes <= (this.#mode === "held" ? this.#options.way.mostHeldBytes : mostHeldBytes)) return;
        if (this.#mode === "refusal")
          return this.fail(this.#invalid(`its error (${this.#status}) is longer than 1 MiB`, "upstream_too_large"));
        if (!this.#options.way.mayFlow) return this.fail(this.#invalid("it is longer than 64 MiB", "upstream_too_large"));
        this.#letFlow(controller);
        return;
      case "through":
        this.#keepTail(chunk);
        this.#send(controller, chunk);
        return;
      case "waiting":
        return;
      default:
        return this.#mode satisfies never;
    }
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    switch (this.#mode) {
      case "stream":
        return this.#endStream(this.#stream as ReplyStream);
      case "held":
        return this.#endHeld();
      case "refusal":
        return this.#finish({
          kind: "refused",
          status: this.#status,
          headers: this.#headers,
          said: this.#scrub(Buffer.concat(this.#held)),
          secrets: this.#options.secrets,
        });
      case "through": {
        if (!this.#committed) this.#commit(null);
        const tail = Buffer.concat(this.#held);
        const { ending, usage } = this.#options.way.judgeTail(tail);
        this.#deliver(ending, usage);
        return;
      }
      case "waiting":
        return this.#finish({ kind: "error", error: this.#invalid("it ended before it began") });
      default:
        return this.#mode satisfies never;
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#settled) return;
    if (this.#gone) return this.#finish(this.#leaving());
    // It had said all: that it closed its connection badly changes nothing.
    if (this.#reason === null && this.#committed && this.#stream?.isWhole === true) return this.#endStream(this.#stream);
    const explained = this.#reason ?? explainFailure(this.#options.provider, error);
    if (this.#committed) this.#breakOff(explained);
    else this.#finish({ kind: "error", error: explained });
  }

  #sinceStart(): number {
    return this.#options.clock.monotonicMs() - this.#options.attemptStartMs;
  }

  /** Chooses how the body is handled. Returns what is wrong with the answer, if its header shows it already. */
  #judgeHead(status: number, headers: IncomingHttpHeaders): PosternError | null {
    if (status >= 300 && status < 400) {
      return new PosternError(
        "upstream_redirect",
        `Cannot follow ${this.#options.provider}: it answered ${status}, a redirect, and keys are never sent to another address; check its base URL`,
      );
    }
    if (status > 599) return this.#invalid(`its status is ${status}`);
    const encoding = headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity")
      return this.#invalid(`it came compressed (${encoding.slice(0, 40)}) although that was declined`);
    if (status >= 400) {
      this.#mode = "refusal";
      return null;
    }
    const type = headers["content-type"]?.toLowerCase() ?? "";
    if (type.startsWith("text/html"))
      return this.#invalid("it is a web page; check its base URL, and whether this network asks for a login first");
    const stream = this.#options.way.openStream(type);
    if (stream !== null) {
      this.#stream = stream;
      this.#mode = "stream";
      this.#held = [];
      if (!stream.hasBegun) this.#openingTimer = setTimeout(() => this.#waitNoLonger(stream), openingMs);
    } else this.#mode = this.#options.way.expectsJson && status !== 204 ? "held" : "through";
    return null;
  }

  #takeStream(controller: Dispatcher.DispatchController, stream: ReplyStream, chunk: Buffer): void {
    const bytes = stream.feed(chunk);
    if (stream.failure !== null) return this.#endWithItsFailure(stream, stream.failure, bytes);
    if (stream.overflowed) return this.fail(this.#invalid("its stream, or a frame of it, is too long", "upstream_too_large"));
    if (this.#committed) {
      if (bytes !== null) this.#send(controller, bytes);
      return;
    }
    if (bytes !== null) {
      this.#held.push(bytes);
      this.#heldBytes += bytes.length;
    }
    if (!stream.hasBegun && this.#heldBytes <= mostOpeningBytes) return;
    clearTimeout(this.#openingTimer);
    this.#releaseOpening(controller);
  }

  /** Sends what was held of a stream's opening: from here on no other target can answer. */
  #releaseOpening(controller: Dispatcher.DispatchController | null): void {
    if (!this.#committed) this.#commit(null);
    const opening = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    if (opening.length === 0) return;
    if (controller === null) this.#write(opening);
    else this.#send(controller, opening);
  }

  /** The provider takes its time: the client gets its headers, and signs of life until the answer begins. */
  #waitNoLonger(stream: ReplyStream): void {
    // Who gets a whole answer learns its status when that is known.
    if (this.#settled || stream.heartbeat === null) return;
    this.#releaseOpening(null);
    // A head goes out with the first bytes of its body, and there may be none yet.
    this.#exchange.response.flushHeaders();
    this.#openingTimer = setInterval(() => {
      if (this.#settled || stream.hasBegun) clearInterval(this.#openingTimer);
      else this.#write(Buffer.from(stream.heartbeat ?? ""));
    }, heartbeatMs);
  }

  #endStream(stream: ReplyStream): void {
    const { rest, ending } = stream.end();
    if (stream.failure !== null) return this.#endWithItsFailure(stream, stream.failure, rest);
    if (ending === "truncated") {
      const error = this.#invalid("its stream ended without saying that it was finished", "upstream_truncated");
      if (this.#committed) this.#breakOff(error);
      else this.#finish({ kind: "error", error });
      return;
    }
    this.#releaseOpening(null);
    if (rest !== null) this.#write(rest);
    this.#deliver(ending, stream.usage);
  }

  /**
   * The provider told an error in its stream. Before the commit point that is a refusal like any other; after it, it is
   * the last thing that the client gets.
   *
   * @param own the provider's own frames, up to and with its error, where they are relayed
   */
  #endWithItsFailure(stream: ReplyStream, failure: Failure, own: Buffer | null): void {
    const error = this.#streamFailure(failure);
    if (this.#committed) {
      if (own !== null) this.#write(this.#scrub(own));
      const told = this.#options.way.tellsFailures ? stream.fail(this.#withoutSecret(failure)) : Buffer.from("\n\n");
      this.#leaveWith(told ?? Buffer.alloc(0));
      this.#finishDelivered("failed", stream.usage, error);
    } else {
      const { status, headers } = { status: failure.status, headers: this.#headers };
      this.#finish({ kind: "refused", status, headers, said: this.#withoutSecret(failure), secrets: this.#options.secrets });
    }
    this.#controller?.abort(new Error("the answer has failed"));
  }

  #endHeld(): void {
    const body = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
    const answer = this.#options.way.readWhole(body);
    if ("problem" in answer) {
      return this.#finish({
        kind: "error",
        error: this.#invalid(answer.problem, answer.isTruncated === true ? "upstream_truncated" : "upstream_invalid"),
      });
    }
    if ("failure" in answer) {
      const said = this.#withoutSecret(answer.failure);
      return this.#finish({ kind: "refused", status: said.status, headers: this.#headers, said, secrets: this.#options.secrets });
    }
    const written = this.#options.way.expectsJson ? prettyIfAsked(this.#exchange, answer.body) : answer.body;
    this.#usageHeaders = this.#options.usageHeaders(answer.usage);
    this.#commit(written.length);
    this.#exchange.record.responseBytes = written.length;
    this.#keep(answer.body);
    this.#exchange.response.end(written);
    this.#finishDelivered("finished", answer.usage, null);
  }

  /** A reply too long to be held: what was held goes out, the rest follows as it comes. */
  #letFlow(controller: Dispatcher.DispatchController): void {
    const held = Buffer.concat(this.#held);
    const problem = this.#options.way.judgeBeginning(held);
    if (problem !== null) return this.fail(this.#invalid(problem));
    this.#mode = "through";
    this.#held = [];
    this.#heldBytes = 0;
    this.#keepTail(held);
    this.#send(controller, held);
  }

  /** Keeps the last bytes of a long reply, where its usage stands. */
  #keepTail(chunk: Buffer): void {
    if (!this.#options.way.expectsJson) return;
    this.#held.push(chunk.length > tailBytes ? chunk.subarray(-tailBytes) : chunk);
    this.#heldBytes += chunk.length;
    while (this.#held.length > 1 && this.#heldBytes - (this.#held[0] as Buffer).length >= tailBytes)
      this.#heldBytes -= (this.#held.shift() as Buffer).length;
  }

  #send(controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (!this.#committed) this.#commit(null);
    if (this.#write(bytes)) return;
    controller.pause();
    this.#stallTimer = setTimeout(() => this.#exchange.response.destroy(), stalledReaderMs);
    this.#exchange.response.once("drain", () => {
      clearTimeout(this.#stallTimer);
      controller.resume();
    });
  }

  #write(bytes: Buffer): boolean {
    this.#exchange.record.responseBytes = (this.#exchange.record.responseBytes ?? 0) + bytes.length;
    this.#keep(bytes);
    return this.#exchange.response.write(bytes);
  }

  #keep(bytes: Buffer): void {
    if (this.#kept === null) return;
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > mostKeptBytes) this.#kept = null;
    else this.#kept.push(bytes);
  }

  #commit(length: number | null): void {
    this.#committed = true;
    const { response, record, startedAtMs, extraHeaders } = this.#exchange;
    const nowMs = this.#options.clock.monotonicMs();
    record.firstByteMs = nowMs - startedAtMs;
    this.#firstByteMs = nowMs - this.#sentAtMs;
    this.#options.times.firstByteMs = nowMs - this.#options.attemptStartMs;
    this.#options.onCommit();
    record.status = this.#status;
    const { contentType } = this.#options.way;
    const headers = relayedHeaders(this.#headers, this.#options.secrets, contentType);
    if (this.#options.keep !== null) {
      this.#kept = [];
      this.#keptHeaders = keepable(headers);
    }
    headers.push(...this.#options.headers, ...this.#usageHeaders, ...extraHeaders);
    const announced = length ?? (this.#mode === "through" ? this.#headers["content-length"] : undefined);
    if (announced !== undefined) headers.push("content-length", String(announced));
    response.writeHead(this.#status, headers);
  }

  /** The answer broke after its first byte: the client sees an error and a closed connection, nothing that reads as an end. */
  #breakOff(error: PosternError): void {
    const { response } = this.#exchange;
    const stream = this.#mode === "stream" ? this.#stream : null;
    const told = stream?.fail({ status: error.status, message: error.message, code: error.code }) ?? null;
    if (told !== null && !response.destroyed) this.#leaveWith(told);
    else response.destroy();
    this.#finishDelivered("truncated", stream?.usage ?? null, error);
  }

  /** Closes the client's connection behind its last words, without what would read as an end. */
  #leaveWith(words: Buffer): void {
    const { response } = this.#exchange;
    const close = (): void => void response.destroy();
    // Who does not read has no last words.
    const late = setTimeout(close, longestLastWordsMs).unref();
    response.write(words, () => {
      clearTimeout(late);
      setTimeout(close, lastWordsMs).unref();
    });
  }

  #deliver(ending: Ending, usage: Usage | null, error: PosternError | null = null): void {
    this.#exchange.response.end();
    this.#finishDelivered(ending, usage, error);
  }

  #finishDelivered(ending: Ending, usage: Usage | null, error: PosternError | null): void {
    const kept = this.#kept;
    if (kept !== null && mayBeCached({ status: this.#status, finished: ending === "finished" })) {
      // A copy of its own: what undici hands over may be a slice of something larger.
      this.#options.keep?.({ status: this.#status, headers: this.#keptHeaders, body: Buffer.concat(kept) });
    }
    this.#finish({ kind: "delivered", ending, status: this.#status, usage, error, firstByteMs: this.#firstByteMs });
  }

  #leaving(): Outcome {
    return { kind: "client-left", status: this.#committed ? this.#status : null, usage: this.#stream?.usage ?? null };
  }

  #finish(outcome: Outcome): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#stallTimer);
    clearTimeout(this.#openingTimer);
    this.#options.onEnd();
    this.#settle(outcome);
  }

  #scrub(bytes: Buffer): Buffer {
    return scrubSecret(bytes, this.#options.secrets);
  }

  #withoutSecret(failure: Failure): Failure {
    return { ...failure, message: this.#scrub(Buffer.from(failure.message)).toString() };
  }

  #streamFailure(failure: Failure): PosternError {
    const words = failure.message === "" ? "no words" : this.#withoutSecret(failure).message;
    return new PosternError("upstream_error", `${this.#options.provider} broke off its answer: ${words}`);
  }

  #invalid(what: string, code: "upstream_invalid" | "upstream_truncated" | "upstream_too_large" = "upstream_invalid"): PosternError {
    return new PosternError(code, `Cannot use the answer of ${this.#options.provider}: ${what}`);
  }
}

/** Of an answer's headers those that belong to its content, and not to the one call that it was given to. */
function keepable(headers: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (name === "content-type" || name === "cache-control" || name === "x-content-type-options")
      kept.push(name, headers[index + 1] as string);
  }
  return kept;
}
