import type { Usage } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/**
 * Reads `usageMetadata`, which every frame repeats as a running total. Google counts apart what others count together:
 * thoughts beside the candidates, tool prompts (what hosted tools found) beside the prompt. Cached tokens are inside the
 * prompt's.
 *
 * @see https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function readUsage(usage: unknown): Usage | undefined {
  if (!isJsonObject(usage)) return undefined;
  const thoughts = count(usage["thoughtsTokenCount"]);
  return {
    inputTokens: sum(count(usage["promptTokenCount"]), count(usage["toolUsePromptTokenCount"])),
    cachedInputTokens: count(usage["cachedContentTokenCount"]),
    outputTokens: sum(count(usage["candidatesTokenCount"]), thoughts),
    reasoningTokens: thoughts,
  };
}

/** Writes `usageMetadata`; undefined where nobody counted. */
export function writeUsage(usage: Usage): JsonObject | undefined {
  const { inputTokens, outputTokens, reasoningTokens } = usage;
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    promptTokenCount: inputTokens,
    cachedContentTokenCount: usage.cachedInputTokens,
    candidatesTokenCount: outputTokens === undefined ? undefined : Math.max(0, outputTokens - (reasoningTokens ?? 0)),
    thoughtsTokenCount: reasoningTokens,
    totalTokenCount: (inputTokens ?? 0) + (outputTokens ?? 0),
  };
}

function count(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined && other === undefined ? undefined : (one ?? 0) + (other ?? 0);
}
