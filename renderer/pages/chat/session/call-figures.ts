import type { MessageDetails } from "#shared/schema/chat.ts";
import { admin } from "../../../data/admin.ts";

const tries = [0, 250, 1_000, 3_000];

/** What of an answer's figures the gateway knows better than the page. */
export type CallFigures = Pick<
  MessageDetails,
  "modelAnswered" | "provider" | "inputTokens" | "outputTokens" | "reasoningTokens" | "costMicroUsd"
>;

/**
 * What the gateway's own log says of the call with a trace id: cost above all, which the answer itself does not tell. The row is
 * written when the call has ended, which may be a moment after its last byte.
 *
 * @param sinceMs calls of the same trace that were made before are others
 * @returns null where the log has no such call
 */
export async function findFigures(traceId: string, sinceMs: number): Promise<CallFigures | null> {
  for (const waitMs of tries) {
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const { calls } = await admin("listCalls", { query: { trace: traceId, since: Math.max(0, sinceMs - 1_000), limit: 1 } });
    const call = calls[0];
    if (call === undefined) continue;
    const inputs = [call.uncachedInputTokens, call.cacheReadTokens, call.cacheWriteTokens].filter((count) => count !== null);
    return {
      modelAnswered: call.modelServed,
      provider: call.provider,
      inputTokens: inputs.length === 0 ? null : inputs.reduce((sum, count) => sum + count, 0),
      outputTokens: call.outputTokens,
      reasoningTokens: call.reasoningTokens,
      costMicroUsd: call.costMicroUsd === null ? null : Math.max(0, call.costMicroUsd),
    };
  }
  return null;
}
