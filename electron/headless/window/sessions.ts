import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/** What a browser gets at its login: both are needed for each call, since cookies are sent to every port of a host. */
export interface NewSession {
  /** For the HttpOnly cookie. */
  readonly cookie: string;
  /** For the tab's sessionStorage. */
  readonly tabToken: string;
}

/** The outcome of a wrong try: `slow-down` once there were too many of them. */
export type Refusal = "wrong" | "slow-down";

/** One-time logins and the sessions that come of them, in memory only: a restart ends them all. */
export interface Sessions {
  /** Makes a token that logs one browser in, once, within {@link loginLifeMs}. */
  createLogin(): string;
  /** Spends a login. A browser that has a session keeps its cookie, and its other tabs stay logged in. */
  spendLogin(token: string, cookie: string | null): NewSession | Refusal;
  /** Whether this cookie and this tab belong to a session; it lives on then. */
  check(cookie: string | null, tabToken: string | null): true | Refusal;
  /** Ends the session of this cookie, in all tabs. */
  end(cookie: string | null): void;
}

/** How long a login can be spent. */
export const loginLifeMs = 600_000;
const sessionLifeMs = 43_200_000;
const mostLogins = 16;
const mostSessions = 16;
const mostTabs = 32;
const failuresPerMinute = 30;

interface Session {
  readonly cookie: Buffer;
  readonly tabs: Buffer[];
  usedAtMs: number;
}

/** @param nowMs a clock that only ever grows */
export function openSessions(nowMs: () => number): Sessions {
  let logins: { readonly token: Buffer; readonly untilMs: number }[] = [];
  let sessions: Session[] = [];
  let windowStartMs = nowMs();
  let failures = 0;

  /** Only wrong tries are counted and slowed: a right one never meets the counter, so nobody can be locked out. */
  function refuse(): Refusal {
    if (nowMs() - windowStartMs > 60_000) {
      windowStartMs = nowMs();
      failures = 0;
    }
    return ++failures > failuresPerMinute ? "slow-down" : "wrong";
  }

  function find(cookie: string | null): Session | undefined {
    sessions = sessions.filter((session) => nowMs() - session.usedAtMs <= sessionLifeMs);
    if (cookie === null) return undefined;
    const presented = digest(cookie);
    return findLast(sessions, (session) => timingSafeEqual(session.cookie, presented));
  }

  return {
    createLogin() {
      const token = newSecret();
      logins = [...logins.slice(1 - mostLogins), { token: digest(token), untilMs: nowMs() + loginLifeMs }];
      return token;
    },
    spendLogin(token, cookie) {
      logins = logins.filter((login) => login.untilMs > nowMs());
      const presented = digest(token);
      const found = findLast(logins, (login) => timingSafeEqual(login.token, presented));
      if (found === undefined) return refuse();
      logins = logins.filter((login) => login !== found);
      const tabToken = newSecret();
      const known = find(cookie);
      if (known !== undefined && cookie !== null) {
        known.tabs.splice(0, known.tabs.length + 1 - mostTabs);
        known.tabs.push(digest(tabToken));
        known.usedAtMs = nowMs();
        return { cookie, tabToken };
      }
      const created = newSecret();
      const session = { cookie: digest(created), tabs: [digest(tabToken)], usedAtMs: nowMs() };
      sessions = [...sessions.slice(1 - mostSessions), session];
      return { cookie: created, tabToken };
    },
    check(cookie, tabToken) {
      const session = find(cookie);
      const presented = digest(tabToken ?? "");
      const isKnown = session !== undefined && findLast(session.tabs, (tab) => timingSafeEqual(tab, presented)) !== undefined;
      if (!isKnown) return refuse();
      session.usedAtMs = nowMs();
      return true;
    },
    end(cookie) {
      const session = find(cookie);
      sessions = sessions.filter((one) => one !== session);
    },
  };
}

function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Only digests are kept and compared, each in constant time. The secrets have 256 random bits: a slow hash would add nothing. */
function digest(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}

/** Looks at every item, found or not, so that the time does not tell where it was. */
function findLast<Item>(items: readonly Item[], matches: (item: Item) => boolean): Item | undefined {
  let found: Item | undefined;
  for (const item of items) if (matches(item)) found = item;
  return found;
}
