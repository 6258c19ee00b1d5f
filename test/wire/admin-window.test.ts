import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { adminOf } from "../fakes/call-admin.ts";
import { runCommand } from "../fakes/run-command.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { callWindow, logIn, printedLogin } from "../fakes/window-session.ts";
import { eventually } from "./eventually.ts";

let postern: RunningPostern;
let origin: string;
let session: Record<string, string>;
/** What the page loads: `/assets/index-C0ffee.js`. */
let script: string;
let style: string;

beforeAll(async () => {
  postern = await startPostern({ window: true });
  const login = await printedLogin(postern);
  origin = login.origin;
  session = await logIn(login.origin, login.token);
  const { body } = await callWindow(origin, "/");
  script = /src="(\/assets\/[^"]+\.js)"/.exec(body)?.[1] ?? "none";
  style = /href="(\/assets\/[^"]+\.css)"/.exec(body)?.[1] ?? "none";
});

afterAll(async () => await postern.stop());

async function newToken(): Promise<string> {
  const { url } = await adminOf(postern)("createLogin", {});
  return new URL(url).hash.replace("#login=", "");
}

function without(...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(session).filter(([name]) => !names.includes(name)));
}

describe("the window's login", () => {
  test("is spent by its first use, and by nothing that only looks at the page", async () => {
    const token = await newToken();
    await callWindow(origin, "/", { headers: { purpose: "prefetch" } });
    await callWindow(origin, `/?login=${token}`);
    const headers = without("cookie", "x-postern-tab");
    const body = JSON.stringify({ token });
    const answers = [];
    for (let time = 0; time < 2; time++) answers.push(await callWindow(origin, "/login", { method: "POST", headers, body }));
    expect(answers.map(({ status }) => status)).toEqual([200, 401]);
    expect(answers[0]?.headers["set-cookie"]?.[0]).toMatch(/^postern_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(answers[1]?.headers["www-authenticate"]).toBe("Bearer");
  });

  test("leaves a browser's other tab logged in, and gives each tab its own token", async () => {
    const answer = await callWindow(origin, "/login", {
      method: "POST",
      headers: session,
      body: JSON.stringify({ token: await newToken() }),
    });
    const { tabToken } = JSON.parse(answer.body) as { tabToken: string };
    const both = await Promise.all(
      [session["x-postern-tab"] ?? "", tabToken].map((tab) =>
        callWindow(origin, "/admin/status", { headers: { ...session, "x-postern-tab": tab } }),
      ),
    );
    expect([tabToken === session["x-postern-tab"], ...both.map(({ status }) => status)]).toEqual([false, 200, 200]);
  });

  test("ends with its logout, in every tab", async () => {
    const own = await logIn(origin, await newToken());
    const out = await callWindow(origin, "/logout", { method: "POST", headers: own, body: "{}" });
    const after = await callWindow(origin, "/admin/status", { headers: own });
    expect([out.status, after.status]).toEqual([200, 401]);
  });

  test("takes no nonsense", async () => {
    for (const body of ["", "x".repeat(2_000), "null", "[]", '{"token":5}', '{"token":""}']) {
      const { status } = await callWindow(origin, "/login", { method: "POST", headers: without("cookie"), body });
      expect({ body: body.slice(0, 20), status }).toEqual({ body: body.slice(0, 20), status: body === '{"token":""}' ? 401 : 400 });
    }
  });
});

describe("a call through the window's listener", () => {
  test("is answered with cookie, tab and origin, and refused where one of them is missing or wrong", async () => {
    const calls = {
      whole: session,
      "no cookie": without("cookie"),
      "no tab": without("x-postern-tab"),
      "other cookie": { ...session, cookie: `${session["cookie"]?.slice(0, -1)}A`.replace(/=.*/, `=${"A".repeat(43)}`) },
      "other tab": { ...session, "x-postern-tab": "A".repeat(43) },
      "other origin": { ...session, origin: "http://127.0.0.1:1" },
      "null origin": { ...session, origin: "null" },
      "the origin's https twin": { ...session, origin: origin.replace("http:", "https:") },
      "localhost as origin": { ...session, origin: origin.replace("127.0.0.1", "localhost") },
      "no origin, and not from the page": without("origin", "sec-fetch-site"),
      "no origin, from another site": { ...without("origin"), "sec-fetch-site": "cross-site" },
      "no origin, from another port": { ...without("origin"), "sec-fetch-site": "same-site" },
      "a plain GET of the page": without("origin"),
      "the owner's key alone": { authorization: `Bearer ${postern.key}`, "sec-fetch-site": "same-origin" },
    };
    const statuses = Object.fromEntries(
      await Promise.all(
        Object.entries(calls).map(async ([name, headers]) => [name, (await callWindow(origin, "/admin/status", { headers })).status]),
      ),
    );
    expect(statuses).toEqual({
      whole: 200,
      "no cookie": 401,
      "no tab": 401,
      "other cookie": 401,
      "other tab": 401,
      "other origin": 403,
      "null origin": 403,
      "the origin's https twin": 403,
      "localhost as origin": 403,
      "no origin, and not from the page": 403,
      "no origin, from another site": 403,
      "no origin, from another port": 403,
      "a plain GET of the page": 200,
      "the owner's key alone": 401,
    });
  });

  test("is refused under every host name but its own, on every path", async () => {
    const port = new URL(origin).port;
    const hosts = [`evil.example:${port}`, `localhost:${port}`, "127.0.0.1", `127.0.0.1.nip.io:${port}`, "127.0.0.1:1"];
    for (const host of hosts) {
      for (const at of ["/", script, "/admin/status", "/nope"]) {
        const { status } = await callWindow(origin, at, { headers: { ...session, host } });
        expect({ host, at, status }).toEqual({ host, at, status: 403 });
      }
    }
  });

  test.each(["Host", "Origin", "Cookie", "X-Postern-Tab"])("is refused with two %s headers", async (name) => {
    const own = new URL(origin).host;
    const socket = connect(Number(new URL(origin).port), "127.0.0.1");
    const value = { Host: own, Origin: origin, Cookie: session["cookie"], "X-Postern-Tab": session["x-postern-tab"] }[name];
    const lines = [`GET /admin/status HTTP/1.1`, `Host: ${own}`, `${name}: ${value}`, `${name}: ${value}`, "Connection: close", "", ""];
    socket.end(lines.join("\r\n"));
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("is no form of another site: such a post carries another type, or another origin", async () => {
    const forms = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""];
    const body = JSON.stringify({ value: 1024 });
    for (const type of forms) {
      const foreign = { ...session, origin: "https://evil.example", "content-type": type };
      const own = { ...session, "content-type": type };
      const answers = await Promise.all(
        [foreign, own].map((headers) => callWindow(origin, "/admin/settings/gateway/maxBodyBytes", { method: "PUT", headers, body })),
      );
      expect({ type, statuses: answers.map(({ status }) => status) }).toEqual({ type, statuses: [403, 415] });
      expect(answers.map(({ headers }) => headers["access-control-allow-origin"])).toEqual([undefined, undefined]);
    }
    const preflight = await callWindow(origin, "/admin/status", { method: "OPTIONS", headers: { origin: "https://evil.example" } });
    const { settings } = await adminOf(postern)("listSettings", {});
    expect(preflight.status).toBe(405);
    expect(settings.find(({ name }) => name === "maxBodyBytes")?.isDefault).toBe(true);
  });

  test("is never the gateway's: keys of tools open nothing here, and nothing of here is served there", async () => {
    const there = await Promise.all(
      ["/admin/status", "/login", script].map(async (at) => (await fetch(postern.url + at, { headers: session })).status),
    );
    expect(there.every((status) => status >= 400)).toBe(true);
  });
});

describe("the window's own calls of models", () => {
  const body = JSON.stringify({ model: "@postern/hello", stream: true, messages: [{ role: "user", content: "Grüezi" }] });

  test("go to the gateway with a key that the page never sees, and stream back", async () => {
    const headers = { ...session, authorization: "Bearer sk-not-for-you", "x-postern-secret": "x" };
    const answer = await callWindow(origin, "/v1/chat/completions", { method: "POST", headers, body });
    expect([answer.status, answer.body.includes("Grüezi"), answer.body.endsWith("data: [DONE]\n\n")]).toEqual([200, true, true]);
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(answer.body + JSON.stringify(answer.headers)).not.toContain("postern_");
  });

  test("are refused like every other call where cookie, tab or origin is missing", async () => {
    const wrong = [
      without("cookie"),
      without("x-postern-tab"),
      { ...session, origin: "https://evil.example" },
      { authorization: `Bearer ${postern.key}` },
    ];
    const answers = await Promise.all(
      wrong.map((headers) => callWindow(origin, "/v1/chat/completions", { method: "POST", headers, body })),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403, 403]);
  });

  test("end where the page leaves", async () => {
    const admin = adminOf(postern);
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    const head = Object.entries({ host: new URL(origin).host, ...session, "content-length": "100000" }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n{"model":`);
    await eventually(async () => expect((await admin("getStatus", {})).callsUnderWay).toBe(1));
    socket.destroy();
    await eventually(async () => expect((await admin("getStatus", {})).callsUnderWay).toBe(0));
  });
});

describe("every answer of the window's listener", () => {
  test("carries the headers that keep a page to itself", async () => {
    const answers = await Promise.all([
      callWindow(origin, "/"),
      callWindow(origin, script),
      callWindow(origin, "/admin/status", { headers: session }),
      callWindow(origin, "/admin/status"),
      callWindow(origin, "/nope", { headers: session }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 403, 404]);
    for (const { headers } of answers) {
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self';.*frame-ancestors 'none'/);
      expect(headers["content-security-policy"]).not.toMatch(/unsafe|\*|http:/);
      expect(headers).toMatchObject({
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
      });
    }
    // A script's name holds its digest; whatever else is said may be another thing the next time.
    expect(answers.map(({ headers }) => headers["cache-control"]?.includes("immutable"))).toEqual([false, true, false, false, false]);
    expect(answers.map(({ headers }) => headers["cache-control"] === "no-store")).toEqual([true, false, true, true, true]);
  });

  test("holds nothing secret where anybody may read it, and no script or style that the policy would refuse", async () => {
    const secrets = [postern.key, ...Object.values(session)].filter((value) => value.length > 24 && !value.startsWith("http"));
    for (const at of ["/", script, style]) {
      const { body } = await callWindow(origin, at);
      expect({ at, leaks: secrets.filter((secret) => body.includes(secret)) }).toEqual({ at, leaks: [] });
    }
    const { body } = await callWindow(origin, "/");
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/i);
  });

  test("opens the empty page from anywhere a link may stand, and nothing else", async () => {
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    const frame = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script" };
    const statuses = await Promise.all(
      [
        ["/", link],
        [script, link],
        [script, frame],
        ["/admin/status", { ...link, ...without("origin", "sec-fetch-site") }],
      ].map(async ([at, headers]) => (await callWindow(origin, at as string, { headers: headers as Record<string, string> })).status),
    );
    expect(statuses).toEqual([200, 403, 403, 403]);
  });
});

describe("guessing at the window's door", () => {
  test("is slowed down for whoever guesses, and never for who knows", async () => {
    await using other = await startPostern({ window: true });
    const login = await printedLogin(other);
    const known = await logIn(login.origin, login.token);
    const guess = async (index: number): Promise<number> => {
      const headers = { origin: login.origin, "content-type": "application/json", "x-forwarded-for": `10.0.0.${index}` };
      const body = JSON.stringify({ token: `${index}`.padStart(43, "x") });
      return (await callWindow(login.origin, "/login", { method: "POST", headers, body })).status;
    };
    const statuses: number[] = [];
    for (let index = 0; index < 40; index++) statuses.push(await guess(index));
    const wrongTab = await callWindow(login.origin, "/admin/status", { headers: { ...known, "x-postern-tab": "wrong" } });
    const right = await callWindow(login.origin, "/admin/status", { headers: known });
    const { url } = await adminOf(other)("createLogin", {});
    await logIn(login.origin, new URL(url).hash.replace("#login=", ""));
    expect([new Set(statuses.slice(0, 30)), new Set(statuses.slice(30)), wrongTab.status, right.status]).toEqual([
      new Set([401]),
      new Set([429]),
      429,
      200,
    ]);
  });
});

describe("connections that say nothing", () => {
  test("lock nobody out, and end no session's stream", async () => {
    await using other = await startPostern({ window: true });
    const login = await printedLogin(other);
    const known = await logIn(login.origin, login.token);
    const { host, port } = new URL(login.origin);
    const leaving = new AbortController();
    const events = await fetch(`${login.origin}/admin/events`, { headers: known, signal: leaving.signal });
    const sockets = Array.from({ length: 200 }, () => {
      const socket = connect(Number(port), "127.0.0.1");
      socket.on("error", () => undefined);
      socket.write(
        `POST /login HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${login.origin}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{`,
      );
      return socket;
    });
    await eventually(async () => expect(sockets.filter((socket) => socket.closed).length).toBeGreaterThan(100));
    const { status } = await callWindow(login.origin, "/admin/status", { headers: known });
    for (const socket of sockets) socket.destroy();
    const first = await events.body?.getReader().read();
    leaving.abort();
    expect([status, events.status, first?.done]).toEqual([200, 200, false]);
  });
});

describe("serve --ui-port", () => {
  test("takes the port that it is given, and says who has it where it is taken", async () => {
    const { port } = new URL(origin);
    const folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
    try {
      const { code, stderr } = await runCommand(["serve", "--port", "0", "--ui-port", port, "--data-dir", folder]);
      expect([code, stderr.includes(`127.0.0.1:${port}`), stderr.includes(`pid ${postern.pid}`), stderr.includes("--ui-port")]).toEqual([
        3,
        true,
        process.platform === "linux",
        true,
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("postern ui and serve --open", () => {
  test("ui prints a link that works, and says so where no window is served", async () => {
    const { stdout } = await runCommand(["ui", "--data-dir", postern.dataFolder]);
    await logIn(origin, new URL(stdout.trim()).hash.replace("#login=", ""));
    await using bare = await startPostern();
    const without = await runCommand(["ui", "--data-dir", bare.dataFolder]);
    const none = await runCommand(["ui", "--data-dir", path.join(tmpdir(), "postern-none")]);
    expect([without.code, without.stderr.includes("--no-ui"), none.code, none.stderr.includes("postern serve")]).toEqual([
      1,
      true,
      1,
      true,
    ]);
  });

  test.skipIf(process.platform !== "linux")(
    "--open gives the browser a file that only its owner can read, and no token in its arguments",
    async () => {
      const bin = mkdtempSync(path.join(tmpdir(), "postern-bin-"));
      const seen = path.join(bin, "seen");
      writeFileSync(path.join(bin, "xdg-open"), `#!/bin/sh\necho "$@" > ${seen}\nenv >> ${seen}\n`, { mode: 0o755 });
      try {
        await using opened = await startPostern({
          window: true,
          arguments: ["--open"],
          environment: { PATH: `${bin}:${process.env["PATH"]}`, OPENAI_API_KEY: "sk-canary-0123456789" },
        });
        await eventually(() => expect(readFileSync(seen, "utf8")).toContain("PATH="));
        const [target = "", ...environment] = readFileSync(seen, "utf8").split("\n");
        const file = new URL(target).pathname;
        const token = /#login=([\w-]+)/.exec(readFileSync(file, "utf8"))?.[1] ?? "";
        expect([statSync(file).mode & 0o777, target.includes(token), environment.join().includes("sk-canary")]).toEqual([
          0o600,
          false,
          false,
        ]);
        await logIn((await printedLogin(opened)).origin, token);
        await opened.stop();
        expect(existsSync(file)).toBe(false);
      } finally {
        rmSync(bin, { recursive: true, force: true });
      }
    },
  );
});
