import { afterEach, beforeEach, expect, test, vi } from "vitest";

let hear: Record<string, () => void>;
let idle: (() => void)[];
let quiet: typeof import("../../../renderer/parts/quiet-moment.ts");

beforeEach(async () => {
  vi.useFakeTimers();
  hear = {};
  idle = [];
  vi.stubGlobal("addEventListener", (type: string, act: () => void) => (hear[type] = act));
  vi.stubGlobal("requestIdleCallback", (act: () => void) => idle.push(act));
  vi.resetModules();
  quiet = await import("../../../renderer/parts/quiet-moment.ts");
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function passIdle(): void {
  for (const act of idle.splice(0)) act();
}

test("what is put off is done one at a time, in idle moments after the page is there", () => {
  const done: string[] = [];
  quiet.whenQuiet(() => done.push("one"));
  quiet.whenQuiet(() => done.push("two"));
  vi.advanceTimersByTime(499);
  passIdle();
  expect(done).toEqual([]);
  vi.advanceTimersByTime(1);
  passIdle();
  expect(done).toEqual(["one"]);
  passIdle();
  expect([done, idle]).toEqual([["one", "two"], []]);
});

test("it waits while somebody types, and also where the key comes just before the idle moment", () => {
  const done: string[] = [];
  quiet.whenQuiet(() => done.push("one"));
  for (let key = 0; key < 10; key++) {
    vi.advanceTimersByTime(200);
    hear["keydown"]?.();
    passIdle();
  }
  expect(done).toEqual([]);
  vi.advanceTimersByTime(400);
  passIdle();
  expect(done).toEqual(["one"]);
});

test("it does not wait for the end of the typing where it will be needed soon, and is done once", () => {
  const done: string[] = [];
  quiet.whenQuiet(() => done.push("one"));
  for (let key = 0; key < 3; key++) {
    hear["keydown"]?.();
    quiet.needSoon();
    vi.advanceTimersByTime(20);
  }
  passIdle();
  passIdle();
  expect(done).toEqual(["one"]);
});

test("what fails keeps nothing else from its turn", () => {
  const done: string[] = [];
  quiet.whenQuiet(() => {
    throw new Error("broken");
  });
  quiet.whenQuiet(() => done.push("two"));
  vi.advanceTimersByTime(500);
  expect(passIdle).toThrow("broken");
  passIdle();
  quiet.whenQuiet(() => done.push("three"));
  vi.advanceTimersByTime(500);
  passIdle();
  expect(done).toEqual(["two", "three"]);
});
