/** Until then the page has other things to do. */
const startMs = 500;
/** Whoever has not touched anything for so long is not in the middle of something. */
const restMs = 400;
/** How long what was put off is done between two keys, once somebody will need it soon. */
const needMs = 5_000;

const putOff: (() => void)[] = [];
let touchedAtMs = -Infinity;
let neededUntilMs = -Infinity;
/** Runs while a quiet moment is waited for; an idle one comes after it. */
let timer: ReturnType<typeof setTimeout> | undefined;
let isWaiting = false;

for (const type of ["keydown", "pointerdown", "wheel"]) {
  addEventListener(type, () => (touchedAtMs = performance.now()), { capture: true, passive: true });
}

/**
 * Does something in a quiet moment: once the page is there, one thing at a time, and while nobody types, presses or scrolls. What it
 * takes would else fall between two keys, and the second would wait for it.
 */
export function whenQuiet(act: () => void): void {
  putOff.push(act);
  if (isWaiting) return;
  isWaiting = true;
  waitFor(startMs);
}

/** Somebody begins what needs that which was put off: for a while it need not be quiet, only idle. */
export function needSoon(): void {
  neededUntilMs = performance.now() + needMs;
  if (timer !== undefined) waitFor(0);
}

function waitFor(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(doNext, ms);
}

function doNext(): void {
  const leftMs = restLeftMs();
  if (leftMs > 0) return waitFor(leftMs);
  timer = undefined;
  // Safari knows no idle moments.
  const whenIdle = globalThis.requestIdleCallback ?? ((idle: () => void) => setTimeout(idle, 0));
  whenIdle(() => {
    try {
      if (restLeftMs() <= 0) putOff.shift()?.();
    } finally {
      // What fails keeps nothing else from its turn.
      isWaiting = putOff.length > 0;
      if (isWaiting) doNext();
    }
  });
}

function restLeftMs(): number {
  const nowMs = performance.now();
  return nowMs < neededUntilMs ? 0 : touchedAtMs + restMs - nowMs;
}
