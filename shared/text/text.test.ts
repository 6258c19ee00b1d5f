import { describe, expect, test } from "vitest";
import { countText } from "./count.ts";
import { durationText, readDurationMs } from "./duration.ts";
import { moneyText } from "./money.ts";

describe("moneyText()", () => {
  test.each([
    [null, "?"],
    [0, "$0"],
    [0.3, "<$0.0001"],
    [100, "$0.0001"],
    [4_200, "$0.0042"],
    [1_000_000, "$1.00"],
    [12_304_999, "$12.30"],
  ])("%s millionths of a dollar are %s", (microUsd, text) => expect(moneyText(microUsd)).toBe(text));
});

describe("countText()", () => {
  test.each([
    [0, "0"],
    [999, "999"],
    [1_000, "1.00k"],
    [12_345, "12.3k"],
    [99_960, "100k"],
    [999_600, "1.00M"],
    [4_560_000, "4.56M"],
    [7_000_000_000, "7.00G"],
  ])("%s is %s", (count, text) => expect(countText(count)).toBe(text));
});

describe("durationText()", () => {
  test.each([
    [null, "?"],
    [12.4, "12 ms"],
    [999.7, "1.0 s"],
    [59_960, "1 m 00 s"],
    [125_000, "2 m 05 s"],
  ])("%s ms are %s", (ms, text) => expect(durationText(ms)).toBe(text));
});

describe("readDurationMs()", () => {
  test.each([
    ["30m", 1_800_000],
    ["12h", 43_200_000],
    ["7d", 604_800_000],
    ["4w", 2_419_200_000],
    ["7", null],
    ["-7d", null],
    ["7 days", null],
  ])("%s", (text, ms) => expect(readDurationMs(text)).toBe(ms));
});
