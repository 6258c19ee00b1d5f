import { expect, it } from "vitest";
import { loginLifeMs, type NewSession, openSessions } from "./sessions.ts";

function open(): { readonly sessions: ReturnType<typeof openSessions>; readonly wait: (ms: number) => void } {
  let nowMs = 0;
  const sessions = openSessions(() => nowMs);
  return { sessions, wait: (ms) => void (nowMs += ms) };
}

it("openSessions() makes logins of 256 bits that live ten minutes", () => {
  const { sessions, wait } = open();
  const [inTime, late] = [sessions.createLogin(), sessions.createLogin()];
  wait(loginLifeMs - 1);
  expect(Buffer.from(inTime, "base64url")).toHaveLength(32);
  expect(sessions.spendLogin(inTime, null)).toMatchObject({ cookie: expect.any(String) as unknown });
  wait(1);
  expect(sessions.spendLogin(late, null)).toBe("wrong");
});

it("openSessions() ends a session that nobody used for twelve hours, and keeps one that is used", () => {
  const { sessions, wait } = open();
  const { cookie, tabToken } = sessions.spendLogin(sessions.createLogin(), null) as NewSession;
  for (let hour = 0; hour < 30; hour++) {
    wait(3_600_000);
    expect(sessions.check(cookie, tabToken)).toBe(true);
  }
  wait(12 * 3_600_000 + 1);
  expect(sessions.check(cookie, tabToken)).toBe("wrong");
});

it("openSessions() takes no cookie that it did not make, so that nobody can choose one for somebody else", () => {
  const { sessions } = open();
  const planted = sessions.spendLogin(sessions.createLogin(), "a-cookie-of-somebody-else's") as NewSession;
  expect(planted.cookie).not.toBe("a-cookie-of-somebody-else's");
  expect(sessions.check("a-cookie-of-somebody-else's", planted.tabToken)).toBe("wrong");
});

it("openSessions() takes a tab's token with its own session's cookie only", () => {
  const { sessions } = open();
  const one = sessions.spendLogin(sessions.createLogin(), null) as NewSession;
  const other = sessions.spendLogin(sessions.createLogin(), null) as NewSession;
  expect([sessions.check(one.cookie, other.tabToken), sessions.check(other.cookie, one.tabToken)]).toEqual(["wrong", "wrong"]);
});
