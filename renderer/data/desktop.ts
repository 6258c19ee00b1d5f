import { useSyncExternalStore } from "react";
import type { DesktopBridge, DesktopState } from "#shared/desktop-bridge.ts";

/** What only the desktop app can do; null in a browser. */
export const desktop: DesktopBridge | null = (globalThis as { readonly posternDesktop?: DesktopBridge }).posternDesktop ?? null;

let current: DesktopState | null = null;
const listeners = new Set<() => void>();

function become(state: DesktopState): void {
  current = state;
  for (const listener of listeners) listener();
}

desktop?.onState(become);
// What was told before anybody listened.
void desktop?.getState().then((state) => {
  if (current === null) become(state);
});

/** How the desktop app stands, following it; null in a browser. */
export function useDesktop(): DesktopState | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
