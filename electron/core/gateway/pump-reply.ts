import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { PosternError } from "#shared/errors.ts";
import { writeOpenAiErrorFrame } from "#core/dialects/openai-chat-error.ts";
import { beginsLikeJson, findReplyUsage, readReplyEnding } from "#core/dialects/openai-chat-reply.ts";
import { type Ending, OpenAiStreamTap } from "#core/dialects/openai-chat-tap.ts";
import { explainFailure } from "#core/upstream/explain-failure.ts";
import { scrubSecret } from "#core/upstream/scrub-secret.ts";
import type { Exchange } from "./exchange.ts";
import { relayedHeaders } from "./response-headers.ts";

/** What came of one try at one target. */
export type Outcome =
  /** The answer went to the client, whole or not. */
  | {
      readonly kind: "delivered";
      readonly ending: Ending;
      readonly status: number;
      readonly usage: unknown;
      readonly error: PosternError | null;
    }
  /** The provider said no; nothing was sent to the client. */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: Buffer;
      /** Not to be in anything that is written of it. */
      readonly secret: string | null;
    }
  /** No answer that could be used; nothing was sent to the client. */
  | { readonly kind: "error"; readonly error: PosternError }
  | { readonly kind: "client-left"; readonly status: number | null; readonly usage: unknown };

/** What the pump has to know of the try that it serves. */
export interface PumpOptions {
  readonly provider: string;
  /** Taken out of whatever a provider says in an error. */
  readonly secret: string | null;
  /** Whether the body must be JSON (or a stream of it); else anything but a web page is passed on. */
  readonly expectsJson: boolean;
  readonly hidesUsage: boolean;
  /** Whether a stream has to say that it is finished. */
  readonly mustSayEnd: boolean;
  /** Called when the provider's header has come: a limit of time for it ends there. */
  onHead(): void;
  /** The gateway's own headers for this answer, as a flat list. */
  readonly headers: readonly string[];
  readonly monotonicMs: () => number;
}

type Mode = "waiting" | "stream" | "held" | "through" | "refusal";

const mostHeldBytes = 1_048_576;
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
  readonly #tap: OpenAiStreamTap;
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
  /** Why we ended the provider's answer ourselves. */
  #reason: PosternError | null = null;

  constructor(exchange: Exchange, options: PumpOptions) {
    this.#exchange = exchange;
    this.#options = options;
    this.#tap = new OpenAiStreamTap(options);
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
      case "stream": {
        const lines = this.#tap.feed(chunk);
        if (this.#tap.failed && !this.#committed) return this.fail(this.#streamFailure());
        if (this.#tap.overflowed) return this.fail(this.#invalid("a line of its stream is longer than 1 MiB", "upstream_too_large"));
        if (this.#tap.failed) this.#endWithItsError(lines);
        else if (lines !== null) this.#send(controller, lines);
        return;
      }
      case "held":
      case "refusal":
        this.#held.push(chunk);
        this.#heldBytes += chunk.length;
        if (this.#heldBytes <= mostHeldBytes) return;
        if (this.#mode === "refusal")
          return this.fail(this.#invalid(`its error (${this.#status}) is longer than 1 MiB`, "upstream_too_large"));
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
        return this.#endStream();
      case "held":
        return this.#endHeld();
      case "refusal":
        return this.#finish({
          kind: "refused",
          status: this.#status,
          headers: this.#headers,
          body: this.#scrub(Buffer.concat(this.#held)),
          secret: this.#options.secret,
        });
      case "through": {
        if (!this.#committed) this.#commit(null);
        const tail = Buffer.concat(this.#held);
        const isJson = this.#options.expectsJson && tail.length > 0;
        this.#deliver(isJson ? readReplyEnding(tail) : "finished", isJson ? findReplyUsage(tail) : null);
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
    if (type.startsWith("text/event-stream")) this.#mode = "stream";
    else this.#mode = this.#options.expectsJson && status !== 204 ? "held" : "through";
    return null;
  }

  #endStream(): void {
    const { rest, ending, usage, errorMessage } = this.#tap.end();
    if (ending === "failed" && !this.#committed) return this.#finish({ kind: "error", error: this.#streamFailure(errorMessage) });
    if (ending === "truncated") {
      const error = this.#invalid("its stream ended without saying that it was finished", "upstream_truncated");
      if (this.#committed) this.#breakOff(error, usage);
      else this.#finish({ kind: "error", error });
      return;
    }
    if (ending === "failed") return this.#endWithItsError(rest);
    if (!this.#committed) this.#commit(null);
    if (rest !== null) this.#write(rest);
    this.#deliver(ending, usage);
  }

  /** The provider told an error in the middle of its stream: that is the last thing the client gets. */
  #endWithItsError(lines: Buffer | null): void {
    const { response } = this.#exchange;
    const { usage, errorMessage } = this.#tap.end();
    if (lines !== null) this.#write(this.#scrub(lines));
    response.write("\n\n", () => response.destroy());
    this.#finish({ kind: "delivered", ending: "failed", status: this.#status, usage, error: this.#streamFailure(errorMessage) });
    this.#controller?.abort(new Error("the answer has failed"));
  }

  #endHeld(): void {
    const body = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
    if (!beginsLikeJson(body))
      return this.#finish({ kind: "error", error: this.#invalid(body.length === 0 ? "it is empty" : "it is not JSON") });
    if (readReplyEnding(body) === "truncated") {
      return this.#finish({ kind: "error", error: this.#invalid("its JSON ends in the middle", "upstream_truncated") });
    }
    this.#commit(body.length);
    this.#exchange.record.responseBytes = body.length;
    this.#exchange.response.end(body);
    this.#finish({ kind: "delivered", ending: "finished", status: this.#status, usage: findReplyUsage(body), error: null });
  }

  /** A reply too long to be held: what was held goes out, the rest follows as it comes. */
  #letFlow(controller: Dispatcher.DispatchController): void {
    const held = Buffer.concat(this.#held);
    if (!beginsLikeJson(held)) return this.fail(this.#invalid("it is not JSON"));
    this.#mode = "through";
    this.#held = [];
    this.#heldBytes = 0;
    this.#keepTail(held);
    this.#send(controller, held);
  }

  /** Keeps the last bytes of a long reply, where its usage stands. */
  #keepTail(chunk: Buffer): void {
    if (!this.#options.expectsJson) return;
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
    const headers = relayedHeaders(this.#headers, this.#options.secret);
    headers.push(...this.#options.headers, ...extraHeaders);
    const announced = length ?? (this.#mode === "through" ? this.#headers["content-length"] : undefined);
    if (announced !== undefined) headers.push("content-length", String(announced));
    response.writeHead(this.#status, headers);
  }

  /** The answer broke after its first byte: the client sees an error and a closed connection, nothing that reads as an end. */
  #breakOff(error: PosternError, usage: unknown = null): void {
    const { response } = this.#exchange;
    if (this.#mode === "stream" && !response.destroyed) response.write(`\n\n${writeOpenAiErrorFrame(error)}`, () => response.destroy());
    else response.destroy();
    this.#finish({ kind: "delivered", ending: "truncated", status: this.#status, usage: usage ?? this.#tap.end().usage, error });
  }

  #deliver(ending: Ending, usage: unknown, error: PosternError | null = null): void {
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
    return { kind: "client-left", status: this.#committed ? this.#status : null, usage: this.#tap.end().usage };
  }

  #finish(outcome: Outcome): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#stallTimer);
    this.#exchange.interrupt = null;
    this.#exchange.onClientLeft = null;
    this.#settle(outcome);
  }

  #scrub(bytes: Buffer): Buffer {
    return scrubSecret(bytes, this.#options.secret);
  }

  #streamFailure(said: string | null = this.#tap.end().errorMessage): PosternError {
    const words = said === null ? "no words" : scrubSecret(Buffer.from(said), this.#options.secret).toString();
    return new PosternError("upstream_error", `${this.#options.provider} broke off its answer: ${words}`);
  }

  #invalid(what: string, code: "upstream_invalid" | "upstream_truncated" | "upstream_too_large" = "upstream_invalid"): PosternError {
    return new PosternError(code, `Cannot use the answer of ${this.#options.provider}: ${what}`);
  }
}
