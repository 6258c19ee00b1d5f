import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAiChat, openAiError } from "../fakes/openai-replies.ts";
import { html, json, reply } from "../fakes/replies.ts";
import { eventually } from "./eventually.ts";
import { messages, type RoutingWorld, startRoutingWorld, theCall, when } from "./routing-world.ts";

// Where a config comes from, what is said of a bad one, and the headers and bodies that Portkey's clients read.

const steady = {
  strategy: { mode: "fallback" },
  targets: [
    { provider: "openai", model: "gpt-4o" },
    { provider: "groq", model: "llama" },
  ],
  retry: { attempts: 1 },
};
const stored = {
  aliases: {
    steady,
    quick: { provider: "groq", model: "llama" },
    "gpt-4o": { provider: "openai", model: "gpt-4o", override_params: { temperature: 0 } },
    inner: { strategy: { mode: "fallback" }, targets: [{ provider: "mistral-ai", model: "m" }, { model: "quick" }] },
  },
  configs: {
    "pc-team": { provider: "groq", model: "llama-team", metadata: { team: "blue" } },
    "pc-tree": { strategy: { mode: "fallback" }, targets: [{ config: "pc-team" }, { config: "steady" }] },
    "pc-router": {
      metadata: { plan: "paid" },
      strategy: { mode: "conditional", conditions: [when({ "metadata.plan": "paid" }, "a")], default: "b" },
      targets: [
        { name: "a", provider: "groq" },
        { name: "b", provider: "openai" },
      ],
    },
  },
};

let world: RoutingWorld;

beforeAll(async () => {
  world = await startRoutingWorld(["openai", "groq", "anthropic"], { dead: ["mistral-ai"], config: stored });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.reset());

afterEach(() => world.assertClean());

const modelAt = (id: "openai" | "groq"): unknown => (world.at(id).requests.at(-1)?.json() as { model?: unknown } | undefined)?.model;

describe("a stored config", () => {
  test.each<readonly [string, object]>([
    ["as the model", { body: { model: "steady" } }],
    ["as x-portkey-config", { config: "steady" }],
    ["as a target of the call's own config", { config: { strategy: { mode: "fallback" }, targets: [{ config: "steady" }] } }],
  ])("that is an alias does the same %s", async (_title, ask) => {
    world.at("openai").always(openAiError(503, { message: "Overloaded." }, { "retry-after": "0" }));
    const answer = await world.ask(ask);
    expect([answer.status, world.counts(), modelAt("openai"), modelAt("groq")]).toEqual([200, { openai: 2, groq: 1 }, "gpt-4o", "llama"]);
  });

  test("is found by its name, and named in the log", async () => {
    const answer = await world.ask({ config: "pc-team", headers: { "x-portkey-trace-id": "by-name" } });
    expect([answer.portkey["provider"], modelAt("groq")]).toEqual(["groq", "llama-team"]);
    expect(await theCall(world.postern.dataFolder, "by-name")).toMatchObject({ alias: "pc-team", provider: "groq" });
  });

  test("may name others, and an alias by its model", async () => {
    expect((await world.ask({ config: "pc-tree" })).portkey["last-used-option-index"]).toBe("config.targets[0]");
    world.at("groq").next(openAiError(500, { message: "Broken." }));
    expect((await world.ask({ config: "pc-tree" })).portkey["last-used-option-index"]).toBe("config.targets[1].targets[0]");
    world.reset();
    expect([(await world.ask({ body: { model: "inner" } })).status, modelAt("groq")]).toEqual([200, "llama"]);
  });

  test("may have a model's own name", async () => {
    await world.ask({ body: { model: "gpt-4o" } });
    expect(world.at("openai").requests[0]?.json()).toMatchObject({ model: "gpt-4o", temperature: 0 });
  });

  test("has metadata of its own under the call's", async () => {
    expect((await world.ask({ config: "pc-router" })).portkey["provider"]).toBe("groq");
    const other = await world.ask({ config: "pc-router", headers: { "x-portkey-metadata": '{"plan":"free"}' } });
    expect(other.portkey["provider"]).toBe("openai");
  });

  test("that is not there is named", async () => {
    const answer = await world.ask({ config: "pc-nonesuch" });
    expect([answer.status, answer.code]).toEqual([400, "unknown_alias"]);
    expect(answer.text).toContain("pc-nonesuch");
    const inside = await world.ask({ config: { strategy: { mode: "single" }, targets: [{ config: "pc-nonesuch" }] } });
    expect(inside.json()).toMatchObject({ error: { param: "x-portkey-config config.targets[0]" } });
  });

  test("that leads back to itself is not taken into config.json, and the last good one stays", async () => {
    const file = path.join(world.postern.dataFolder, "config.json");
    const good = readFileSync(file, "utf8");
    const config = JSON.parse(good) as { aliases: object };
    const circle = { one: { strategy: { mode: "single" }, targets: [{ config: "two" }] }, two: { config: "one" } };
    writeFileSync(file, JSON.stringify({ ...config, aliases: { ...config.aliases, ...circle } }));
    await eventually(() => expect(world.postern.stderr()).toMatch(/aliases\.one -> aliases\.two -> aliases\.one/));
    expect((await world.ask({ config: "one" })).code).toBe("unknown_alias");
    expect((await world.ask({ config: "steady" })).status).toBe(200);
    writeFileSync(file, good);
  });
});

describe("a config that is wrong", () => {
  test("is refused with every mistake and its path", async () => {
    const answer = await world.ask({
      config: { strategy: { mode: "backfall" }, targets: [{ provider: "openai", retry: { attempts: "many" } }] },
    });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      status: "failure",
      message: expect.stringMatching(/^Invalid config passed/) as unknown,
      errors: [
        expect.stringMatching(/^path: strategy,mode, message: must be "single", "fallback", "loadbalance", "conditional"/) as unknown,
        expect.stringMatching(/^path: targets,0,retry,attempts, message: /) as unknown,
      ],
      error: { code: "invalid_config", type: "invalid_request_error", param: "x-portkey-config" },
    });
    expect(world.counts()).toEqual({});
  });

  test.each<readonly [string, unknown, RegExp]>([
    ["no JSON", "{nope", /^Invalid config passed\. You need to pass a valid json$/],
    ["targets without a strategy", { targets: [{ provider: "openai" }] }, /strategy is missing beside "targets"/],
    ["weights of nothing but 0", { strategy: { mode: "loadbalance" }, targets: [{ provider: "openai", weight: 0 }] }, /all of weight 0/],
    [
      "a target that is not there",
      {
        strategy: { mode: "conditional", conditions: [when({ "params.a": 1 }, "zzz")] },
        targets: [{ name: "a", provider: "openai" }],
      },
      /names no target, found "zzz"/,
    ],
    [
      "an operator that is not known",
      {
        strategy: { mode: "conditional", conditions: [when({ "params.a": { $foo: 1 } }, "a")] },
        targets: [{ name: "a", provider: "openai" }],
      },
      /\$foo/,
    ],
    ["a semantic cache", { provider: "openai", cache: { mode: "semantic" } }, /exact requests only/],
    ["guardrails", { provider: "openai", input_guardrails: [{}] }, /no guardrails/],
    [
      "a header that is to be forwarded and names itself",
      { provider: "openai", forward_headers: ["x-portkey-forward-headers"] },
      /must not contain/,
    ],
    ["an unknown provider", { provider: "nonesuch" }, /"nonesuch"/],
    ["a misspelt field", { provider: "openai", retri: {} }, /retri/],
  ])("(%s) says what would do", async (_title, config, words) => {
    const answer = await world.ask({ config });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ status: "failure", message: expect.stringMatching(words) as unknown });
    expect(world.counts()).toEqual({});
  });

  test.each<readonly [string, Record<string, string>, RegExp]>([
    ["a custom host", { "x-portkey-custom-host": "ftp://x" }, /^Invalid custom host/],
    ["a timeout", { "x-portkey-request-timeout": "soon" }, /x-portkey-request-timeout/],
    ["a count of retries", { "x-portkey-retry": "-1" }, /x-portkey-retry/],
    [
      "forwarded headers",
      { "x-portkey-forward-headers": "x-portkey-forward-headers" },
      /must not contain the 'x-portkey-forward-headers' header/,
    ],
  ])("in a header (%s) is refused", async (_title, headers, words) => {
    const answer = await world.ask({ headers: { "x-portkey-provider": "openai", ...headers } });
    expect([answer.status, world.counts()]).toEqual([400, {}]);
    expect(answer.json()).toMatchObject({ status: "failure", message: expect.stringMatching(words) as unknown });
  });
});

describe("answers", () => {
  test("carry Portkey's headers, each once and of this gateway's making", async () => {
    world
      .at("openai")
      .next(
        json(200, { id: "x", choices: [] }, { "x-portkey-provider": "evil", "x-portkey-cache-status": "HIT", "x-request-id": "req_1" }),
      );
    const answer = await world.ask({ headers: { "x-portkey-provider": "openai", "x-portkey-trace-id": "trace 42" } });
    expect(answer.portkey).toEqual({
      provider: "openai",
      "last-used-option-index": "config",
      "retry-attempt-count": "0",
      "cache-status": "DISABLED",
      "trace-id": "trace 42",
    });
    expect(answer.headers.get("x-request-id")).toBe("req_1");
    expect(answer.headers.has("x-postern-attempts")).toBe(false);
  });

  test("of a raw relay carry them too", async () => {
    world.at("openai").route("GET", "/v1/files", json(200, { data: [] }));
    const response = await fetch(`${world.postern.url}/v1/files`, {
      headers: { authorization: `Bearer ${world.postern.key}`, "x-portkey-provider": "openai", "x-portkey-trace-id": "raw" },
    });
    expect([response.status, response.headers.get("x-portkey-trace-id"), response.headers.get("x-portkey-provider")]).toEqual([
      200,
      "raw",
      "openai",
    ]);
    expect(await theCall(world.postern.dataFolder, "raw")).toMatchObject({ status: 200, ending: "finished" });
  });

  test.each<readonly [string, string]>([
    ["a good answer", "openai"],
    ["a refusal of the provider", "groq"],
    ["a refusal of Postern's own", "nonesuch"],
  ])("are written for people where ?pretty asks for it (%s)", async (_title, provider) => {
    world.at("groq").next(openAiError(404, { message: "No.", code: "model_not_found" }));
    const answer = await world.ask({ path: "/v1/chat/completions?pretty", headers: { "x-portkey-provider": provider } });
    expect(answer.text).toBe(JSON.stringify(answer.json(), null, 2));
    expect(answer.text).toContain("\n");
  });

  test.each<readonly [string, string, string, number, RegExp]>([
    ["an unknown provider", "/v1/chat/completions", "nonesuch", 400, /nonesuch/],
    ["a provider without a key", "/v1/chat/completions", "deepinfra", 401, /^Provider API key not configured for deepinfra/],
    ["an endpoint that the provider has not", "/v1/embeddings", "groq", 500, /groq/],
  ])("that refuse have Portkey's fields (%s)", async (_title, at, provider, status, words) => {
    const answer = await world.ask({ path: at, body: { input: "Hi" }, headers: { "x-portkey-provider": provider } });
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({ status: "failure", message: expect.stringMatching(words) as unknown });
    expect(answer.portkey["gateway-exception"]).toBe(status === 500 ? "true" : undefined);
    expect(answer.portkey["last-used-option-index"]).toBeUndefined();
  });

  test("that refuse have OpenAI's shape alone where nothing of Portkey's was sent", async () => {
    const answer = await world.ask({ body: { model: "@nonesuch/x" } });
    expect(Object.keys(answer.json() as object)).toEqual(["error"]);
  });

  test.each<readonly [string, Parameters<RoutingWorld["ask"]>[0]]>([
    ["a page", { headers: { "x-portkey-provider": "openai" } }],
    ["words", { headers: { "x-portkey-provider": "groq" } }],
  ])("of a provider that says no with %s keep its status, as an error that can be read", async (_title, ask) => {
    world.at("openai").next(html(502));
    world.at("groq").next(reply(503, "upstream connect error", { "content-type": "text/plain" }));
    const answer = await world.ask({ ...ask, headers: { ...ask?.headers, "x-portkey-retry": "0" } });
    expect(answer.status).toBeOneOf([502, 503]);
    expect(answer.json()).toMatchObject({ error: { message: expect.any(String) as unknown } });
  });

  test("name what a provider could not be told", async () => {
    const answer = await world.ask({ config: { provider: "anthropic", model: "claude-x" }, body: { logit_bias: { 1: 5 } } });
    expect([answer.status, answer.headers.get("x-postern-dropped")]).toEqual([200, "logit_bias"]);
  });
});

describe("a target's mistakes", () => {
  test("of a kind that another target need not have, go on", async () => {
    // Two answers cannot be asked of Anthropic.
    const config = { strategy: { mode: "fallback" }, targets: [{ provider: "anthropic", model: "claude-x" }, { provider: "openai" }] };
    const answer = await world.ask({ config, body: { n: 2 } });
    expect([answer.status, answer.portkey["provider"]]).toEqual([200, "openai"]);
    expect(answer.headers.get("x-postern-attempts")).toBe("config.targets[0] anthropic cannot_translate");
    expect(world.counts()).toEqual({ openai: 1 });
  });
});

test("a call that comes back is 508, and a fallback around it goes on", async () => {
  const self = { provider: "openai", custom_host: `${world.postern.url}/v1`, circuit_breaker: { enabled: false } };
  const looped = await world.ask({ config: self });
  expect([looped.status, looped.code]).toEqual([508, "loop_detected"]);
  const config = { strategy: { mode: "fallback" }, targets: [self, { provider: "groq" }] };
  const answer = await world.ask({ config });
  expect([answer.status, answer.portkey["provider"], answer.headers.get("x-postern-attempts")]).toEqual([
    200,
    "groq",
    "config.targets[0] openai 508",
  ]);
});

test("the body reaches the provider as it is, whatever routes it", async () => {
  world.at("groq").next(openAiChat());
  await world.ask({
    config: "quick",
    body: { model: "m", portkey_provider: "openai", portkey_virtual_key: "environment", extra: { deep: [1] } },
  });
  expect(world.at("groq").requests[0]?.json()).toEqual({ model: "llama", messages, extra: { deep: [1] } });
});
