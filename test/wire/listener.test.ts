import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chatCall, goodBody, observeCall, readError, startWorld, survived, wentThrough, type World } from "../fakes/observe-call.ts";
import { type RawResult, rawHttp, rawRequest } from "../fakes/raw-http.ts";
import { startPostern } from "../fakes/start-postern.ts";

// Who may talk to the listener at all: names it answers to, pages that may call, and what the keyless get to see.

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));

let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** One call without a key, unless its headers have one. */
function call(line: string, headers: readonly string[] = [], host = "127.0.0.1"): Promise<RawResult> {
  return rawHttp(world.postern.port, rawRequest({ port: world.postern.port }, line, { headers }), { host });
}

const withKey = (...headers: string[]): string[] => [`Authorization: Bearer ${world.postern.key}`, ...headers];
const accessControl = ({ rawHeaders }: RawResult): readonly string[] => rawHeaders.filter((text) => /^access-control-/i.test(text));

describe("a Host that is not this machine's", () => {
  const lines = ["GET /", "GET /healthz", "HEAD /", "GET /v1/models", "GET /nope", "OPTIONS /", "OPTIONS /v1/chat/completions"];

  test.each([
    "evil.com:PORT",
    "127.0.0.1.nip.io:PORT",
    "localhost.evil.com:PORT",
    "evil.localhost:PORT",
    "foo.internal",
    "printer.local:PORT",
    "192.168.0.2:PORT",
    "127.0.0.2:PORT",
    "0.0.0.0:PORT",
    "[::]:PORT",
    "2130706433:PORT",
    "127.1:PORT",
    "127.0.0.1:9999",
    "127.0.0.1",
    "localhost",
    "localhost.:PORT",
  ])("%s is refused everywhere: 403", async (host) => {
    const header = `Host: ${host.replace("PORT", String(world.postern.port))}`;
    for (const line of lines) {
      const result = await rawHttp(
        world.postern.port,
        rawRequest(world.postern, line, { headers: [header] }),
        line.startsWith("HEAD") ? { method: "HEAD" } : {},
      );
      const code = line.startsWith("HEAD") ? undefined : "host_not_allowed";
      expect({ line, status: result.status, code: readError(result)?.code, access: accessControl(result) }).toEqual({
        line,
        status: 403,
        code,
        access: [],
      });
    }
    expect(await observeCall(world, chatCall(world.postern, goodBody, [header]))).toMatchObject({
      ...survived,
      status: 403,
      code: "host_not_allowed",
    });
  });

  test.each(["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT"])("but %s is", async (host) => {
    const result = await call("GET /healthz", [`Host: ${host.replace("PORT", String(world.postern.port))}`]);
    expect([result.status, result.body.toString()]).toEqual([200, '{"status":"ok"}']);
  });

  test.runIf(hasIpv6)("nobody else can listen for localhost on ::1: the same gateway does", async () => {
    const good = await call("GET /healthz", [`Host: localhost:${world.postern.port}`], "::1");
    const bad = await call("GET /healthz", [`Host: evil.com:${world.postern.port}`], "::1");
    expect([good.status, bad.status]).toEqual([200, 403]);
  });

  test("refuses two Hosts: 400", async () => {
    for (const line of lines.filter((each) => !each.startsWith("HEAD"))) {
      const result = await call(line, [`Host: 127.0.0.1:${world.postern.port}`, "Host: evil.com"]);
      expect({ line, status: result.status }).toEqual({ line, status: 400 });
    }
  });
});

describe("a web page", () => {
  test.each([
    "https://evil.com",
    "null",
    "file://",
    "app://x",
    "vscode-webview://x",
    "chrome-extension://abcdefghijklmnop",
    "http://localhost:3000",
    "http://localhost.evil.com",
    "http://127.0.0.1:3000",
    "http://127.0.0.1",
    "",
  ])("of the origin %j is refused, key or not, and learns nothing", async (origin) => {
    const seen = await observeCall(world, chatCall(world.postern, goodBody, [`Origin: ${origin}`]));
    expect(seen).toMatchObject({ ...survived, status: 403, code: "origin_not_allowed" });
    const preflight = await call("OPTIONS /v1/chat/completions", [
      `Origin: ${origin}`,
      "Access-Control-Request-Method: POST",
      "Access-Control-Request-Headers: authorization,content-type",
      "Access-Control-Request-Private-Network: true",
    ]);
    const list = await call("GET /v1/models", withKey(`Origin: ${origin}`));
    const missing = await call("GET /nope", withKey(`Origin: ${origin}`));
    expect([preflight.status, list.status, missing.status]).toEqual([403, 403, 403]);
    expect([seen.result, preflight, list, missing].flatMap(accessControl)).toEqual([]);
  });

  test("cannot send two Origins", async () => {
    const seen = await observeCall(world, chatCall(world.postern, goodBody, ["Origin: http://localhost:3000", "Origin: https://evil.com"]));
    expect(seen).toMatchObject({ ...survived, status: expect.toBeOneOf([400, 403]) as unknown });
  });

  test.each(["cross-site", "same-site"])("whose browser says %s is refused without an Origin too", async (site) => {
    const seen = await observeCall(world, chatCall(world.postern, goodBody, [`Sec-Fetch-Site: ${site}`, "Sec-Fetch-Mode: no-cors"]));
    expect(seen).toMatchObject({ ...survived, status: 403, code: "origin_not_allowed" });
    expect((await call("GET /v1/models", withKey(`Sec-Fetch-Site: ${site}`))).status).toBe(403);
  });

  test("may lead to the front page by a link, which does nothing", async () => {
    const navigation = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Sec-Fetch-User: ?1"];
    expect((await call("GET /", navigation)).status).toBe(200);
    expect((await call("GET /v1/models", withKey(...navigation))).status).toBe(403);
    expect((await call("GET /", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"])).status).toBe(403);
  });

  test("of an origin that the person allowed may call, and no other", async () => {
    const origin = "http://localhost:3000";
    await using allowing = await startWorld({ config: { gateway: { allowedOrigins: [origin], allowedHosts: ["host.docker.internal"] } } });
    const { postern } = allowing;
    const answer = await observeCall(
      allowing,
      chatCall(postern, goodBody, [`Origin: ${origin}`, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors"]),
    );
    expect(answer).toMatchObject(wentThrough);
    expect(answer.result.headers["access-control-allow-origin"]).toBe(origin);
    expect(answer.result.headers["vary"]?.toLowerCase()).toContain("origin");
    const preflight = await rawHttp(
      postern.port,
      rawRequest({ port: postern.port }, "OPTIONS /v1/chat/completions", {
        headers: [`Origin: ${origin}`, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type"],
      }),
    );
    expect(preflight.status).toBeOneOf([200, 204]);
    expect(preflight.headers["access-control-allow-origin"]).toBe(origin);
    expect(preflight.headers["access-control-allow-headers"]?.toLowerCase()).toContain("authorization");
    const other = await observeCall(allowing, chatCall(postern, goodBody, ["Origin: http://localhost:3001"]));
    expect(other).toMatchObject({ ...survived, status: 403 });
    const named = await rawHttp(
      postern.port,
      rawRequest({ port: postern.port }, "GET /healthz", { headers: ["Host: host.docker.internal"] }),
    );
    expect(named.status).toBe(200);
  });
});

test.each([
  ["the front page", "GET /", false],
  ["the health check", "GET /healthz", false],
  ["the model list", "GET /v1/models", true],
  ["an unknown path", "GET /nope", true],
  ["a refusal for want of a key", "GET /v1/models", false],
  ["a refusal of a method", "DELETE /healthz", true],
])("%s cannot be framed, sniffed, read across origins or kept", async (_title, line, hasKey) => {
  const { headers } = await call(line, hasKey ? withKey() : []);
  expect(headers).toMatchObject({
    "content-security-policy": expect.stringContaining("frame-ancestors 'none'") as unknown,
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": expect.stringContaining("no-store") as unknown,
  });
  // What it is and which version are nobody's business before the key.
  expect(Object.keys(headers)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(server|x-powered-by)$/)]));
});

describe("without a key", () => {
  test("only the health checks answer, and say nothing else", async () => {
    const health = await call("GET /healthz");
    const front = await call("GET /");
    expect([health.status, health.body.toString()]).toEqual([200, '{"status":"ok"}']);
    expect([front.status, front.body.toString().trim()]).toEqual([200, "AI Gateway says hey!"]);
    for (const path of ["/", "/healthz"]) {
      const head = await rawHttp(world.postern.port, rawRequest({ port: world.postern.port }, `HEAD ${path}`), { method: "HEAD" });
      expect([head.status, head.text.endsWith("\r\n\r\n")]).toEqual([200, true]);
    }
  });

  test.each([
    "GET /v1/models",
    "HEAD /v1/models",
    "GET /v1/models/gpt-4o",
    "POST /v1/chat/completions",
    "POST /openai",
    "POST /openai/v1/chat/completions",
    "POST /v1/completions",
    "POST /v1/embeddings",
    "POST /v1/images/generations",
    "POST /v1/audio/speech",
    "POST /v1/moderations",
    "POST /v1/rerank",
    "POST /v1/responses",
    "GET /v1/files",
    "POST /v1/nonesuch",
    "POST /v1/proxy/chat/completions",
    "GET /catalog/models",
  ])("%s is 401 and says how to ask", async (line) => {
    const headOnly = line.startsWith("HEAD") ? ({ method: "HEAD" } as const) : {};
    const bytes = rawRequest({ port: world.postern.port }, line, line.startsWith("POST") ? { body: goodBody } : {});
    const seen = await observeCall(world, bytes, headOnly);
    expect(seen).toMatchObject({ ...survived, status: 401, ...(line.startsWith("HEAD") ? {} : { code: "invalid_api_key" }) });
    expect(seen.result.headers["www-authenticate"]).toMatch(/^Bearer\b/);
  });

  test.each([
    ["/v1/messages", { type: "error", error: { type: "authentication_error", message: expect.any(String) as unknown } }],
    ["/v1beta/models/m:generateContent", { error: { code: 401, status: "UNAUTHENTICATED", message: expect.any(String) as unknown } }],
  ])("POST %s is 401 in its own API's shape", async (path, shape) => {
    const seen = await observeCall(world, rawRequest({ port: world.postern.port }, `POST ${path}`, { body: goodBody }));
    expect([seen.result.status, seen.reached, seen.nextStatus]).toEqual([401, 0, 200]);
    expect(JSON.parse(seen.result.body.toString())).toMatchObject(shape);
  });

  test.each(["/v1/models", "/v1/chat/completions"])("a key in the URL of %s counts for nothing", async (path) => {
    const { key } = world.postern;
    for (const name of ["key", "api_key", "api-key", "access_token"]) {
      const result = await call(
        `${path.endsWith("models") ? "GET" : "POST"} ${path}?${name}=${key}`,
        path.endsWith("models") ? [] : ["Content-Length: 0"],
      );
      expect({ name, status: result.status, tells: result.text.includes(key) }).toEqual({ name, status: 401, tells: false });
    }
  });

  test.each([
    ["SQL", "Bearer ' OR '1'='1"],
    ["a placeholder", "Bearer sk-anything"],
    ["nothing", "Bearer "],
    ["another scheme", "Basic dXNlcjpwYXNz"],
    ["an emoji", "Bearer \xF0\x9F\xA6\x8A"],
    ["10 kB", `Bearer ${"a".repeat(10_000)}`],
    ["another local key", `Bearer postern_${"b".repeat(43)}`],
  ])("%s as credential is none: 401", async (_title, value) => {
    const seen = await observeCall(world, chatCall({ port: world.postern.port }, goodBody, [`Authorization: ${value}`]));
    expect(seen).toMatchObject({ ...survived, status: 401, code: "invalid_api_key" });
    expect(seen.message).not.toContain("bbbbbbbb");
  });
});

describe("with the owner's key", () => {
  test.each([
    "Authorization: Bearer KEY",
    "authorization: bearer KEY",
    "x-api-key: KEY",
    "api-key: KEY",
    "x-goog-api-key: KEY",
    "x-portkey-api-key: KEY",
  ])("in %s the call goes through, and the key stays here", async (template) => {
    const { postern, provider } = world;
    const seen = await observeCall(world, chatCall({ port: postern.port }, goodBody, [template.replace("KEY", postern.key)]));
    expect(seen).toMatchObject(wentThrough);
    const relayed = provider.requests.at(-2);
    expect(JSON.stringify(relayed?.rawHeaders)).not.toContain(postern.key);
    expect(relayed?.headers["authorization"]).toMatch(/^Bearer sk-scripted-/);
  });

  test("the same key in two places is one key", async () => {
    const { postern } = world;
    expect(await observeCall(world, chatCall(postern, goodBody, [`x-api-key: ${postern.key}`]))).toMatchObject(wentThrough);
  });
});

test("an answer says how long its connection stays open, so that clients keep theirs and close first", async () => {
  const { headers } = await fetch(`${world.postern.url}/v1/models`, { headers: { authorization: `Bearer ${world.postern.key}` } });
  expect(headers.get("keep-alive")).toBe("timeout=65");
});

test("30 wrong keys are slowed down: 429; the right one never is", async () => {
  await using postern = await startPostern();
  const fields = ["Authorization: Bearer ", "x-api-key: ", "api-key: ", "x-goog-api-key: "];
  const statuses: number[] = [];
  for (let attempt = 0; attempt <= 30; attempt++) {
    // Another field each time: the count is the caller's, not the field's.
    const header = `${fields[attempt % fields.length]}postern_${String(attempt).padStart(43, "w")}`;
    statuses.push((await rawHttp(postern.port, rawRequest({ port: postern.port }, "GET /v1/models", { headers: [header] }))).status);
  }
  expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
  expect(statuses.at(-1)).toBe(429);
  const owner = await rawHttp(postern.port, rawRequest(postern, "GET /v1/models"));
  expect(owner.status).toBe(200);
});
