import type { CallBodies, LoggedCall } from "#shared/contract/calls.ts";
import { namesModelInPath } from "./call-path.ts";

/** A kept request as it can be sent again. */
export interface BodyAgain {
  /** JSON, laid out for reading; empty where nothing can be sent. */
  readonly text: string;
  /** Why it cannot be sent as it is; null where it can. */
  readonly problem: "cut" | "scrubbed" | null;
}

/** What Postern writes where a kept body looked as if it held a key. */
export const scrubMark = "[key removed]";

/** Makes a kept request ready to be sent again. One that was cut is not whole JSON any more. */
export function bodyAgain({ request }: Pick<CallBodies, "request">): BodyAgain {
  const value = readObject(request ?? "");
  if (value === null) return { text: request ?? "", problem: "cut" };
  return { text: JSON.stringify(value, null, 2), problem: request?.includes(scrubMark) === true ? "scrubbed" : null };
}

/** What stands in for a body that was not kept: the smallest request of its kind. */
export function sampleBody(call: Pick<LoggedCall, "endpoint" | "clientDialect" | "streamed">, model: string): string {
  const named = namesModelInPath(call) ? {} : { model };
  const stream = call.streamed === true && !namesModelInPath(call) ? { stream: true } : {};
  const messages = [{ role: "user", content: "Hi" }];
  switch (call.endpoint) {
    case "generate":
      return JSON.stringify({ contents: [{ role: "user", parts: [{ text: "Hi" }] }] });
    case "messages":
      return JSON.stringify({ ...named, max_tokens: 256, ...stream, messages });
    case "count-tokens":
      return JSON.stringify(namesModelInPath(call) ? { contents: [{ role: "user", parts: [{ text: "Hi" }] }] } : { ...named, messages });
    case "responses":
    case "embeddings":
    case "moderations":
      return JSON.stringify({ ...named, ...stream, input: "Hi" });
    case "completions":
    case "images-generations":
      return JSON.stringify({ ...named, ...stream, prompt: "Hi" });
    case "rerank":
      return JSON.stringify({ ...named, query: "Hi", documents: ["Hi", "Bye"] });
    case "audio-speech":
      return JSON.stringify({ ...named, input: "Hi", voice: "alloy" });
    default:
      return JSON.stringify({ ...named, ...stream, messages });
  }
}

/** A body with another model in it; the body itself where its path names the model, or it is no JSON. */
export function withModel(text: string, model: string): string {
  const value = readObject(text);
  return value === null ? text : JSON.stringify({ ...value, model }, null, 2);
}

/** The model that a body names; null where it names none. */
export function modelIn(text: string): string | null {
  const model = readObject(text)?.["model"];
  return typeof model === "string" ? model : null;
}

/** Reads a text as a JSON object; null where it is none. */
export function readObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
