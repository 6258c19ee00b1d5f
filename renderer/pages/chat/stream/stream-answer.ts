import * as z from "zod";
import type { ChatParameters, MessageDetails, MessageEnding, MessagePart } from "#shared/schema/chat.ts";
import { wordsOf } from "../../../data/admin.ts";
import { readEvents } from "../../../data/read-events.ts";
import { fetchOwn } from "../../../data/session.ts";
import { AnswerReader } from "./answer-reader.ts";
import { toWireParameters, type WireMessage } from "./wire-messages.ts";

/** What a model is asked. */
export interface AnswerRequest {
  /** A model or an alias. */
  readonly model: string;
  readonly messages: readonly WireMessage[];
  readonly parameters: ChatParameters;
  /** Ends the answer; what has come stays. */
  readonly signal: AbortSignal;
}

/** An answer, or what there is of it. */
export interface Answer {
  readonly parts: readonly MessagePart[];
  /** Null while it comes. */
  readonly ending: MessageEnding | null;
  readonly details: Pick<
    MessageDetails,
    "modelAnswered" | "inputTokens" | "outputTokens" | "reasoningTokens" | "firstByteMs" | "totalMs" | "tokensPerSecond" | "error"
  >;
  /** By it the gateway's own row of this call is found, with what it cost. */
  readonly traceId: string;
}

const refusalSchema = z.object({ error: z.union([z.object({ message: z.string(), code: z.string().nullish() }), z.string()]) });
/** As much of an error's words as a message keeps. */
const longestWords = 4_000;

/**
 * Asks a model through the gateway, as every tool does, and tells of the answer as it comes: at most once a frame, however fast it is,
 * and once when it has ended. It never throws: what fails is in the answer, in the gateway's words.
 */
export async function streamAnswer(request: AnswerRequest, onChange: (answer: Answer) => void): Promise<Answer> {
  const traceId = crypto.randomUUID();
  const startedMs = performance.now();
  const reader = new AnswerReader(() => performance.now());
  let firstMs: number | null = null;
  let cancelFrame: (() => void) | null = null;

  function describe(ending: MessageEnding | null, error: MessageDetails["error"]): Answer {
    const nowMs = performance.now();
    const spokenMs = firstMs === null ? 0 : nowMs - firstMs;
    const { outputTokens } = reader;
    return {
      parts: reader.parts,
      ending,
      details: {
        modelAnswered: reader.model,
        inputTokens: reader.inputTokens,
        outputTokens,
        reasoningTokens: reader.reasoningTokens,
        firstByteMs: firstMs === null ? null : firstMs - startedMs,
        totalMs: ending === null ? null : nowMs - startedMs,
        // An answer that came in one piece has no speed.
        tokensPerSecond: ending === null || outputTokens === null || spokenMs < 50 ? null : (outputTokens / spokenMs) * 1_000,
        error,
      },
      traceId,
    };
  }

  function tell(): void {
    cancelFrame ??= onFrame(() => {
      cancelFrame = null;
      onChange(describe(null, null));
    });
  }

  function end(ending: MessageEnding, error: MessageDetails["error"] = null): Answer {
    cancelFrame?.();
    reader.finish();
    const answer = describe(ending, error === null ? null : { ...error, message: error.message.slice(0, longestWords) });
    onChange(answer);
    return answer;
  }

  try {
    const response = await fetchOwn("/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json", "x-portkey-trace-id": traceId },
      body: JSON.stringify({
        model: request.model,
        messages: request.messages,
        ...toWireParameters(request.parameters),
        stream: true,
        stream_options: { include_usage: true },
      }),
      signal: request.signal,
    });
    if (!response.ok || response.body === null) return end("broken", await readRefusal(response));
    for await (const data of readEvents(response.body)) {
      firstMs ??= performance.now();
      reader.take(data);
      if (reader.error !== null) return end("broken", { ...reader.error, status: null });
      tell();
    }
    if (reader.ending !== null) return end(reader.ending);
    const cutOff = "The answer broke off: the connection ended before the model said that it was done";
    return end("broken", { code: "cut_off", message: cutOff, status: null });
  } catch (error) {
    return request.signal.aborted ? end("stopped") : end("broken", { code: null, message: wordsOf(error), status: null });
  }
}

async function readRefusal(response: Response): Promise<NonNullable<MessageDetails["error"]>> {
  const text = await response.text().catch(() => "");
  const { status } = response;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const read = refusalSchema.safeParse(value).data?.error;
  if (read === undefined) return { code: null, message: `The gateway answered with status ${String(status)}`, status };
  return typeof read === "string" ? { code: null, message: read, status } : { code: read.code ?? null, message: read.message, status };
}

/** A hidden page gets no frames, and must not stop keeping what comes. @returns takes it back */
function onFrame(act: () => void): () => void {
  if (document.visibilityState === "hidden") {
    const timer = setTimeout(act, 250);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(act);
  return () => cancelAnimationFrame(frame);
}
