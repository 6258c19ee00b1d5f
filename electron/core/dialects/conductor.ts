import type { CloseEvent, Failure, FinishReason, ReadEvent, Usage, WriteEvent } from "./chat.ts";

/** How a reply ended: whole, cut off, or with an error that the provider told in it. */
export type Ending = "finished" | "truncated" | "failed";

type OpenBlock = "text" | "reasoning" | "refusal" | "tool-call";

/**
 * Stands between a provider's reader and a client's writer, and makes of whatever was read an answer in the one order
 * that writers know: `start` once, one block open at a time, each closed, arguments for every call, and `close` once and
 * only where the provider said that it had finished. Usage and the reason wait for the end, since some tell them last.
 */
export class Conductor {
  /** Whether something of the answer itself has come, and not only its frame. */
  hasContent = false;
  failure: Failure | null = null;
  readonly #emit: (event: WriteEvent) => void;
  #usage: Usage = {};
  #started = false;
  #open: OpenBlock | null = null;
  #hasArguments = false;
  #calledTools = false;
  #finish: { readonly reason: FinishReason; readonly stopSequence?: string | undefined } | null = null;
  #closed = false;

  constructor(emit: (event: WriteEvent) => void) {
    this.#emit = emit;
  }

  /** Whether the answer is whole, and said to be. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** What is known of the tokens so far. */
  get usage(): Usage {
    return this.#usage;
  }

  /** Takes one event of the reader. Nothing is passed on after an end or a failure. */
  take(event: ReadEvent): void {
    if (this.#closed || this.failure !== null) {
      if (event.type === "usage") this.#addUsage(event.usage);
      return;
    }
    switch (event.type) {
      case "text":
      case "reasoning":
      case "refusal":
        if (event.text === "") return;
        if (this.#open !== event.type) this.#begin(event.type);
        this.#emit(event);
        return;
      case "arguments":
        if (this.#open !== "tool-call" || event.json === "") return;
        this.#hasArguments = true;
        this.#emit(event);
        return;
      case "tool-call":
        this.#begin("tool-call");
        this.#hasArguments = false;
        this.#calledTools = true;
        this.#emit(event);
        return;
      case "block-end":
        this.#end();
        return;
      case "start":
        if (event.usage !== undefined) this.#addUsage(event.usage);
        if (this.#started) return;
        this.#started = true;
        this.#emit(event);
        return;
      case "signature":
        if (this.#open !== "reasoning") this.#begin("reasoning");
        this.#emit(event);
        return;
      case "citation":
      case "logprobs":
        if (this.#open !== "text") this.#begin("text");
        this.#emit(event);
        return;
      case "media":
        this.#end();
        this.#start();
        this.hasContent = true;
        this.#emit(event);
        return;
      case "usage":
        this.#addUsage(event.usage);
        return;
      case "finish":
        this.#end();
        this.#finish ??= { reason: event.reason, stopSequence: event.stopSequence };
        return;
      case "end":
        if (this.#finish !== null) this.#close(this.#finish);
        return;
      case "failure":
        this.failure = event.failure;
        return;
      default:
        event satisfies never;
    }
  }

  /** The provider's bytes have ended: closes the answer if it is whole, and says what it was. */
  finish(): Ending {
    if (this.failure !== null) return "failed";
    if (this.#closed) return "finished";
    if (this.#finish === null) return "truncated";
    this.#close(this.#finish);
    return "finished";
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#emit({ type: "start" });
  }

  #begin(block: OpenBlock): void {
    this.#end();
    this.#start();
    this.hasContent = true;
    this.#open = block;
  }

  #end(): void {
    if (this.#open === null) return;
    // A client parses the arguments: nothing at all is no JSON.
    if (this.#open === "tool-call" && !this.#hasArguments) this.#emit({ type: "arguments", json: "{}" });
    this.#open = null;
    this.#emit({ type: "block-end" });
  }

  #close({ reason, stopSequence }: { readonly reason: FinishReason; readonly stopSequence?: string | undefined }): void {
    this.#end();
    this.#start();
    this.#closed = true;
    this.hasContent = true;
    const close: CloseEvent = {
      type: "close",
      // Several say "stop" after a tool call: clients then never run the tool.
      reason: reason === "stop" && this.#calledTools ? "tool-calls" : reason,
      stopSequence,
      usage: this.#usage,
    };
    this.#emit(close);
  }

  /** Running totals replace, they do not add; what was not said again stays. */
  #addUsage(usage: Usage): void {
    const known = Object.entries(usage).filter(([, count]) => count !== undefined);
    if (known.length > 0) this.#usage = { ...this.#usage, ...Object.fromEntries(known) };
  }
}
