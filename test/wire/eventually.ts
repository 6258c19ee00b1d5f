import { vi } from "vitest";

/** Repeats a check until it passes, for what happens soon but tells nobody; after ten seconds its failure counts. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: 10_000 });
}
