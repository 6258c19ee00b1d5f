import type { PowerMonitor } from "electron";

/** What the app does when the machine sleeps, wakes, locks or ends. */
export interface SystemActions {
  /** The machine was asleep: open connections are dead, and the port may be somebody else's. */
  onResume(): void;
  onLock(isLocked: boolean): void;
  /** The system ends: there is little time. */
  onShutdown(): void;
}

/** Listens to the machine. */
export function watchSystem(monitor: Pick<PowerMonitor, "on">, actions: SystemActions): void {
  monitor.on("resume", () => actions.onResume());
  monitor.on("lock-screen", () => actions.onLock(true));
  monitor.on("unlock-screen", () => actions.onLock(false));
  monitor.on("shutdown", () => actions.onShutdown());
}
