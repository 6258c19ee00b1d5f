import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { PosternError } from "#shared/errors.ts";
import type { Failure, Usage } from "#core/dialects/chat.ts";
import type { Ending } from "#core/dialects/conductor.ts";
import { explainFailure } from "#core/upstream/explain-failure.ts";
import { scrubSecret, type Secrets } from "#core/upstream/scrub-secret.ts";
import type { Exchange } from "./exchange.ts";
import type { ReplyStream } from "./reply-stream.ts";
import type { ReplyWay } from "./reply-way.ts";
import { relayedHeaders } from "./response-headers.ts";

/** What came of one try at one target. */
export type Outcome =
  /** The answer went to the client, whole or not. */
  | {
      readonly kind: "delivered";
      readonly ending: Ending;
      readonly status: number;
      readonly usage: Usage | null;
      readonly error: PosternError | null;
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
  | { readonly kind: "client-left"; readonly status: number | null; readonly usage: Usage | null };

/** What the pump has to know of the try that it serves. */
export interface PumpOptions {
  readonly provider: string;
  /** Taken out of whatever a provider says in an error. */
  readonly secrets: Secrets;
  /** What becomes of the answer: relayed, or translated. */
  readonly way: ReplyWay;
  /** Called when the provider's header has come: a limit of time for it ends there. */
  onHead(): void;
  /** The gateway's own headers for this answer, as a flat list. */
  readonly headers: readonly string[];
  readonly monotonicMs: () => number;
}

type Mode = "waiting" | "stream" | "held" | "through" | "refusal";

const mostHeldBytes = 1_048_576;
/** A stream that has begun but says nothing yet: so long another target can still answer. */
const openingMs = 5_000;
const heartbeatMs = 5_000;
const stalledReaderMs = 120_000;
const tailBytes = 16_384;
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
    this.outcome = new Promise((resolve) => (this.#settle = resolve));
    exchange.onClientLeft = () => this.#clientLeft();
    exchange.interrupt = (reason) => this.fail(reason instanceof PosternError ? reason : new PosternError("internal", reason.message));
  }

  /** Ends this try with an error: a deadline, a shutdown. */
  fail(error: PosternError): void {
    if (this.#settled) return;
    this.#reason ??= error;
    if (this.#controller === null) this.#finish({ kind: "error", error });
    else this.#controller.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled || this.#gone) controller.abort(this.#reason ?? new Error("the client left"));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#controller = controller;
    if (status < 200) {
      if (++this.#interimAnswers > mostInterimAnswers) this.fail(this.#invalid("it sends interim answers without end"));
      return;
    }
    this.#options.onHead();
    this.#status = status;
    this.#headers = headers;
    const problem = this.#judgeHead(status, headers);
    if (problem !== null) this.fail(problem);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
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
    const explained = this.#reason ?? explainFailure(this.#options.provider, error);
    if (this.#committed) this.#breakOff(explained);
    else this.#finish({ kind: "error", error: explained });
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
    if (stream.overflowed) return this.fail(this.#invalid("a frame of its stream is too long", "upstream_too_large"));
    if (this.#committed) {
      if (bytes !== null) this.#send(controller, bytes);
      return;
    }
    if (bytes !== null) this.#held.push(bytes);
    if (!stream.hasBegun) return;
    clearTimeout(this.#openingTimer);
    this.#releaseOpening(controller);
  }

  /** Sends what was held of a stream's opening: from here on no other target can answer. */
  #releaseOpening(controller: Dispatcher.DispatchController | null): void {
    if (!this.#committed) this.#commit(null);
    const opening = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
    this.#held = [];
    if (opening.length === 0) return;
    if (controller === null) this.#write(opening);
    else this.#send(controller, opening);
  }

  /** The provider takes its time: the client gets its headers, and signs of life until the answer begins. */
  #waitNoLonger(stream: ReplyStream): void {
    if (this.#settled) return;
    this.#releaseOpening(null);
    if (stream.heartbeat === "") return;
    this.#openingTimer = setInterval(() => {
      if (this.#settled || stream.hasBegun) clearInterval(this.#openingTimer);
      else this.#write(Buffer.from(stream.heartbeat));
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
      const { response } = this.#exchange;
      if (own !== null) this.#write(this.#scrub(own));
      const told = this.#options.way.tellsFailures ? stream.fail(this.#withoutSecret(failure)) : Buffer.from("\n\n");
      response.write(told ?? "", () => response.destroy());
      this.#finish({ kind: "delivered", ending: "failed", status: this.#status, usage: stream.usage, error });
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
    this.#commit(answer.body.length);
    this.#exchange.record.responseBytes = answer.body.length;
    this.#exchange.response.end(answer.body);
    this.#finish({ kind: "delivered", ending: "finished", status: this.#status, usage: answer.usage, error: null });
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
    return this.#exchange.response.write(bytes);
  }

  #commit(length: number | null): void {
    this.#committed = true;
    const { response, record, startedAtMs, extraHeaders } = this.#exchange;
    record.firstByteMs = this.#options.monotonicMs() - startedAtMs;
    record.status = this.#status;
    const { contentType } = this.#options.way;
    const headers = relayedHeaders(this.#headers, this.#options.secrets, contentType);
    headers.push(...this.#options.headers, ...extraHeaders);
    const announced = length ?? (this.#mode === "through" ? this.#headers["content-length"] : undefined);
    if (announced !== undefined) headers.push("content-length", String(announced));
    response.writeHead(this.#status, headers);
  }

  /** The answer broke after its first byte: the client sees an error and a closed connection, nothing that reads as an end. */
  #breakOff(error: PosternError): void {
    const { response } = this.#exchange;
    const stream = this.#mode === "stream" ? this.#stream : null;
    const told = stream?.fail({ status: error.status, message: error.message, code: error.code }) ?? null;
    if (told !== null && !response.destroyed) response.write(told, () => response.destroy());
    else response.destroy();
    this.#finish({ kind: "delivered", ending: "truncated", status: this.#status, usage: stream?.usage ?? null, error });
  }

  #deliver(ending: Ending, usage: Usage | null, error: PosternError | null = null): void {
    this.#exchange.response.end();
    this.#finish({ kind: "delivered", ending, status: this.#status, usage, error });
  }

  #clientLeft(): void {
    if (this.#settled) return;
    this.#gone = true;
    if (this.#controller === null) this.#finish(this.#leaving());
    else this.#controller.abort(new Error("the client left"));
  }

  #leaving(): Outcome {
    return { kind: "client-left", status: this.#committed ? this.#status : null, usage: this.#stream?.usage ?? null };
  }

  #finish(outcome: Outcome): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#stallTimer);
    clearTimeout(this.#openingTimer);
    this.#exchange.interrupt = null;
    this.#exchange.onClientLeft = null;
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
