import type { TokenLogprob } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/** Reads a choice's `logprobs`; those of a refusal are left out, since no other API has any. */
export function readLogprobs(logprobs: JsonValue | undefined): readonly TokenLogprob[] {
  const tokens = isJsonObject(logprobs) ? logprobs["content"] : undefined;
  if (!Array.isArray(tokens)) return [];
  return (tokens as readonly JsonValue[]).flatMap((entry) => {
    const token = readToken(entry);
    if (token === null) return [];
    const top = (entry as JsonObject)["top_logprobs"];
    return [{ ...token, top: Array.isArray(top) ? (top as readonly JsonValue[]).flatMap((other) => readToken(other) ?? []) : [] }];
  });
}

/** Writes a choice's `logprobs`. */
export function writeLogprobs(tokens: readonly TokenLogprob[]): JsonObject {
  return {
    content: tokens.map(({ token, logprob, bytes, top }) => ({
      token,
      logprob,
      bytes: bytes ?? null,
      top_logprobs: top.map((other) => ({ token: other.token, logprob: other.logprob, bytes: other.bytes ?? null })),
    })),
    refusal: null,
  };
}

function readToken(entry: JsonValue): Omit<TokenLogprob, "top"> | null {
  if (!isJsonObject(entry) || typeof entry["token"] !== "string" || typeof entry["logprob"] !== "number") return null;
  const bytes = entry["bytes"];
  return {
    token: entry["token"],
    logprob: entry["logprob"],
    ...(Array.isArray(bytes) ? { bytes: (bytes as readonly JsonValue[]).filter((byte) => typeof byte === "number") } : {}),
  };
}
