import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Permissions, permissionsSchema } from "#shared/schema/grant.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { stall, stallAfter } from "../fakes/misbehaviour.ts";
import { openAi, openAiChat, openAiStream } from "../fakes/openai-replies.ts";
import { gate } from "../fakes/replies.ts";
import { runCommand } from "../fakes/run-command.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";

// What a tool's key lets through and what it does not: by each road on which it could get further.

let provider: ScriptedProvider;
let postern: RunningPostern;
let number = 0;

beforeAll(async () => {
  provider = await startScriptedProvider();
  provider.always(openAi());
  const baseUrl = `${provider.origin}/v1`;
  postern = await startPostern({
    config: {
      providers: { openai: { baseUrl }, anthropic: { baseUrl }, groq: { baseUrl } },
      aliases: {
        cheap: { provider: "openai", model: "cheap-1" },
        mixed: {
          strategy: { mode: "fallback" },
          targets: [
            { provider: "openai", model: "dear-1" },
            { provider: "groq", model: "cheap-2" },
          ],
        },
        anything: { provider: "openai" },
      },
      prices: { "openai/cheap-1": { input: 1, output: 10 } },
    },
    environment: { OPENAI_API_KEY: "sk-scripted-0123456789abcdef", GROQ_API_KEY: "gsk-scripted-0123456789abcdef" },
  });
});

beforeEach(() => provider.forget());

afterAll(async () => {
  await postern.stop();
  await provider.close();
});

/** A fresh tool's key. */
async function grant(permissions: Partial<Permissions>): Promise<{ name: string; key: string }> {
  const name = `tool-${++number}`;
  const { key } = await adminOf(postern)("addGrant", { body: { name, permissions: permissionsSchema.parse(permissions) } });
  return { name, key };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly code: string | undefined;
  readonly headers: Headers;
}

async function ask(
  key: string,
  body: object | string,
  options: { headers?: Record<string, string>; path?: string; header?: string; method?: string } = {},
): Promise<Answer> {
  const { header = "authorization", method = "POST" } = options;
  const response = await fetch(postern.url + (options.path ?? "/v1/chat/completions"), {
    method,
    headers: {
      ...(key === "" ? {} : { [header]: header === "authorization" ? `Bearer ${key}` : key }),
      "content-type": "application/json",
      "x-portkey-retry": "0",
      ...options.headers,
    },
    ...(method === "GET"
      ? {}
      : { body: typeof body === "string" ? body : JSON.stringify({ messages: [{ role: "user", content: "Hi" }], ...body }) }),
  });
  const text = await response.text().catch(() => "");
  return { status: response.status, headers: response.headers, text, code: /"code":\s*"(\w+)"/.exec(text)?.[1] };
}

describe("a key for the alias cheap", () => {
  let key: string;
  beforeAll(async () => ({ key } = await grant({ models: ["cheap"] })));

  test("may use it, in every header that takes a key", async () => {
    for (const header of ["authorization", "x-api-key", "api-key", "x-goog-api-key", "x-portkey-api-key"])
      expect([header, (await ask(key, { model: "cheap" }, { header })).status]).toEqual([header, 200]);
    expect(provider.requests.map((request) => (request.json() as { model: string }).model)).toEqual(Array(5).fill("cheap-1"));
  });

  const inline = (config: object): { headers: Record<string, string> } => ({ headers: { "x-portkey-config": JSON.stringify(config) } });
  const tricks: readonly (readonly [string, object | string, Parameters<typeof ask>[2]?])[] = [
    ["another model", { model: "dear-1" }],
    ["the alias in capitals", { model: "CHEAP" }],
    ["a look-alike", { model: "ｃheap" }],
    ["a space behind it", { model: "cheap " }],
    ["a NUL behind it", { model: "cheap\0" }],
    ["a provider before it", { model: "openai/cheap" }],
    ["a provider's model", { model: "@openai/dear-1" }],
    ["what the alias stands for, by its own name", { model: "@openai/cheap-1" }],
    ["model twice", '{"messages":[],"model":"cheap","model":"dear-1"}'],
    ["models beside it", { model: "cheap", models: ["dear-1"] }],
    ["OpenRouter's routing", { model: "cheap", provider: { order: ["dear"] } }],
    ["a route", { model: "cheap", route: "fallback" }],
    ["fallbacks", { model: "cheap", fallbacks: ["dear-1"] }],
    ["another base", { model: "cheap", api_base: "http://127.0.0.1:1" }],
    ["extra body", { model: "cheap", extra_body: { model: "dear-1" } }],
    ["a tier", { model: "cheap", service_tier: "priority" }],
    ["work in the background", { model: "cheap", background: true }],
    ["a tool that the provider runs", { model: "cheap", tools: [{ type: "web_search" }] }],
    ["another provider for it", { model: "cheap", portkey_provider: "groq" }],
    ["another provider by a header", { model: "cheap" }, { headers: { "x-portkey-provider": "groq" } }],
    ["a config of its own", { model: "cheap" }, inline({ provider: "openai", model: "dear-1" })],
    ["an override", { model: "cheap" }, inline({ provider: "openai", override_params: { model: "dear-1" } })],
    ["a parameter in a config", { model: "cheap" }, inline({ config: "cheap", override_params: { service_tier: "priority" } })],
    [
      "a target among others",
      { model: "cheap" },
      inline({ strategy: { mode: "loadbalance" }, targets: [{ provider: "openai", model: "dear-1" }] }),
    ],
    ["an alias that takes any model", { model: "dear-1" }, { headers: { "x-portkey-config": "anything" } }],
    ["the alias, with another model beside it", { model: "dear-1" }, { headers: { "x-portkey-config": "mixed" } }],
    ["a custom host", { model: "cheap" }, { headers: { "x-portkey-custom-host": "http://127.0.0.1:9" } }],
    ["a provider that calls a model so", { model: "@groq/cheap" }],
    ["a stored prompt", { prompt: { id: "pmpt_1" }, model: "cheap", input: "Hi" }, { path: "/v1/responses" }],
    ["somebody's conversation", { previous_response_id: "resp_1", model: "cheap", input: "Hi" }, { path: "/v1/responses" }],
    ["the older path", { model: "cheap" }, { path: "/v1/engines/dear/completions", headers: { "x-portkey-provider": "openai" } }],
    ["Gemini's path", { contents: [] }, { path: "/v1beta/models/dear-1:generateContent" }],
    ["the figures", "", { path: "/metrics", method: "GET" }],
    ["the model list, raw", "", { path: "/v1/models", method: "GET", headers: { "x-portkey-provider": "openai" } }],
  ];

  const named = tricks.map(([title, body, options]) => ({ title, body, options }));

  test.each(named)("not $title", async ({ body, options }) => {
    for (const header of ["authorization", "x-api-key", "api-key", "x-goog-api-key"]) {
      const { status, text } = await ask(key, body, { ...options, header });
      expect([header, status === 400 || status === 403, text.includes(key)]).toEqual([header, true, false]);
    }
    expect(provider.requests.length).toBe(0);
  });

  test("a model in the query changes nothing, and a key in the query is none", async () => {
    await ask(key, { model: "cheap" }, { path: "/v1/chat/completions?model=dear-1" });
    expect(provider.requests.map((request) => (request.json() as { model: string }).model)).toEqual(["cheap-1"]);
    expect((await ask("", { model: "cheap" }, { path: `/v1/chat/completions?key=${key}` })).status).toBe(401);
    expect(provider.requests.length).toBe(1);
  });

  test("learns nothing of what there is", async () => {
    const names = ["@openai/dear-1", "@nobody/dear-1", "dear-1", "no-such", "mixed", "@openai/no-such"];
    const answers = await Promise.all(names.map(async (model) => (await ask(key, { model })).text.replaceAll(model, "NAME")));
    expect(new Set(answers).size).toBe(1);
    const configs = ["mixed", "nobody"];
    const told = await Promise.all(
      configs.map(async (name) => (await ask(key, {}, { headers: { "x-portkey-config": name } })).text.replaceAll(name, "NAME")),
    );
    expect(new Set(told).size).toBe(1);
  });

  test("lists what it may use", async () => {
    const { text } = await ask(key, "", { path: "/v1/models", method: "GET" });
    expect((JSON.parse(text) as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(["cheap"]);
  });
});

describe("a key with bounds", () => {
  test("passes over the targets of a route that it is not granted", async () => {
    const { key } = await grant({ models: ["cheap-*"] });
    expect((await ask(key, { model: "mixed" })).status).toBe(200);
    expect(provider.requests.map((request) => (request.json() as { model: string }).model)).toEqual(["cheap-2"]);
  });

  test("to a provider stays with it", async () => {
    const { key } = await grant({ providers: ["groq"] });
    expect([(await ask(key, { model: "@openai/m" })).code, (await ask(key, { model: "@groq/m" })).status]).toEqual(["not_granted", 200]);
  });

  test("to endpoints stays with them, and relays raw only where that is said", async () => {
    const chat = await grant({ endpoints: ["chat"] });
    const embedding = { path: "/v1/embeddings" };
    expect([(await ask(chat.key, { model: "@openai/m" })).status, (await ask(chat.key, { model: "@openai/m" }, embedding)).code]).toEqual([
      200,
      "not_granted",
    ]);
    const raw = { path: "/v1/files", method: "GET", headers: { "x-portkey-provider": "openai" } };
    const [plain, granted, limited] = await Promise.all([
      grant({}),
      grant({ endpoints: ["passthrough"] }),
      grant({ endpoints: ["passthrough"], providers: ["*"] }),
    ]);
    const codes = await Promise.all([plain, granted, limited].map(async ({ key }) => (await ask(key, "", raw)).code ?? "relayed"));
    expect(codes).toEqual(["not_granted", "relayed", "not_granted"]);
  });

  test("names only the hosts that it is granted", async () => {
    const { key } = await grant({ hosts: [provider.origin] });
    const at = (host: string): Promise<Answer> => ask(key, { model: "@openai/m" }, { headers: { "x-portkey-custom-host": host } });
    expect([(await at(`${provider.origin}/v1`)).status, (await at("http://127.0.0.1:9")).code]).toEqual([200, "not_granted"]);
  });

  test("sends a guarded field that it is granted", async () => {
    const { key } = await grant({ models: ["cheap"], fields: ["service_tier"] });
    expect((await ask(key, { model: "cheap", service_tier: "flex" })).status).toBe(200);
  });
});

describe("limits", () => {
  test("of a budget for one call, fifty that race make one", async () => {
    // The worst case: 10 tokens of input at most, 100 of output, at 1 and 10 dollars a million.
    const { key, name } = await grant({ models: ["cheap"], budgets: [{ unit: "usd", amount: 0.0015, per: "day" }] });
    const hold = gate();
    provider.always(async (exchange) => {
      await hold.opened;
      await openAiChat({ usage: { prompt_tokens: 20, completion_tokens: 100, total_tokens: 120 } })(exchange);
    });
    const calls = Array.from({ length: 50 }, () => ask(key, { model: "cheap", max_tokens: 100 }));
    await provider.waitForRequest(1);
    hold.open();
    const answers = await Promise.all(calls);
    provider.always(openAi());
    expect([
      answers.filter(({ status }) => status === 200).length,
      answers.filter(({ status, code }) => status === 429 && code === "insufficient_quota").length,
    ]).toEqual([1, 49]);
    expect(provider.requests.length).toBe(1);
    // 20 x 1 + 100 x 10 millionths.
    const { grants } = await adminOf(postern)("listGrants", {});
    expect(grants.find((one) => one.name === name)?.spent[0]?.spent).toBeCloseTo(0.00102, 8);
  });

  test("a budget in dollars lets nothing through whose price nobody knows", async () => {
    const { key } = await grant({ budgets: [{ unit: "usd", amount: 100, per: "month" }] });
    expect([(await ask(key, { model: "@openai/unpriced" })).code, (await ask(key, { model: "cheap" })).status]).toEqual([
      "not_granted",
      200,
    ]);
    expect(provider.requests.length).toBe(1);
  });

  test("what a provider refused is given back", async () => {
    const { key } = await grant({ budgets: [{ unit: "tokens", amount: 9_000, per: "day" }] });
    provider.next(async (exchange) => {
      await exchange.head(400, { "content-type": "application/json", "content-length": "2" });
      await exchange.body("{}");
      await exchange.finish();
    });
    expect([(await ask(key, { model: "cheap" })).status, (await ask(key, { model: "cheap" })).status]).toEqual([400, 200]);
  });

  test.each([
    ["stopped", "call_stopped"],
    ["paused", "invalid_api_key"],
  ])("what was on its way when it was %s may have to be paid for: what was held stays spent", async (how, code) => {
    const { key, name } = await grant({ budgets: [{ unit: "tokens", amount: 9_000, per: "day" }] });
    const call = adminOf(postern);
    const budgets = [{ unit: "tokens", amount: 9_000, per: "day" }];
    const change = (paused: boolean) =>
      call("changeGrant", { parameters: { grant: name }, body: { permissions: permissionsSchema.parse({ budgets, paused }) } });
    provider.next(stall());
    const answer = ask(key, { model: "cheap" });
    await provider.waitForRequest(1);
    if (how === "paused") await change(true);
    for (const { id } of (await call("listCallsUnderWay", {})).calls) await call("stopCall", { parameters: { id: String(id) } });
    expect((await answer).code).toBe(code);
    if (how === "paused") await change(false);
    expect((await ask(key, { model: "cheap" })).code).toBe("insufficient_quota");
  });

  // The second waits ten seconds for the call before it is cut off.
  test.each(["SIGKILL", "SIGTERM"] as const)("survive a %s: what was held stays spent", async (signal) => {
    const stalled = gate();
    const folderOf = await startPostern({
      config: { providers: { openai: { baseUrl: `${provider.origin}/v1` } } },
      environment: { OPENAI_API_KEY: "sk-scripted-0123456789abcdef" },
      dataFolder: mkdtempSync(path.join(tmpdir(), "postern-test-")),
    });
    const { key } = await adminOf(folderOf)("addGrant", {
      body: { name: "killed", permissions: permissionsSchema.parse({ budgets: [{ unit: "tokens", amount: 9_000, per: "week" }] }) },
    });
    provider.next(stallAfter({ bytes: 0 }, openAiChat(), { when: stalled.opened }));
    const request = { method: "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" } };
    const body = JSON.stringify({ model: "@openai/m", messages: [] });
    fetch(`${folderOf.url}/v1/chat/completions`, { ...request, body }).catch(() => {});
    await provider.waitForRequest(1);
    folderOf.kill(signal);
    await folderOf.exited;
    stalled.open();
    await using again = await startPostern({
      config: { providers: { openai: { baseUrl: `${provider.origin}/v1` } } },
      environment: { OPENAI_API_KEY: "sk-scripted-0123456789abcdef" },
      dataFolder: folderOf.dataFolder,
    });
    expect((await fetch(`${again.url}/v1/chat/completions`, { ...request, body })).status).toBe(429);
  });

  test("calls a minute", async () => {
    const { key } = await grant({ requestsPerMinute: 2 });
    const answers = await Promise.all([1, 2, 3].map(() => ask(key, { model: "cheap" })));
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 200, 429]);
    expect(answers.find(({ status }) => status === 429)?.headers.get("retry-after")).toMatch(/^\d+$/);
  });
});

describe("a key that ends", () => {
  test.each(["revoked", "paused", "expired", "replaced"])("and is %s stops at once, in the middle of a stream too", async (how) => {
    const { key, name } = await grant({});
    const call = adminOf(postern);
    const rest = gate();
    provider.next(stallAfter({ bytes: 300 }, openAiStream(), { when: rest.opened }));
    const answer = ask(key, { model: "cheap", stream: true });
    await provider.waitForRequest(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const parameters = { grant: name };
    if (how === "revoked") await call("revokeGrant", { parameters });
    else if (how === "replaced") await call("replaceGrantKey", { parameters });
    else {
      const permissions = permissionsSchema.parse(how === "paused" ? { paused: true } : { expiresAtMs: Date.now() });
      await call("changeGrant", { parameters, body: { permissions } });
    }
    const { text } = await answer;
    rest.open();
    expect([text.includes("[DONE]"), text.includes("error"), text.includes(key)]).toEqual([false, true, false]);
    expect((await ask(key, { model: "cheap" })).status).toBe(401);
    expect(provider.requests.length).toBe(1);
  });
});

describe("a web page", () => {
  const page = "https://page.example";
  const from = (origin: string): { headers: Record<string, string> } => ({ headers: { origin, "sec-fetch-site": "cross-site" } });
  const preflight = (origin: string): Promise<Response> =>
    fetch(`${postern.url}/v1/chat/completions`, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });

  test("may call once its origin was allowed, with the key that allows it and no other", async () => {
    const refused = await preflight(page);
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([403, null]);
    const { key } = await grant({ origins: [page] });
    const other = await grant({ origins: ["https://other.example"] });
    const plain = await grant({});
    const allowed = await preflight(page);
    expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([204, page]);
    const mine = await ask(key, { model: "cheap" }, from(page));
    expect([mine.status, mine.headers.get("access-control-allow-origin")]).toEqual([200, page]);
    for (const wrong of [other.key, plain.key, postern.key, "sk-somebodys-own-key"]) {
      const { code, headers } = await ask(wrong, { model: "cheap" }, from(page));
      expect([code, headers.get("access-control-allow-origin")]).toEqual(["origin_not_allowed", null]);
    }
    expect(provider.requests.length).toBe(1);
  });
});

describe("the commands", () => {
  const run = (...words: string[]) => runCommand([...words, "--data-dir", postern.dataFolder]);

  test("make a key that is shown once, change what it may do, and end it", async () => {
    const made = await run(
      "grant",
      "my-tool",
      "--allow-model",
      "cheap",
      "--budget",
      "5/day",
      "--budget",
      "2mtokens/month",
      "--rate",
      "60/min",
      "--expires",
      "30d",
    );
    const key = /^postern_\w{43}$/m.exec(made.stdout)?.[0] ?? "";
    expect([made.code, key.length]).toEqual([0, 51]);
    expect((await ask(key, { model: "cheap" })).status).toBe(200);
    expect((await run("grants")).stdout).toMatch(
      /my-tool \.\.\..{4}: models cheap; \$0\.\d+ of \$5\.00 a day; \d+ of 2000000 tokens a month; 60 calls a minute; until /,
    );
    const changed = await run("grant", "my-tool", "--allow-model", "@groq/*", "--json");
    expect(JSON.parse(changed.stdout)).toMatchObject({ key: null, grant: { permissions: { models: ["cheap", "@groq/*"] } } });
    expect((await run("revoke", "my-tool")).code).toBe(0);
    expect([(await ask(key, { model: "cheap" })).status, (await run("revoke", "my-tool")).code]).toEqual([401, 1]);
    expect((await run("grant", "my-tool")).code).toBe(0);
  });

  test.each([
    [["grant"]],
    [["grant", "a b"]],
    [["grant", "a", "--budget", "much"]],
    [["grant", "a", "--expires", "soon"]],
    [["grant", "a", "--allow-endpoint", "all"]],
    [["revoke"]],
  ])("refuse %j with 2", async (words) => {
    expect((await run(...words)).code).toBe(2);
  });

  test("leave no key on the disk", async () => {
    const { key } = await grant({});
    await ask(key, { model: "cheap" });
    const files = readdirSync(postern.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.filter((file) => readFileSync(path.join(file.parentPath, file.name)).includes(key)).map(({ name }) => name)).toEqual([]);
  });
});
