import type { DesktopBridge } from "#shared/desktop-bridge.ts";

declare global {
  /** What the page of the desktop app has. */
  const posternDesktop: DesktopBridge;
}
