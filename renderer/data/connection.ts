import { create } from "zustand";

/** Why the window is locked; the page's words depend on it. */
export type LockReason = "first" | "ended" | "spent" | "out";

/** How the window stands with Postern. */
export interface Connection {
  /** `checking` until the login is known; the desktop app needs none and is always `open`. */
  readonly login: "checking" | "open" | "locked";
  readonly lockReason: LockReason;
  /** Whether the last try to reach Postern failed. */
  readonly isAway: boolean;
}

/** The one state of the connection, for hooks (`useConnection(select)`) and for code (`useConnection.getState()`). */
export const useConnection = create<Connection>(() => ({ login: "checking", lockReason: "first", isAway: false }));

/** Notes whether Postern answered. Each call says so, and nearly always the same: only a change is told on. */
export function noteAway(isAway: boolean): void {
  if (useConnection.getState().isAway !== isAway) useConnection.setState({ isAway });
}
