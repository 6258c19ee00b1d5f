import type { ModelPrices } from "./source-model.ts";

/** One of several hosts that serve a model behind one gateway, and how it did in the last half hour. */
export interface HostedModel {
  readonly name: string;
  readonly providerName: string | null;
  readonly contextTokens: number | null;
  readonly maxOutputTokens: number | null;
  readonly quantization: string | null;
  readonly prices: ModelPrices | null;
  readonly uptimePercent: number | null;
  /** To the first token, the median. */
  readonly latencyMs: number | null;
  /** The median. */
  readonly tokensPerSecond: number | null;
}
