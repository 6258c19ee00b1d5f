import { wordsOf } from "../../data/admin.ts";
import { fetchOwn } from "../../data/session.ts";

/** What came back of a call that was sent again, so far. */
export interface SentCall {
  readonly phase: "sending" | "done" | "failed" | "stopped";
  readonly status: number | null;
  /** Everything that came, as it came. */
  readonly body: string;
  readonly firstByteMs: number | null;
  readonly totalMs: number | null;
  /** US dollars, as Postern's header says them; null where it does not. */
  readonly costUsd: number | null;
  /** By which the log knows it. */
  readonly traceId: string;
  /** Why nothing came, in words. */
  readonly problem: string | null;
}

/** What is sent. */
export interface OutgoingCall {
  readonly path: string;
  /** JSON. */
  readonly body: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** What is kept of an answer; the rest is counted by the log. */
const mostCharacters = 1_000_000;

/**
 * Sends a call through the gateway as the window's own, and tells what comes of it, at most once a frame. Never rejects:
 * what goes wrong is in what it tells.
 */
export async function sendCall({ path, body, metadata, signal }: OutgoingCall, tell: (sent: SentCall) => void): Promise<void> {
  const startedAtMs = performance.now();
  const traceId = `window-${crypto.randomUUID()}`;
  let sent: SentCall = {
    phase: "sending",
    status: null,
    body: "",
    firstByteMs: null,
    totalMs: null,
    costUsd: null,
    traceId,
    problem: null,
  };
  let frame = 0;
  const set = (change: Partial<SentCall>): void => {
    sent = { ...sent, ...change };
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      tell(sent);
    });
  };
  set({});
  try {
    const response = await fetchOwn(path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-portkey-trace-id": traceId,
        "x-portkey-metadata": asciiJson(metadata),
      },
      body,
      signal,
    });
    const cost = response.headers.get("x-postern-cost-usd");
    set({ status: response.status, costUsd: cost === null ? null : Number(cost) });
    let text = "";
    if (response.body !== null) {
      for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
        if (sent.firstByteMs === null) set({ firstByteMs: performance.now() - startedAtMs });
        if (text.length < mostCharacters) text += piece;
        set({ body: text });
      }
    }
    set({ phase: "done", totalMs: performance.now() - startedAtMs });
  } catch (error) {
    set({ phase: signal.aborted ? "stopped" : "failed", totalMs: performance.now() - startedAtMs, problem: wordsOf(error) });
  }
}

/** A header holds bytes, and names may hold anything: what is not ASCII goes as JSON's own escapes. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[\u007F-\uFFFF]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
