import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AdminClient } from "#shared/contract/client.ts";
import type { KeyDetail } from "#shared/contract/keys.ts";
import { passphrase, whyNoStoredKeys } from "../clients/add-key.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { guardByKey } from "../fakes/key-guard.ts";
import { json, status } from "../fakes/replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

const first = "sk-proj-first-Wm4tX9aQ";
const second = "sk-proj-second-Hr7bN2cE";
const bad = "sk-proj-refused-Zv1kD6fU";

let provider: ScriptedProvider;
let postern: RunningPostern;
let call: AdminClient;
let good: Set<string>;

beforeAll(async () => {
  provider = await startScriptedProvider();
  postern = await startPostern({
    config: {
      providers: { openai: { baseUrl: `${provider.origin}/v1` }, groq: { baseUrl: `${provider.origin}/groq/v1` } },
      prices: { "openai/gpt-4o": { input: 2.5, output: 10 } },
      aliases: { pinned: { provider: "openai", virtual_key: "pinned-key", model: "gpt-4o" } },
    },
    environment: { POSTERN_PASSPHRASE: passphrase, GROQ_API_KEY: "gsk_environment-Tq5yL8" },
  });
  call = adminOf(postern);
});

afterAll(async () => {
  await postern.stop();
  await provider.close();
});

beforeEach(async () => {
  good = guardByKey(provider, [first, second]);
  for (const { provider: id, name, source } of (await call("listKeys", {})).keys)
    if (source !== "environment") await call("removeKey", { parameters: { provider: id, name } });
  provider.forget();
});

const at = (name: string): { provider: string; name: string } => ({ provider: "openai", name });

async function keyOf(name: string, of = "openai"): Promise<KeyDetail> {
  const { keys } = await call("listKeys", {});
  const key = keys.find((one) => one.provider === of && one.name === name);
  if (key === undefined) throw new Error(`there is no key ${name}`);
  return key;
}

async function ask(model = "@openai/gpt-4o", headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const response = await fetch(`${postern.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json", "x-portkey-retry": "0", ...headers },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
  });
  await response.text();
  return response.status;
}

/** The keys that the provider was sent, in their order. */
const sent = (): (string | undefined)[] => provider.requests.map(({ headers }) => headers["authorization"]?.replace("Bearer ", ""));

describe.skipIf(whyNoStoredKeys !== null)("writeKey", () => {
  test("stores a key that its provider lets in, and no key that it refuses", async () => {
    const refused = await call("writeKey", { parameters: at("work"), body: { secret: bad, mode: "add", test: true } });
    expect(refused).toMatchObject({ stored: null, test: { verdict: "refused", works: false } });
    expect(refused.test?.words).toContain("401");
    expect(JSON.stringify(refused)).not.toContain(bad);
    expect((await call("listKeys", {})).keys.some((key) => key.provider === "openai")).toBe(false);
    const taken = await call("writeKey", { parameters: at("work"), body: { secret: first, mode: "add", test: true } });
    expect(taken).toMatchObject({ stored: { name: "work", source: "file", lastFour: first.slice(-4) }, test: { verdict: "works" } });
    expect(await keyOf("work")).toMatchObject({ standing: "works", serves: true, waits: false, test: { verdict: "works" } });
  });

  test("replaces a key only by one that was let in, and the old one is gone then", async () => {
    await call("writeKey", { parameters: at("work"), body: { secret: first, mode: "add", test: false } });
    const refused = await call("writeKey", { parameters: at("work"), body: { secret: bad, mode: "replace", test: true } });
    expect([refused.stored, await ask(), sent().at(-1)]).toEqual([null, 200, first]);
    const taken = await call("writeKey", { parameters: at("work"), body: { secret: second, mode: "replace", test: true } });
    expect([taken.stored?.lastFour, await ask(), sent().at(-1)]).toEqual([second.slice(-4), 200, second]);
    // Untested it is taken too, and what was known of the other secret is not.
    await call("writeKey", { parameters: at("work"), body: { secret: bad, mode: "replace", test: false } });
    expect(await keyOf("work")).toMatchObject({ standing: "untested", sinceMs: null, test: null });
    expect(await ask()).toBe(401);
  });

  test.each([
    ["add", "work", first, "there is one of this name"],
    ["replace", "nobody", first, "there is none of this name"],
    ["add", "other", "your_api_key", "placeholder"],
    ["add", "other", `postern_${"x".repeat(40)}`, "local keys"],
    ["add", "environment", first, "variable"],
  ] as const)("%s %s is refused, and nothing is sent to anybody", async (mode, name, secret, words) => {
    await call("writeKey", { parameters: at("work"), body: { secret: first, mode: "add", test: false } });
    await expect(call("writeKey", { parameters: at(name), body: { secret, mode, test: true } })).rejects.toThrow(words);
    expect(provider.requests).toHaveLength(0);
  });
});

describe.skipIf(whyNoStoredKeys !== null)("testKey", () => {
  test("takes a list that everybody gets for no proof", async () => {
    provider.route("GET", "/v1/models", json(200, { object: "list", data: [] }));
    await call("writeKey", { parameters: at("work"), body: { secret: bad, mode: "add", test: false } });
    expect(await call("testKey", { parameters: at("work") })).toMatchObject({ verdict: "open", works: true });
    expect(await keyOf("work")).toMatchObject({ standing: "untested", test: { verdict: "open" } });
    expect(sent()).toEqual([bad, undefined]);
  });

  test.each([
    [429, "unclear"],
    [404, "unclear"],
    [500, "unclear"],
    [403, "refused"],
    [302, "unclear"],
  ] as const)("an answer %i is %s", async (code, verdict) => {
    provider.route("GET", "/v1/models", status(code));
    await call("writeKey", { parameters: at("work"), body: { secret: first, mode: "add", test: false } });
    expect(await call("testKey", { parameters: at("work") })).toMatchObject({ verdict, works: false });
  });
});

describe.skipIf(whyNoStoredKeys !== null)("a key's standing", () => {
  test("follows what its provider says to calls, and since when", async () => {
    await call("writeKey", { parameters: at("default"), body: { secret: first, mode: "add", test: true } });
    good.delete(first);
    expect(await ask()).toBe(401);
    await eventually(async () => expect((await keyOf("default")).standing).toBe("failing"));
    const { sinceMs } = await keyOf("default");
    await ask();
    expect(await keyOf("default")).toMatchObject({ standing: "failing", sinceMs });
    good.add(first);
    await ask();
    await eventually(async () => expect((await keyOf("default")).standing).toBe("works"));
    expect((await keyOf("default")).sinceMs).toBeGreaterThanOrEqual(sinceMs ?? Infinity);
  });

  test("of a variable's key tells the variable", async () => {
    provider.route("GET", "/groq/v1/models", status(401));
    expect(await call("testKey", { parameters: { provider: "groq", name: "environment" } })).toMatchObject({ verdict: "refused" });
    expect(await keyOf("environment", "groq")).toMatchObject({ source: "environment", variable: "GROQ_API_KEY", standing: "failing" });
  });
});

describe.skipIf(whyNoStoredKeys !== null)("what a key was used for", () => {
  test("is told by the key that served, named or not, and goes with it when it is renamed", async () => {
    for (const [name, secret] of [
      ["default", first],
      ["spare", second],
    ] as const)
      await call("writeKey", { parameters: at(name), body: { secret, mode: "add", test: false } });
    const before = Date.now();
    const used = (await keyOf("default")).month.calls;
    await ask();
    await ask();
    await ask("@openai/gpt-4o", { "x-portkey-virtual-key": "spare" });
    expect(await keyOf("default")).toMatchObject({ serves: true, month: { calls: used + 2, unpricedCalls: 0 } });
    expect((await keyOf("default")).lastUsedAtMs).toBeGreaterThanOrEqual(before);
    const spare = await keyOf("spare");
    expect(spare).toMatchObject({ serves: false, month: { calls: 1, costMicroUsd: 3_500 } });
    // The name of one that was removed, whose calls are still in the sums.
    await call("renameKey", { parameters: at("spare"), body: { to: "reserve" } });
    expect(await keyOf("reserve")).toMatchObject({
      month: spare.month,
      lastUsedAtMs: spare.lastUsedAtMs,
      standing: "works",
      createdAtMs: spare.createdAtMs,
    });
    await expect(keyOf("spare")).rejects.toThrow("no key");
    expect(await ask("@openai/gpt-4o", { "x-portkey-virtual-key": "reserve" })).toBe(200);
    expect(sent().at(-1)).toBe(second);
  });
});

describe.skipIf(whyNoStoredKeys !== null)("renameKey", () => {
  test("refuses a name that is taken or none, a variable's key, and one that an alias names", async () => {
    for (const [name, secret] of [
      ["a", first],
      ["pinned-key", second],
    ] as const)
      await call("writeKey", { parameters: at(name), body: { secret, mode: "add", test: false } });
    const rename = (name: string, to: string): Promise<unknown> => call("renameKey", { parameters: at(name), body: { to } });
    await expect(rename("a", "pinned-key")).rejects.toThrow("already");
    await expect(rename("a", "environment")).rejects.toThrow("variable");
    await expect(rename("a", "no good")).rejects.toThrow("letters");
    await expect(rename("nobody", "b")).rejects.toMatchObject({ code: "unknown_key_name" });
    await expect(rename("pinned-key", "b")).rejects.toThrow('alias "pinned"');
    await expect(call("renameKey", { parameters: { provider: "groq", name: "environment" }, body: { to: "b" } })).rejects.toThrow(
      "comes from",
    );
    expect((await keyOf("pinned-key")).usedBy).toEqual(['alias "pinned"']);
    expect((await keyOf("a")).usedBy).toEqual([]);
  });
});
