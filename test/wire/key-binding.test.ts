import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addKey, passphrase, runKeys, whyNoStoredKeys } from "../clients/add-key.ts";
import { chatCall, readError, startWorld, type World } from "../fakes/observe-call.ts";
import { openAi, openAiModels } from "../fakes/openai-replies.ts";
import { type RawResult, rawHttp, rawRequest } from "../fakes/raw-http.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { eventually } from "./eventually.ts";

// A key goes to the origin that it was bound to, whatever config.json, a header or a body says later.

const environmentKey = "sk-scripted-Ph2yM7vRk4";
const storedKey = "sk-stored-Dg9tW5xLc8";

let world: World;
/** Where the key must never go. It answers well, so that nothing but the gateway keeps the key from it. */
let canary: ScriptedProvider;

beforeAll(async () => {
  canary = await startScriptedProvider();
  canary.always(openAi("from the canary"));
  canary.route("GET", "/v1/models", openAiModels(["gpt-4o"]));
  world = await startWorld({ environment: { OPENAI_API_KEY: environmentKey, POSTERN_PASSPHRASE: passphrase } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await canary.close();
});

beforeEach(() => {
  world.provider.forget();
  canary.forget();
});

const call = (headers: readonly string[] = []): Promise<RawResult> =>
  rawHttp(world.postern.port, chatCall(world.postern, '{"model":"@openai/gpt-4o"}', headers));

/** Points OpenAI's row elsewhere, as a person or another program may, and waits until that is in force. */
async function pointAt(baseUrl: string): Promise<void> {
  writeFileSync(
    path.join(world.postern.dataFolder, "config.json"),
    JSON.stringify({
      discovery: { enabled: false },
      providers: { openai: { baseUrl } },
      aliases: { probe: { provider: "postern", model: baseUrl } },
    }),
  );
  // The built-in model refuses a name that it does not have, and quotes it: the sign that this very file is in force.
  await eventually(async () => {
    const result = await rawHttp(
      world.postern.port,
      chatCall(world.postern, '{"model":"probe","messages":[{"role":"user","content":"Hi"}]}'),
    );
    expect(result.body.toString()).toContain(baseUrl);
  });
}

/** Everything that the canary was sent, as text. */
const heard = (): string =>
  canary.requests.map(({ method, url, rawHeaders, body }) => [method, url, ...rawHeaders, body].join("\n")).join("\n");

describe("a key of the environment", () => {
  test("is not sent to another origin that config.json names while Postern runs", async () => {
    await pointAt(`${canary.origin}/v1`);
    const result = await call(["X-Portkey-Retry: 0"]);
    expect([result.status, readError(result)?.code]).toEqual([403, "key_origin_mismatch"]);
    expect(readError(result)?.message).toContain(canary.origin);
    expect(result.text).not.toContain(environmentKey);
    const passthrough = await rawHttp(
      world.postern.port,
      rawRequest(world.postern, "GET /v1/files", { headers: ["X-Portkey-Provider: openai"] }),
    );
    expect([passthrough.status, readError(passthrough)?.code]).toEqual([403, "key_origin_mismatch"]);
    await rawHttp(world.postern.port, rawRequest(world.postern, "GET /v1/models"));
    expect(canary.requests.filter(({ method }) => method === "POST")).toEqual([]);
    expect(heard()).not.toContain(environmentKey);
  });

  test("is sent again where the row points back, and under another path of its origin", async () => {
    await pointAt(`${canary.origin}/v1`);
    await pointAt(`${world.provider.origin}/v2`);
    expect((await call()).status).toBe(200);
    expect(world.provider.requests.at(-1)).toMatchObject({
      url: "/v2/chat/completions",
      headers: { authorization: `Bearer ${environmentKey}` },
    });
    await pointAt(`${world.provider.origin}/v1`);
    expect((await call()).status).toBe(200);
  });

  test.each([
    ["localhost for 127.0.0.1", () => `http://localhost:${world.provider.port}/v1`],
    ["https for http", () => `https://127.0.0.1:${world.provider.port}/v1`],
  ])("takes %s for another origin", async (_title, baseUrl) => {
    await pointAt(baseUrl());
    const result = await call(["X-Portkey-Retry: 0"]);
    expect([result.status, readError(result)?.code]).toEqual([403, "key_origin_mismatch"]);
    await pointAt(`${world.provider.origin}/v1`);
  });
});

describe("a custom host", () => {
  const atCanary = (): string => `X-Portkey-Custom-Host: ${canary.origin}/v1`;

  test("on this machine gets the owner's call, and not the stored key", async () => {
    const result = await call([atCanary()]);
    expect(result.body.toString()).toContain("from the canary");
    expect(canary.requests).toHaveLength(1);
    expect(heard()).not.toMatch(new RegExp(`${environmentKey}|${world.postern.key}|authorization`, "i"));
  });

  test("in a config gets no stored key either", async () => {
    const config = JSON.stringify({ provider: "openai", custom_host: `${canary.origin}/v1` });
    expect((await call([`X-Portkey-Config: ${config}`])).status).toBe(200);
    expect(heard()).not.toMatch(new RegExp(`${environmentKey}|${world.postern.key}|authorization`, "i"));
  });

  test.each([
    "https://example.com/v1",
    "http://169.254.169.254/latest",
    "http://[::ffff:169.254.169.254]/",
    "http://2852039166/",
    "http://user:secret@127.0.0.1/v1",
    "http://127.0.0.1:1/v1#x",
    "ftp://127.0.0.1/",
    "not a url",
  ])("%s is refused", async (host) => {
    const result = await call([`X-Portkey-Custom-Host: ${host}`]);
    expect(result.status).toBeOneOf([400, 403]);
    expect(readError(result)?.message).not.toContain("secret");
    expect([world.provider.requests.length, canary.requests.length]).toEqual([0, 0]);
  });

  test("is not for callers without a local key", async () => {
    const headers = ["Authorization: Bearer sk-own-Kt3nV6", "X-Portkey-Provider: openai", atCanary()];
    const result = await rawHttp(world.postern.port, chatCall({ port: world.postern.port }, '{"model":"gpt-4o"}', headers));
    expect([result.status, readError(result)?.code]).toEqual([403, "not_granted"]);
    expect(canary.requests).toHaveLength(0);
  });
});

test.each(["api_base", "base_url", "custom_host", "models", "route"])("%s in a body steers nothing", async (field) => {
  const body = JSON.stringify({ model: "@openai/gpt-4o", [field]: `${canary.origin}/v1` });
  const connectionsBefore = canary.connectionCount;
  const result = await rawHttp(world.postern.port, chatCall(world.postern, body));
  expect([result.status, world.provider.requests.length]).toEqual([200, 1]);
  expect(canary.connectionCount).toBe(connectionsBefore);
});

test("calls that come back to the Postern that sent them are refused: 508", async () => {
  await pointAt(`${world.provider.origin}/v1`);
  const result = await call([`X-Portkey-Custom-Host: ${world.postern.url}/v1`, "X-Portkey-Retry: 0"]);
  expect([result.status, readError(result)?.code]).toEqual([508, "loop_detected"]);
  expect(world.provider.requests).toHaveLength(0);
});

describe("a stored key", () => {
  test.skipIf(whyNoStoredKeys !== null)("stays at its origin until the person binds it anew", async () => {
    await pointAt(`${world.provider.origin}/v1`);
    await addKey(world.postern, "openai", { name: "default", secret: storedKey });
    await call();
    expect(world.provider.requests.at(-1)?.headers["authorization"]).toBe(`Bearer ${storedKey}`);
    await pointAt(`${canary.origin}/v1`);
    expect(readError(await call(["X-Portkey-Retry: 0"]))?.code).toBe("key_origin_mismatch");
    expect(heard()).not.toContain(storedKey);
    const printed = await runKeys(world.postern, ["bind", "openai"]);
    expect(printed).toContain(canary.origin);
    expect(printed).not.toContain(storedKey);
    expect((await call()).body.toString()).toContain("from the canary");
    expect(heard()).toContain(storedKey);
  });
});
