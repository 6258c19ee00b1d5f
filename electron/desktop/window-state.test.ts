import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { firstWindowState, placeWindow, readWindowState, writeWindowState } from "./window-state.ts";

const folder = mkdtempSync(path.join(tmpdir(), "postern-window-"));
const file = path.join(folder, "window.json");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const laptop = { x: 0, y: 25, width: 1440, height: 850 };
const left = { x: -2560, y: 0, width: 2560, height: 1400 };

test.each([
  ["the first time, in the middle", firstWindowState.bounds, [laptop], { x: 80, y: 50, width: 1280, height: 800 }],
  ["where it was", { x: 100, y: 100, width: 1000, height: 700 }, [laptop], { x: 100, y: 100, width: 1000, height: 700 }],
  ["on the other screen", { x: -2000, y: 50, width: 1000, height: 700 }, [laptop, left], { x: -2000, y: 50, width: 1000, height: 700 }],
  ["not on a screen that is gone", { x: -2000, y: 50, width: 1000, height: 700 }, [laptop], { x: 220, y: 100, width: 1000, height: 700 }],
  [
    "not above the screen, where nobody gets hold of it",
    { x: 100, y: -900, width: 1000, height: 700 },
    [laptop],
    { x: 220, y: 100, width: 1000, height: 700 },
  ],
  ["no larger than a smaller screen", { x: 9000, y: 0, width: 3000, height: 2000 }, [laptop], { x: 0, y: 25, width: 1440, height: 850 }],
])("opens %s", (_name, kept, screens, placed) => {
  expect(placeWindow(kept, screens)).toEqual(placed);
});

test("is kept for its owner alone, and a broken file is none", () => {
  const state = { bounds: laptop, isMaximized: true, hash: "#/usage", knowsTray: true };
  writeWindowState(file, state);
  expect(readWindowState(file)).toEqual(state);
  // Windows has no mode of this kind.
  expect(process.platform === "win32" ? 0 : statSync(file).mode & 0o077).toBe(0);
  writeFileSync(file, '{"bounds":');
  expect(readWindowState(file)).toEqual(firstWindowState);
  writeWindowState(path.join(folder, "nowhere/window.json"), state);
});
