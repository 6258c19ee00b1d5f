import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { PairMap } from "./pair-map.ts";

describe("PairMap", () => {
  it("holds what a map with both texts for its key holds, whatever is set and deleted", () => {
    const text = fc.constantFrom("", "a", "b", "a b", "b/a", "__proto__");
    const step = fc.record({ first: text, second: text, value: fc.option(fc.nat(), { nil: null }) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const pairs = new PairMap<number>();
        const plain = new Map<string, number>();
        for (const { first, second, value } of steps) {
          const key = JSON.stringify([first, second]);
          const isDeleted = value === null && plain.delete(key);
          expect(value === null && pairs.delete(first, second)).toBe(isDeleted);
          if (value !== null) {
            pairs.set(first, second, value);
            plain.set(key, value);
          }
          expect(pairs.get(first, second)).toBe(plain.get(key));
        }
        expect(pairs.size).toBe(plain.size);
        expect(new Map(Array.from(pairs.entries(), ([first, second, value]) => [JSON.stringify([first, second]), value]))).toEqual(plain);
      }),
    );
  });
});
