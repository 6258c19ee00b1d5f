import type { App, WebContents } from "electron";
import { isOwn } from "./harden-session.ts";

/**
 * Keeps every page where it is: no navigation elsewhere, no window of its own, no webview, no certificate and no password
 * that it would need only there. A link to the web goes to `open`, which asks.
 */
export function lockWebContents(app: App, open: (url: string) => void): void {
  app.on("web-contents-created", (_event, contents) => lock(contents, open));
  app.on("certificate-error", (event, _contents, _url, _error, _certificate, answer) => {
    event.preventDefault();
    answer(false);
  });
  app.on("select-client-certificate", (event, _contents, _url, _certificates, answer) => {
    event.preventDefault();
    answer();
  });
  app.on("login", (event, _contents, _details, _info, answer) => {
    event.preventDefault();
    answer();
  });
}

function lock(contents: WebContents, open: (url: string) => void): void {
  contents.on("will-navigate", (event) => {
    if (isOwn(event.url)) return;
    event.preventDefault();
    open(event.url);
  });
  contents.on("will-frame-navigate", (event) => {
    if (!isOwn(event.url)) event.preventDefault();
  });
  contents.on("will-redirect", (event) => {
    if (!isOwn(event.url)) event.preventDefault();
  });
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    open(url);
    return { action: "deny" };
  });
}
