import type { IpcMain, WebFrameMain } from "electron";
import * as z from "zod";
import { type DesktopBridge, type DesktopCall, desktopCalls, desktopChannels } from "#shared/desktop-bridge.ts";
import { isOwn } from "./harden-session.ts";

/** What answers each call of the window's. */
export type BridgeHandlers = Omit<DesktopBridge, "onState">;

const callSchema = z.tuple([z.enum(Object.keys(desktopCalls) as [DesktopCall, ...DesktopCall[]]), z.array(z.unknown())]);

/**
 * Answers the window's calls: only the page's own main frame is heard, and every argument goes through its schema.
 */
export function serveBridge(ipcMain: Pick<IpcMain, "handle">, handlers: BridgeHandlers): void {
  ipcMain.handle(desktopChannels.call, async (event, ...values: unknown[]) => {
    if (!isOwnMainFrame(event.senderFrame)) throw new Error("Cannot answer this page: it is not Postern's window");
    const parsed = callSchema.safeParse(values);
    if (!parsed.success) throw new Error("Cannot answer this call: there is none of this name");
    const [name, given] = parsed.data;
    const taken = desktopCalls[name].safeParse(given);
    if (!taken.success) throw new Error(`Cannot answer ${name}: what it was given does not fit`);
    return (handlers[name] as (...args: unknown[]) => Promise<unknown>)(...(taken.data as unknown[]));
  });
}

function isOwnMainFrame(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isOwn(frame.url);
}
