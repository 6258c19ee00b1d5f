import { type LockReason, noteAway, useConnection } from "./connection.ts";

const tabKey = "postern-tab";
const tabHeader = "x-postern-tab";

/** In the desktop app the window is served by the app itself, and nobody else can reach it: there is nothing to log in to. */
const isDesktop = "posternDesktop" in globalThis;

/** Whether this page runs in a browser, and can be logged out of. */
export const hasLogin = !isDesktop;

/** Nobody answers. The browser's own words for it ("Failed to fetch") help nobody. */
export class AwayError extends Error {
  override readonly name = "AwayError";

  /** @param cause what the browser said */
  constructor(cause: unknown) {
    super("Cannot reach Postern: it does not answer; start it, and this works again", { cause });
  }
}

/**
 * `fetch` to the window's own origin, with the tab's token. The first word of a login that has ended locks the window.
 *
 * @throws {AwayError} where Postern does not answer
 * @throws {DOMException} an `AbortError` where the caller took it back
 */
export async function fetchOwn(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const token = sessionStorage.getItem(tabKey);
  if (token !== null) headers.set(tabHeader, token);
  const response = await fetch(path, { ...init, headers, credentials: "same-origin", redirect: "error" }).catch((error: unknown) => {
    // Whoever takes their call back says nothing of Postern.
    if (init.signal?.aborted === true) throw error;
    noteAway(true);
    throw new AwayError(error);
  });
  noteAway(false);
  // The gateway says 401 as well, of a provider's key, and so does a dry run; only the listener's own word ends the login.
  if (response.status === 401 && !isDesktop && (await isListenersWord(response))) lock("ended");
  return response;
}

async function isListenersWord(response: Response): Promise<boolean> {
  const body = (await response
    .clone()
    .json()
    .catch(() => null)) as { readonly error?: { readonly code?: unknown } } | null;
  return body?.error?.code === "not_logged_in";
}

/**
 * Spends the login that the URL brought, and takes it out of the address bar and the history first. Without one, the
 * tab's earlier login counts until a call says otherwise.
 */
export async function openSession(): Promise<void> {
  if (isDesktop) return useConnection.setState({ login: "open" });
  const token = takeLogin();
  if (token === null) return sessionStorage.getItem(tabKey) === null ? lock("first") : useConnection.setState({ login: "open" });
  const response = await fetch("/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
    credentials: "same-origin",
  }).catch(() => null);
  if (response?.ok === true) {
    const { tabToken } = (await response.json()) as { readonly tabToken: string };
    sessionStorage.setItem(tabKey, tabToken);
  }
  isLeaving = false;
  // A spent link in a tab that is logged in changes nothing.
  if (sessionStorage.getItem(tabKey) === null) return lock("spent");
  useConnection.setState({ login: "open" });
}

/** A new login link in an open tab changes the fragment only, and loads nothing: it is heard before the router hears it. */
export function watchForLogins(): void {
  addEventListener(
    "hashchange",
    (event) => {
      if (!location.hash.startsWith("#login=")) return;
      event.stopImmediatePropagation();
      void openSession();
    },
    { capture: true },
  );
}

/** Calls under way are refused once the login has ended, and would say that it ended by itself. */
let isLeaving = false;

/** Ends the login in all tabs of this browser. */
export async function logOut(): Promise<void> {
  isLeaving = true;
  await fetchOwn("/logout", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }).catch(() => undefined);
  lock("out");
}

function lock(reason: LockReason): void {
  sessionStorage.removeItem(tabKey);
  useConnection.setState({ login: "locked", lockReason: isLeaving ? "out" : reason });
}

function takeLogin(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get("login");
  if (token !== null) history.replaceState(null, "", "/");
  return token;
}
