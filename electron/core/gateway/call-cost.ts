import type { Usage } from "#core/dialects/chat.ts";
import type { OpenCall } from "#core/usage/call-record.ts";
import { type CallPrice, costMicroUsd, type PriceOf, savedMicroUsd } from "#core/usage/cost.ts";

/** What an answer cost, and who says so. */
export interface CallCost {
  /** Millionths of a US dollar; null is unknown. */
  readonly costMicroUsd: number | null;
  readonly costSource: "reported" | "estimated" | null;
  /** What it was estimated from; null where it was not. */
  readonly price: CallPrice | null;
  /** What the provider's cache spared, in millionths of a US dollar; null where nothing came of one, or nobody knows. */
  readonly savedMicroUsd: number | null;
}

const unknown: CallCost = { costMicroUsd: null, costSource: null, price: null, savedMicroUsd: null };

/** What an answer cost: what the provider says itself, else what its tokens come to. */
export function costOfCall(
  usage: Usage | null,
  { provider, model }: { readonly provider: string | null; readonly model: string | null },
  priceOf: PriceOf,
): CallCost {
  if (usage === null) return unknown;
  const isReported = usage.costUsd !== undefined;
  // A price is looked up in microseconds, and of a reported cost only where there may be something to say of a cache.
  if (isReported && !usage.cachedInputTokens && !usage.cacheWriteTokens) return reported(usage.costUsd, null);
  const price = provider === null || model === null ? null : priceOf(provider, model);
  if (price === null) return isReported ? reported(usage.costUsd, null) : unknown;
  const tokens = {
    inputTokens: usage.inputTokens ?? null,
    cachedInputTokens: usage.cachedInputTokens ?? null,
    cacheWriteTokens: usage.cacheWriteTokens ?? null,
    outputTokens: usage.outputTokens ?? null,
  };
  const saved = savedMicroUsd(tokens, price);
  if (isReported) return reported(usage.costUsd, saved);
  const cost = costMicroUsd(tokens, price);
  return { costMicroUsd: cost, costSource: cost === null ? null : "estimated", price, savedMicroUsd: saved };
}

function reported(costUsd: number, saved: number | null): CallCost {
  return { costMicroUsd: costUsd * 1e6, costSource: "reported", price: null, savedMicroUsd: saved };
}

/** Puts a cost into a call's record. */
export function recordCost(record: OpenCall, { price, costMicroUsd: cost, costSource, savedMicroUsd: saved }: CallCost): void {
  record.savedMicroUsd = saved;
  record.price = price;
  record.costMicroUsd = cost;
  record.costSource = costSource;
}

/** `x-postern-cost-usd`, where the cost is known: a plain decimal, to a billionth of a dollar. */
export function costHeaders({ costMicroUsd: cost }: CallCost): readonly string[] {
  return cost === null ? none : ["x-postern-cost-usd", plainDecimal(cost / 1e6)];
}

const none: readonly never[] = [];

/** Without the zeros at its end, and without an exponent. */
function plainDecimal(usd: number): string {
  const text = usd.toFixed(9);
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x30) end--;
  return text.slice(0, text.charCodeAt(end - 1) === 0x2e ? end - 1 : end);
}
