import type { Session } from "electron";
import { appOrigin, appScheme } from "./app-protocol.ts";

/** What the window may load at all: itself, and what it made itself. */
const ownSchemes = [`${appScheme}:`, "blob:", "data:", "devtools:"];

/**
 * Closes what a session leaves open: every permission but copying from the window's own page, every device, every
 * download, and every request that does not stay in the app.
 */
export function hardenSession(session: Session): void {
  const isAllowed = (permission: string, url: string): boolean => permission === "clipboard-sanitized-write" && isOwn(url);
  session.setPermissionRequestHandler((_contents, permission, answer, details) => answer(isAllowed(permission, details.requestingUrl)));
  session.setPermissionCheckHandler((_contents, permission, origin) => isAllowed(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null));
  session.webRequest.onBeforeRequest((details, answer) => {
    const scheme = URL.parse(details.url)?.protocol ?? "";
    answer({ cancel: !ownSchemes.includes(scheme) });
  });
  session.on("will-download", (event, item) => {
    // A file that the page itself made (an export) is saved where the person says; nothing comes from elsewhere.
    const scheme = URL.parse(item.getURL())?.protocol ?? "";
    if (scheme !== "blob:" && scheme !== `${appScheme}:`) event.preventDefault();
  });
}

/** Whether a URL is one of the window's own page. */
export function isOwn(url: string): boolean {
  const parsed = URL.parse(url);
  // Node gives every scheme that it does not know the origin "null".
  return parsed !== null && `${parsed.protocol}//${parsed.host}` === appOrigin;
}
