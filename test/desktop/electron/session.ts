import { EventEmitter } from "node:events";

type Listener = (details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void;

/** What the session was told to ask before each request; null where nothing. */
export const beforeRequest: { current: Listener | null } = { current: null };

/** What the session's handlers were set to. */
export interface SessionHandlers {
  permissionRequest?: (
    contents: unknown,
    permission: string,
    answer: (isGranted: boolean) => void,
    details: { requestingUrl: string },
  ) => void;
  permissionCheck?: (contents: unknown, permission: string, origin: string) => boolean;
  device?: () => boolean;
  displayMedia?: (request: unknown, answer: (streams: unknown) => void) => void;
}

/** Electron's `Session`. */
export class StandInSession extends EventEmitter {
  readonly handlers: SessionHandlers = {};
  readonly webRequest = {
    onBeforeRequest: (listener: Listener): void => void (beforeRequest.current = listener),
  };

  setPermissionRequestHandler(handler: NonNullable<SessionHandlers["permissionRequest"]>): void {
    this.handlers.permissionRequest = handler;
  }

  setPermissionCheckHandler(handler: NonNullable<SessionHandlers["permissionCheck"]>): void {
    this.handlers.permissionCheck = handler;
  }

  setDevicePermissionHandler(handler: NonNullable<SessionHandlers["device"]>): void {
    this.handlers.device = handler;
  }

  setDisplayMediaRequestHandler(handler: NonNullable<SessionHandlers["displayMedia"]>): void {
    this.handlers.displayMedia = handler;
  }
}
