import { readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";

const boundsSchema = z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() });
const stateSchema = z.object({
  bounds: boundsSchema,
  isMaximized: z.boolean(),
  /** Where the window was: `#/models?query=gpt`. */
  hash: z.string().max(2_000),
  /** Whether the person was told once that closing only hides. */
  knowsTray: z.boolean(),
});

/** A rectangle on the desktop, in its own pixels. */
export type Bounds = z.infer<typeof boundsSchema>;

/** What is kept of the window from one start to the next. */
export type WindowState = z.infer<typeof stateSchema>;

/** The smallest window that shows every page whole. */
export const smallestSize = { width: 900, height: 600 } as const;

const usualSize = { width: 1280, height: 800 } as const;
/** So much of a window has to lie on a screen, for somebody to get hold of it. */
const mustShow = 64;

/** What is known before the first start. */
export const firstWindowState: WindowState = {
  bounds: { x: Number.MIN_SAFE_INTEGER, y: Number.MIN_SAFE_INTEGER, ...usualSize },
  isMaximized: false,
  hash: "",
  knowsTray: false,
};

/** Reads the state, or gives the first one where there is none that can be read. */
export function readWindowState(file: string): WindowState {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return firstWindowState;
  }
}

/** Keeps the state. Where it cannot be written, the next window opens where the last one was kept. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(file, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  } catch {
    // A disk that is full takes nobody's window away.
  }
}

/**
 * Where the window opens: where it was, if enough of that lies on a screen that is there now; else in the middle of the
 * first one, no larger than it.
 *
 * @param screens the work area of each screen, the main one first
 */
export function placeWindow(kept: Bounds, screens: readonly Bounds[]): Bounds {
  const [main] = screens;
  if (main === undefined) return { x: 0, y: 0, ...usualSize };
  const isReachable = screens.some(
    (screen) =>
      Math.min(kept.x + kept.width, screen.x + screen.width) - Math.max(kept.x, screen.x) >= mustShow &&
      kept.y >= screen.y &&
      kept.y + mustShow <= screen.y + screen.height,
  );
  if (isReachable) return kept;
  const width = Math.min(Math.max(kept.width, smallestSize.width), main.width);
  const height = Math.min(Math.max(kept.height, smallestSize.height), main.height);
  return {
    x: main.x + Math.round((main.width - width) / 2),
    y: main.y + Math.round((main.height - height) / 2),
    width,
    height,
  };
}
