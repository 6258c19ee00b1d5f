import { describe, expect, it } from "vitest";
import { readRetryAfterMs, retryDelayMs } from "./retry-timing.ts";

describe("readRetryAfterMs()", () => {
  const nowMs = Date.parse("2026-01-01T00:00:00Z");
  it.each<[string, Record<string, string | string[]>, number | null]>([
    ["seconds", { "retry-after": "2" }, 2000],
    ["milliseconds before seconds", { "retry-after": "2", "retry-after-ms": "150" }, 150],
    ["Azure's name", { "x-ms-retry-after-ms": "70" }, 70],
    ["a date", { "retry-after": "Thu, 01 Jan 2026 00:00:05 GMT" }, 5000],
    ["a date that has passed", { "retry-after": "Wed, 31 Dec 2025 00:00:00 GMT" }, 0],
    ["the first of several", { "retry-after": ["1", "9"] }, 1000],
    ["nonsense", { "retry-after": "soon" }, null],
    ["a negative number", { "retry-after-ms": "-5" }, null],
    ["nothing", {}, null],
  ])("reads %s", (_name, headers, expected) => {
    expect(readRetryAfterMs(headers, nowMs)).toBe(expected);
  });
});

describe("retryDelayMs()", () => {
  it("doubles, is capped, and is jittered over its whole length", () => {
    const delays = [1, 2, 3, 20].map((attempt) => [
      retryDelayMs(attempt, { retryAfterMs: null, random: 0 }),
      retryDelayMs(attempt, { retryAfterMs: null, random: 1 }),
    ]);
    expect(delays).toEqual([
      [0, 500],
      [0, 1000],
      [0, 2000],
      [0, 8000],
    ]);
  });

  it("waits as long as the provider asks, up to a minute, and not at all for more", () => {
    expect(retryDelayMs(1, { retryAfterMs: 60_000, random: 0 })).toBe(60_000);
    expect(retryDelayMs(1, { retryAfterMs: 1e12, random: 0 })).toBeNull();
  });
});
