import { useEffect, useRef } from "react";
import { type LiveEvent, liveEventSchema } from "#shared/contract/events.ts";
import { admin } from "./admin.ts";
import { useConnection } from "./connection.ts";
import { readEvents } from "./read-events.ts";

type Listener = (event: LiveEvent) => void;

const firstPauseMs = 500;
const longestPauseMs = 10_000;
const listeners = new Set<Listener>();

/** Hears every event from now on. @returns ends it */
export function onLiveEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Hears the events of one type for as long as the component is on the page. The latest `hear` is called. */
export function useLiveEvent<Type extends LiveEvent["type"]>(type: Type, hear: (event: Extract<LiveEvent, { type: Type }>) => void): void {
  const latest = useRef(hear);
  useEffect(() => {
    latest.current = hear;
  });
  useEffect(
    () =>
      onLiveEvent((event) => {
        if (event.type === type) latest.current(event as Extract<LiveEvent, { type: Type }>);
      }),
    [type],
  );
}

/** Follows what happens, and comes back when the line breaks, for as long as the login holds. */
export async function followEvents(signal: AbortSignal): Promise<void> {
  let pauseMs = firstPauseMs;
  while (!signal.aborted && useConnection.getState().login === "open") {
    try {
      const response = await admin("watchEvents", {}, { signal });
      pauseMs = firstPauseMs;
      if (response.body !== null) for await (const data of readEvents(response.body)) tell(data);
    } catch {
      // It stopped, or the machine slept: tried again below.
    }
    await pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/** Resolves after a while, or at once where the network comes back or the window is done. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    }
    addEventListener("online", done, { once: true });
    signal.addEventListener("abort", done, { once: true });
  });
}

function tell(data: string): void {
  const read = liveEventSchema.safeParse(JSON.parse(data));
  // A newer Postern may say more than this page knows.
  if (read.success) for (const listener of listeners) listener(read.data);
}
