import { vi } from "vitest";

/** Repeats a check until it passes, for what happens soon but tells nobody; after twenty seconds its failure counts. */
export function eventually<Value>(check: () => Value | Promise<Value>): Promise<Value> {
  return vi.waitFor(check, { timeout: 20_000 });
}
