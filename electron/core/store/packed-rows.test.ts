import { describe, expect, test } from "vitest";
import { createRowPacker, type PackedRows, type PackedValue, sliceRows, unpackRows } from "./packed-rows.ts";

describe("packed rows", () => {
  test("come back as they were: texts, the empty one too, numbers of either sign, nulls", () => {
    const rows: PackedValue[][] = [
      [0, "", null],
      [-1.5, "a", "b"],
      [Number.MAX_SAFE_INTEGER, "a", "a"],
      [Number.MIN_SAFE_INTEGER, "🦊", null],
    ];
    expect(unpack(pack(rows))).toEqual(rows);
  });

  test("hold a text once for as long as its column repeats it", () => {
    expect(pack(["a", "a", "b", "b", "a"].map((text) => [text])).texts).toEqual(["a", "b", "a"]);
  });

  test("take what is no number that they can hold as null, not as another row's text", () => {
    expect(unpack(pack([["secret"], [Number.NaN], [-Infinity], [Infinity], [-(2 ** 53)], [-(2 ** 60)]]))).toEqual([
      ["secret"],
      [null],
      [null],
      [null],
      [null],
      [null],
    ]);
  });

  test("can be cut, and cut again, without mixing rows up", () => {
    const rows = Array.from({ length: 9 }, (_, index): PackedValue[] => [index, `text ${index >> 1}`]);
    expect(unpack(sliceRows(sliceRows(pack(rows), 2, 9), 1, 4))).toEqual(rows.slice(3, 6));
  });
});

function pack(rows: readonly (readonly PackedValue[])[]): PackedRows {
  const packer = createRowPacker({ columns: rows[0]?.length ?? 0, capacity: rows.length });
  for (const row of rows) packer.add(row);
  expect(packer.isFull()).toBe(true);
  return packer.rows();
}

function unpack(packed: PackedRows): PackedValue[][] {
  const rows: PackedValue[][] = [];
  unpackRows(packed, (row) => rows.push([...row]));
  return rows;
}
