import type { ModelComparison } from "#shared/schema/model.ts";
import type { LiveIndex } from "./live-index.ts";
import type { ModelRow } from "./model-index.ts";
import type { RowFacts } from "./row-facts.ts";
import { viewModel } from "./view-model.ts";

/**
 * Puts models side by side, each with all its offers.
 *
 * @param names in any spelling; two names of one model give it once
 */
export function compareModels(names: readonly string[], index: LiveIndex, isCallable: (provider: string) => boolean): ModelComparison {
  const rows = new Set<ModelRow>();
  const missing: string[] = [];
  for (const name of names) {
    const row = index.current.find(name);
    if (row === undefined) missing.push(name);
    else rows.add(row);
  }
  const models = [...rows].map((row) => ({ facts: index.factsOf(row), view: viewModel(row, index.factsOf(row), isCallable) }));
  const bestBy = (better: (facts: RowFacts) => number | null): string | null => {
    let best: { id: string; score: number } | null = null;
    for (const { facts, view } of models) {
      const score = better(facts);
      if (score !== null && (best === null || score > best.score)) best = { id: view.id, score };
    }
    return best?.id ?? null;
  };
  return {
    models: models.map(({ view }) => view),
    not_found: missing,
    best: {
      price: bestBy(({ inputUsdPerMillion: price }) => (price === null ? null : -price)),
      output_price: bestBy(({ outputUsdPerMillion: price }) => (price === null ? null : -price)),
      context: bestBy(({ contextTokens }) => contextTokens),
    },
  };
}
