import type { Usage } from "#core/dialects/chat.ts";
import type { OpenCall } from "#core/usage/call-record.ts";
import { type CallPrice, costMicroUsd, type PriceOf } from "#core/usage/cost.ts";

/** What an answer cost, and who says so. */
export interface CallCost {
  /** Millionths of a US dollar; null is unknown. */
  readonly costMicroUsd: number | null;
  readonly costSource: "reported" | "estimated" | null;
  /** What it was estimated from; null where it was not. */
  readonly price: CallPrice | null;
}

const unknown: CallCost = { costMicroUsd: null, costSource: null, price: null };

/** What an answer cost: what the provider says itself, else what its tokens come to. */
export function costOfCall(
  usage: Usage | null,
  { provider, model }: { readonly provider: string | null; readonly model: string | null },
  priceOf: PriceOf,
): CallCost {
  if (usage === null) return unknown;
  if (usage.costUsd !== undefined) return { costMicroUsd: usage.costUsd * 1e6, costSource: "reported", price: null };
  const price = provider === null || model === null ? null : priceOf(provider, model);
  if (price === null) return unknown;
  const cost = costMicroUsd(
    {
      inputTokens: usage.inputTokens ?? null,
      cachedInputTokens: usage.cachedInputTokens ?? null,
      cacheWriteTokens: usage.cacheWriteTokens ?? null,
      outputTokens: usage.outputTokens ?? null,
    },
    price,
  );
  return { costMicroUsd: cost, costSource: cost === null ? null : "estimated", price };
}

/** Puts a cost into a call's record. */
export function recordCost(record: OpenCall, { price, costMicroUsd: cost, costSource }: CallCost): void {
  record.price = price;
  record.costMicroUsd = cost;
  record.costSource = costSource;
}

/** `x-postern-cost-usd`, where the cost is known: a plain decimal, to a billionth of a dollar. */
export function costHeaders({ costMicroUsd: cost }: CallCost): readonly string[] {
  return cost === null ? [] : ["x-postern-cost-usd", (cost / 1e6).toFixed(9).replace(/\.?0+$/, "")];
}
