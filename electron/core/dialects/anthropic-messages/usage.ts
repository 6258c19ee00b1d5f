import type { Usage } from "../chat.ts";
import { isJsonObject, type JsonObject } from "../json.ts";

/** What is read of a usage object, as Anthropic counts: input without the cache's share. */
export interface Counts {
  input?: number;
  cacheRead?: number;
  cacheWrite?: number;
  output?: number;
  thinking?: number;
}

/**
 * Takes over what a usage object says: running totals of the whole message, so what is said again replaces what was
 * said before, and what is not said again stays.
 */
export function addCounts(counts: Counts, usage: unknown): void {
  if (!isJsonObject(usage)) return;
  const { input_tokens: input, cache_read_input_tokens: read, cache_creation_input_tokens: written, output_tokens: output } = usage;
  if (typeof input === "number") counts.input = input;
  if (typeof read === "number") counts.cacheRead = read;
  if (typeof written === "number") counts.cacheWrite = written;
  if (typeof output === "number") counts.output = output;
  const details = usage["output_tokens_details"];
  const thinking = isJsonObject(details) ? details["thinking_tokens"] : undefined;
  if (typeof thinking === "number") counts.thinking = thinking;
}

/** Anthropic's counts in canonical ones: all input is what was neither read from nor written to a cache, and what was. */
export function usageOf({ input, cacheRead, cacheWrite, output, thinking }: Counts): Usage {
  return {
    inputTokens: input === undefined ? undefined : input + (cacheRead ?? 0) + (cacheWrite ?? 0),
    cachedInputTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    outputTokens: output,
    reasoningTokens: thinking,
  };
}

/**
 * Reads Anthropic's usage object; undefined where it counts nothing.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export function readUsage(usage: unknown): Usage | undefined {
  const counts: Counts = {};
  addCounts(counts, usage);
  return counts.input === undefined && counts.output === undefined ? undefined : usageOf(counts);
}

/** Writes usage as Anthropic counts it. The two totals are numbers in every client's types: 0 where nobody said. */
export function writeUsage(usage: Usage): JsonObject {
  const { cachedInputTokens: read, cacheWriteTokens: written, reasoningTokens } = usage;
  return {
    input_tokens: Math.max(0, (usage.inputTokens ?? 0) - (read ?? 0) - (written ?? 0)),
    cache_creation_input_tokens: written ?? 0,
    cache_read_input_tokens: read ?? 0,
    output_tokens: usage.outputTokens ?? 0,
    ...(reasoningTokens === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoningTokens } }),
  };
}
