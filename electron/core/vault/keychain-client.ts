import type { Clock, KeychainProcess } from "#core/platform.ts";
import {
  readKeychainReply,
  type KeychainFailure,
  type KeychainQuestion,
  type KeychainReply,
  type KeychainValue,
} from "./keychain-messages.ts";

/** What came of a question: `hung` is what the child cannot say itself. */
export type KeychainAnswer =
  | { readonly ok: true; readonly value: KeychainValue }
  | { readonly ok: false; readonly failure: KeychainFailure | "hung"; readonly words: string };

/** Limits of a {@link KeychainClient}; the defaults are the product's. */
export interface KeychainLimits {
  /** Milliseconds that one question may take before its process is killed. */
  readonly limitMs?: number;
  /** Milliseconds without a question after which the process ends: it had secrets in its memory. */
  readonly idleMs?: number;
}

interface Running {
  readonly process: KeychainProcess;
  onReply: (reply: KeychainReply | "gone") => void;
}

/**
 * Asks the keychain's process, one question at a time: four calls that hang in libsecret would use up its threads. The
 * process is started with the first question, killed when a question takes too long or finds the keychain in disorder,
 * and started anew with the next one. Never throws.
 */
export class KeychainClient {
  readonly #start: () => KeychainProcess;
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #idleMs: number;
  #running: Running | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #hangs = 0;
  #lastId = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(start: () => KeychainProcess, clock: Clock, { limitMs = 15_000, idleMs = 30_000 }: KeychainLimits = {}) {
    this.#start = start;
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#idleMs = idleMs;
  }

  ask(question: KeychainQuestion): Promise<KeychainAnswer> {
    const hangs = this.#hangs;
    const turn = this.#queue.then(() => {
      // Who waited behind a question that hung has waited long enough: its own would hang as well.
      if (this.#hangs !== hangs) return this.#hungAnswer();
      return this.#isClosed ? closedAnswer : this.#askNow(question);
    });
    this.#queue = turn;
    return turn;
  }

  /** Ends the process. What is being asked is answered with `failing`. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  async #askNow(question: KeychainQuestion): Promise<KeychainAnswer> {
    clearTimeout(this.#idleTimer);
    const answer = await this.#exchange(question);
    if (!answer.ok && answer.failure !== "locked" && answer.failure !== "denied") {
      // libsecret keeps its session and its connection for the life of the process, also when they are dead.
      this.#stop();
    } else {
      this.#idleTimer = setTimeout(() => this.#stop(), this.#idleMs).unref();
    }
    return answer;
  }

  async #exchange(question: KeychainQuestion): Promise<KeychainAnswer> {
    const id = ++this.#lastId;
    const limit = new AbortController();
    try {
      const running = (this.#running ??= this.#startProcess());
      const reply = new Promise<KeychainAnswer>((resolve) => {
        running.onReply = (message) => {
          if (message === "gone") resolve({ ok: false, failure: "failing", words: "its process ended" });
          else if (message.id === id) resolve(message);
        };
      });
      // Not unref'd: a command that waits for nothing else must not end before its answer.
      const timeout = this.#clock.wait(this.#limitMs, limit.signal).then(
        () => "timeout" as const,
        () => "timeout" as const,
      );
      running.process.send({ ...question, id });
      const first = await Promise.race([reply, timeout]);
      if (first !== "timeout") return first;
      this.#hangs++;
      return this.#hungAnswer();
    } catch (error) {
      // What start and send complain about is the channel; the message is not quoted in it.
      return { ok: false, failure: "failing", words: error instanceof Error ? error.message : "its process did not start" };
    } finally {
      limit.abort();
    }
  }

  #startProcess(): Running {
    const running: Running = { process: this.#start(), onReply: () => undefined };
    running.process.onMessage((message) => {
      const reply = readKeychainReply(message);
      if (reply !== undefined) running.onReply(reply);
    });
    running.process.onExit(() => {
      if (this.#running === running) this.#running = undefined;
      running.onReply("gone");
    });
    return running;
  }

  #stop(): void {
    clearTimeout(this.#idleTimer);
    const running = this.#running;
    this.#running = undefined;
    running?.process.kill();
    running?.onReply("gone");
  }

  #hungAnswer(): KeychainAnswer {
    return { ok: false, failure: "hung", words: `it did not answer in ${Math.round(this.#limitMs / 1000)} s` };
  }
}

const closedAnswer: KeychainAnswer = { ok: false, failure: "failing", words: "Postern is shutting down" };
