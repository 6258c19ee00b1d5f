import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDecimal } from "./decimal.ts";

describe("readDecimal()", () => {
  test.each([
    ["0.00003", 0, "0.00003"],
    [1.5e-7, 0, "0.00000015"],
    [0.15, -6, "0.00000015"],
    [2.5, -6, "0.0000025"],
    [30, -6, "0.00003"],
    ["000.500", 0, "0.5"],
    ["1E3", 0, "1000"],
    [0, -6, "0"],
    ["0.00000000000000000000000000000000000001", 0, "0.00000000000000000000000000000000000001"],
  ])("reads %j, moved by %d, exactly", (value, shift, decimal) => {
    expect(readDecimal(value, shift)).toBe(decimal);
  });

  test.each([-1, "-1", NaN, Infinity, "1e999", "", "free", "0x1", "1,5", null, undefined, true, [], "1e40"])(
    "takes %j for no price",
    (value) => {
      expect(readDecimal(value)).toBeNull();
    },
  );

  test("gives back the number that it read, and a millionth of it with its point moved", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (number) => {
        const decimal = readDecimal(number);
        // Numbers with more digits than a price has are none.
        fc.pre(decimal !== null);
        expect(Number(decimal)).toBe(number);
        expect(readDecimal(readDecimal(decimal, -6), 6) ?? decimal).toBe(decimal);
      }),
    );
  });
});
