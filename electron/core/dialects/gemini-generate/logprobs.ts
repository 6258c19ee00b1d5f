import type { TokenLogprob } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/** Reads `logprobsResult`: https://ai.google.dev/api/generate-content#LogprobsResult */
export function readLogprobs(result: JsonObject): readonly TokenLogprob[] {
  const tops = list(result["topCandidates"]);
  return list(result["chosenCandidates"]).map((chosen, index) => ({
    ...readToken(chosen),
    top: list(isJsonObject(tops[index]) ? tops[index]["candidates"] : undefined).map(readToken),
  }));
}

/** Writes `logprobsResult`. */
export function writeLogprobs(tokens: readonly TokenLogprob[]): JsonObject {
  return {
    topCandidates: tokens.map((token) => ({ candidates: token.top.map(writeToken) })),
    chosenCandidates: tokens.map(writeToken),
  };
}

function readToken(value: JsonValue | undefined): { readonly token: string; readonly logprob: number } {
  const candidate = isJsonObject(value) ? value : {};
  const { token, logProbability } = candidate;
  return { token: typeof token === "string" ? token : "", logprob: typeof logProbability === "number" ? logProbability : 0 };
}

function writeToken({ token, logprob }: { readonly token: string; readonly logprob: number }): JsonObject {
  return { token, logProbability: logprob };
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
