import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { reset, resetAfter, stall, stallAfter } from "../fakes/misbehaviour.ts";
import { openAi, openAiChat, openAiError, openAiStream } from "../fakes/openai-replies.ts";
import { gate, json, sse, stream } from "../fakes/replies.ts";
import type { Script } from "../fakes/scripted-provider.ts";
import { messages, type RoutingWorld, startRoutingWorld, theCall, when } from "./routing-world.ts";

// What each strategy of a config does when its targets fail, over the wire.

let world: RoutingWorld;

beforeAll(async () => {
  world = await startRoutingWorld(["openai", "groq", "anthropic"], {
    dead: ["mistral-ai"],
    config: { gateway: { firstByteTimeoutMs: 300, idleTimeoutMs: 300 } },
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.reset());

afterEach(() => world.assertClean());

// Circuits are another test's subject: here no failure may change what the next test sees.
const apart = { circuit_breaker: { enabled: false } };
const openai = { provider: "openai", ...apart };
const groq = { provider: "groq", ...apart };
const anthropic = { provider: "anthropic", ...apart };
const dead = { provider: "mistral-ai", ...apart };
const fallback = (...targets: readonly unknown[]): object => ({ strategy: { mode: "fallback" }, targets });

const opening = { choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] };
const sseHeaders = { "content-type": "text/event-stream" };
const ways = [
  ["plain", {}],
  ["streamed", { stream: true }],
] as const;

describe("fallback", () => {
  const failures: readonly (readonly [string, Script, unknown])[] = [
    ["429", openAiError(429, { message: "Slow down." }), 429],
    ["500", openAiError(500, { message: "Broken." }), 500],
    ["503 with Retry-After", openAiError(503, { message: "Overloaded." }, { "retry-after": "30" }), 503],
    ["401", openAiError(401, { message: "No." }), 401],
    ["a reset", reset(), "upstream_truncated"],
    ["silence before the first byte", stall(), "upstream_timeout"],
    ["a reset behind the header", resetAfter({ chunks: 0 }, stream(["{}"], { headers: sseHeaders })), "upstream_truncated"],
    ["silence behind the header", stallAfter({ chunks: 0 }, stream(["{}"], { headers: sseHeaders })), "upstream_timeout"],
    ["a page", stream(["<html>"], { headers: { "content-type": "text/html" } }), "upstream_invalid"],
  ];

  test.each(failures.flatMap(([title, script, why]) => ways.map(([way, body]) => [title, way, script, why, body] as const)))(
    "goes on at %s (%s), and tells so",
    async (_title, way, script, why, body) => {
      world.at("openai").next(script);
      const traceId = `fallback ${_title} ${way}`;
      const answer = await world.ask({ config: fallback(openai, groq), body, headers: { "x-portkey-trace-id": traceId } });
      expect([answer.status, world.counts()]).toEqual([200, { openai: 1, groq: 1 }]);
      expect(answer.text).toMatch(way === "plain" ? /from groq/ : /\[DONE\]/);
      expect(answer.portkey).toMatchObject({ "last-used-option-index": "config.targets[1]", provider: "groq", "retry-attempt-count": "0" });
      expect(answer.headers.get("x-postern-attempts")).toBe(`config.targets[0] openai ${String(why)}`);
      expect(await theCall(world.postern.dataFolder, traceId)).toMatchObject({
        ending: "finished",
        status: 200,
        provider: "groq",
        attempts: [
          { provider: "openai", ...(typeof why === "number" ? { status: why } : { errorCode: why }), why: "went on to config.targets[1]" },
          { provider: "groq", status: 200, errorCode: null },
        ],
      });
    },
  );

  test.each(ways)("goes on where nobody listens (%s)", async (_way, body) => {
    const answer = await world.ask({ config: fallback(dead, groq), body });
    expect([answer.status, answer.portkey["provider"]]).toEqual([200, "groq"]);
    expect(answer.headers.get("x-postern-attempts")).toBe("config.targets[0] mistral-ai upstream_unreachable");
  });

  test.each<readonly [string, Script]>([
    ["at once", sse([{ data: { error: { message: "Overloaded.", code: "overloaded" } } }])],
    ["behind its opening", sse([{ data: opening }, { data: { error: { message: "Slow down.", code: "rate_limit_exceeded" } } }])],
  ])("goes on at a stream that answers 200 and tells an error %s", async (_title, script) => {
    world.at("openai").next(script);
    const answer = await world.ask({ config: fallback(openai, groq), body: { stream: true } });
    expect([answer.status, answer.portkey["provider"]]).toEqual([200, "groq"]);
    expect(answer.text).not.toMatch(/Overloaded|Slow down/);
  });

  test("never goes on after the first word", async () => {
    const moment = gate();
    world.at("openai").next(resetAfter({ chunks: 3 }, openAiStream(), { when: moment.opened }));
    const response = await fetch(`${world.postern.url}/v1/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${world.postern.key}`,
        "content-type": "application/json",
        "x-portkey-config": JSON.stringify(fallback(openai, groq)),
      },
      body: JSON.stringify({ model: "m", messages, stream: true }),
    });
    moment.open();
    let text = "";
    const decoder = new TextDecoder();
    await expect(
      (async () => {
        for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) text += decoder.decode(chunk, { stream: true });
      })(),
    ).rejects.toThrow("terminated");
    expect(text).toContain("upstream_truncated");
    expect(text).not.toMatch(/\[DONE\]|from groq/);
    expect(world.counts()).toEqual({ openai: 1 });
  });

  test("gives the last failure as it is when all have failed", async () => {
    world.at("openai").next(openAiError(500, { message: "Broken." }));
    world.at("groq").next(openAiError(429, { message: "Slow down.", code: "rate_limit_exceeded" }, { "retry-after": "7" }));
    const answer = await world.ask({ config: fallback(openai, groq) });
    expect([answer.status, answer.code, answer.headers.get("retry-after")]).toEqual([429, "rate_limit_exceeded", "7"]);
    expect(answer.portkey).toMatchObject({ provider: "groq", "last-used-option-index": "config.targets[1]", "retry-attempt-count": "0" });
    expect(answer.headers.get("x-postern-attempts")).toBe("config.targets[0] openai 500");
  });

  test("stops at what another target cannot help", async () => {
    const answer = await world.ask({ config: fallback(openai, groq), body: { messages: undefined, model: 5 } });
    expect([answer.status, world.counts()]).toEqual([400, {}]);
  });

  test("goes on only at the statuses that it names, and a good answer stops it too", async () => {
    const config = { ...fallback(openai, groq), strategy: { mode: "fallback", on_status_codes: [429] } };
    world.at("openai").next(openAiError(500, { message: "Broken." }));
    expect((await world.ask({ config })).status).toBe(500);
    world.at("openai").next(openAiError(429, { message: "Slow down." }));
    expect((await world.ask({ config })).portkey["provider"]).toBe("groq");
    expect((await world.ask({ config })).portkey["provider"]).toBe("openai");
    expect(world.counts()).toEqual({ openai: 3, groq: 1 });
  });

  test.each(ways)("crosses dialects: each target gets the request in its own words (%s)", async (_way, body) => {
    world.at("openai").next(openAiError(503, { message: "Overloaded." }));
    const config = fallback({ ...openai, model: "gpt-4o" }, { ...anthropic, model: "claude-x", override_params: { max_tokens: 9 } });
    const answer = await world.ask({ config, body });
    expect([answer.status, answer.portkey["provider"]]).toEqual([200, "anthropic"]);
    expect(answer.text).toContain("anthropic");
    expect(world.at("openai").requests[0]?.json()).toMatchObject({ model: "gpt-4o", messages });
    expect(world.at("anthropic").requests[0]?.json()).toMatchObject({ model: "claude-x", max_tokens: 9 });
  });

  test("passes over a target without a key, and one that cannot be asked for this", async () => {
    const keyless = { provider: "deepinfra", ...apart };
    const answer = await world.ask({ config: fallback(keyless, groq) });
    expect(answer.portkey).toMatchObject({ provider: "groq", "last-used-option-index": "config.targets[1]" });
    const speech = await world.ask({
      path: "/v1/embeddings",
      config: fallback(groq, openai),
      body: { input: "Hi", messages: undefined },
    });
    expect(speech.portkey).toMatchObject({ provider: "openai", "last-used-option-index": "config.targets[1]" });
    expect(world.counts()).toEqual({ groq: 1, openai: 1 });
  });
});

describe("loadbalance", () => {
  const balance = (...weights: readonly number[]): object => ({
    strategy: { mode: "loadbalance" },
    targets: [openai, groq].map((target, index) => ({ ...target, weight: weights[index] })),
  });

  test("sends to both by weight, and nothing to a weight of 0", async () => {
    await Promise.all(Array.from({ length: 60 }, () => world.ask({ config: balance(1, 1) })));
    const { openai: first = 0, groq: second = 0 } = world.counts();
    expect(first + second).toBe(60);
    expect(Math.min(first, second)).toBeGreaterThan(8);
    world.reset();
    await Promise.all(Array.from({ length: 10 }, () => world.ask({ config: balance(0, 1) })));
    expect(world.counts()).toEqual({ groq: 10 });
  });

  test("does not go on to a sibling, as Portkey's gateway does not; the fallback around it does", async () => {
    world.at("groq").always(openAiError(500, { message: "Broken." }));
    const alone = await world.ask({ config: balance(0, 1) });
    expect([alone.status, alone.portkey["last-used-option-index"]]).toEqual([500, "config.targets[1]"]);
    const nested = await world.ask({ config: fallback(balance(0, 1), { ...anthropic, model: "claude-x" }) });
    expect([nested.status, nested.portkey["last-used-option-index"]]).toEqual([200, "config.targets[1]"]);
    expect(nested.headers.get("x-postern-attempts")).toBe("config.targets[0].targets[1] groq 500");
  });

  test.each<readonly [string, object, (user: string) => object]>([
    ["the user of the body", { by: "user" }, (user) => ({ body: { user } })],
    ["Portkey's metadata", { hash_fields: ["metadata.user"] }, (user) => ({ headers: { "x-portkey-metadata": JSON.stringify({ user }) } })],
    ["a header", { by: "headers.x-session-id" }, (user) => ({ headers: { "x-session-id": user } })],
    ["the conversation", { by: "conversation" }, (user) => ({ body: { messages: [{ role: "user", content: user }] } })],
  ])("keeps %s with its target", async (_title, sticky, askAs) => {
    const config = { ...balance(1, 1), strategy: { mode: "loadbalance", sticky } };
    const seen = new Set<string | undefined>();
    for (let user = 0; user < 12; user++) {
      const answers = await Promise.all(Array.from({ length: 3 }, () => world.ask({ config, ...askAs(`user-${user}`) })));
      const providers = new Set(answers.map(({ portkey }) => portkey["provider"]));
      expect(providers.size).toBe(1);
      for (const provider of providers) seen.add(provider);
    }
    expect(seen).toEqual(new Set(["openai", "groq"]));
  });
});

describe("conditional", () => {
  const router = {
    strategy: {
      mode: "conditional",
      conditions: [
        when({ "metadata.plan": { $eq: "paid" } }, "paid"),
        when({ $and: [{ "params.temperature": { $gte: 0.5 } }, { "params.stream": { $ne: true } }] }, "warm"),
        when({ "url.pathname": { $regex: "completions$" }, "params.model": { $in: ["special"] } }, "warm"),
      ],
      default: "other",
    },
    targets: [
      { name: "paid", ...anthropic, model: "claude-x" },
      { name: "warm", ...groq },
      { name: "other", ...openai },
    ],
  };

  test.each<readonly [string, object, string]>([
    ["metadata", { headers: { "x-portkey-metadata": '{"plan":"paid"}' } }, "config.targets[0]"],
    ["metadata of another value", { headers: { "x-portkey-metadata": '{"plan":"free"}' } }, "config.targets[2]"],
    ["metadata that is no JSON", { headers: { "x-portkey-metadata": "{plan" } }, "config.targets[2]"],
    ["a param", { body: { temperature: 0.7 } }, "config.targets[1]"],
    ["a param that is lower", { body: { temperature: 0.2 } }, "config.targets[2]"],
    ["two params", { body: { temperature: 0.7, stream: true } }, "config.targets[2]"],
    ["the path and the model", { body: { model: "special" } }, "config.targets[1]"],
    ["nothing", {}, "config.targets[2]"],
  ])("decides by %s", async (_title, ask, index) => {
    const answer = await world.ask({ config: router, ...ask });
    expect([answer.status, answer.portkey["last-used-option-index"]]).toEqual([200, index]);
  });

  test("does not go on to a sibling", async () => {
    world.at("openai").next(openAiError(503, { message: "Overloaded." }));
    expect((await world.ask({ config: router })).status).toBe(503);
    expect(world.counts()).toEqual({ openai: 1 });
  });

  test("without a default refuses what no condition holds for", async () => {
    const { default: _, ...strategy } = router.strategy;
    const answer = await world.ask({ config: { ...router, strategy } });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      status: "failure",
      message: expect.stringContaining("Query router did not resolve to any valid target") as unknown,
    });
  });

  test("reads a plain body's path for another endpoint", async () => {
    const config = {
      strategy: { mode: "conditional", conditions: [when({ "url.pathname": "/v1/embeddings" }, "a")], default: "b" },
      targets: [
        { name: "a", ...openai },
        { name: "b", ...groq },
      ],
    };
    world.at("openai").next(json(200, { object: "list", data: [], model: "e", usage: {} }));
    const answer = await world.ask({ path: "/v1/embeddings", config, body: { input: "Hi" } });
    expect(answer.portkey["last-used-option-index"]).toBe("config.targets[0]");
  });
});

describe("single, and trees", () => {
  test("single takes the first and stays there", async () => {
    const config = { strategy: { mode: "single" }, targets: [openai, groq] };
    world.at("openai").next(openAiError(500, { message: "Broken." }));
    expect((await world.ask({ config })).status).toBe(500);
    expect((await world.ask({ config })).portkey["last-used-option-index"]).toBe("config.targets[0]");
    expect(world.counts()).toEqual({ openai: 2 });
  });

  test("an inner strategy that is at its end hands over to the one around it", async () => {
    const config = fallback(fallback(openai, dead), { strategy: { mode: "loadbalance" }, targets: [{ ...groq, weight: 1 }] });
    world.at("openai").next(openAiError(502, { message: "Broken." }));
    const answer = await world.ask({ config });
    expect([answer.status, answer.portkey["last-used-option-index"]]).toEqual([200, "config.targets[1].targets[0]"]);
    expect(answer.headers.get("x-postern-attempts")).toBe(
      "config.targets[0].targets[0] openai 502, config.targets[0].targets[1] mistral-ai upstream_unreachable",
    );
  });
});

describe("orders by measurement", () => {
  test("fastest goes to the one that answered sooner, and on when that fails", async () => {
    // Models of their own, so that nothing was measured before.
    const targets = [
      { provider: "openai", model: "slow" },
      { provider: "groq", model: "quick" },
    ];
    const late = gate();
    world.at("openai").next(stall(openAi("from openai"), { when: late.opened }));
    const slow = world.ask({ config: targets[0] });
    await world.at("openai").waitForRequest(1);
    await world.ask({ config: targets[1] });
    await world.ask({ config: targets[1] });
    late.open();
    await slow;
    world.reset();
    const config = { strategy: { mode: "fastest" }, targets };
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.ask({ config })));
    // A small share explores.
    expect(answers.filter(({ portkey }) => portkey["provider"] === "groq").length).toBeGreaterThan(10);
    world.at("groq").always(openAiError(500, { message: "Broken." }));
    expect((await world.ask({ config })).portkey["provider"]).toBe("openai");
  });

  test("cheapest keeps the order where no price is known, and goes on", async () => {
    world.at("openai").next(openAiError(500, { message: "Broken." }));
    const answer = await world.ask({ config: { strategy: { mode: "cheapest" }, targets: [openai, groq] } });
    expect([answer.status, world.counts()]).toEqual([200, { openai: 1, groq: 1 }]);
  });
});

describe("what a target adds", () => {
  test("its parameters go over the body's, its defaults under them, parent's below child's", async () => {
    const config = {
      strategy: { mode: "single" },
      override_params: { temperature: 0.1, top_p: 0.5 },
      default_params: { max_tokens: 5, seed: 1 },
      targets: [{ ...openai, override_params: { temperature: 0.2, model: "over" }, default_params: { seed: 2 } }],
    };
    await world.ask({ config, body: { temperature: 1, max_tokens: 9, user: "me" } });
    expect(world.at("openai").requests[0]?.json()).toEqual({
      model: "over",
      messages,
      temperature: 0.2,
      top_p: 0.5,
      max_tokens: 9,
      seed: 2,
      user: "me",
    });
  });

  test("the headers that it forwards, the user agent among them, and never a credential", async () => {
    const headers = { "x-team": "blue", "x-other": "red", cookie: "a=b", "user-agent": "my-tool/1" };
    await world.ask({ config: { ...openai, forward_headers: ["X-Team", "user-agent"] }, headers });
    expect(world.at("openai").requests[0]?.headers).toMatchObject({ "x-team": "blue", "user-agent": "my-tool/1" });
    expect(world.at("openai").requests[0]?.headers).not.toHaveProperty("x-other");
    await world.ask({ config: openai, headers: { ...headers, "x-portkey-forward-headers": "x-other, x-team" } });
    expect(world.at("openai").requests[1]?.headers).toMatchObject({ "x-team": "blue", "x-other": "red", "user-agent": "postern" });
    for (const name of ["authorization", "Cookie", "x-api-key", "host", "x-portkey-config"]) {
      for (const ask of [
        { config: { ...openai, forward_headers: [name] } },
        { config: openai, headers: { "x-portkey-forward-headers": name } },
      ]) {
        const answer = await world.ask({ ...ask, ...("headers" in ask ? { headers: { ...headers, ...ask.headers } } : { headers }) });
        expect(answer.status).toBe(400);
      }
    }
    expect(world.counts()).toEqual({ openai: 2 });
  });

  test("no header with a local key in it, whatever it is called", async () => {
    const { key } = world.postern;
    const headers = { "x-team": key, "x-other": `Bearer ${key}`, "x-third": "key=postern_0123456789" };
    await world.ask({ config: { ...openai, forward_headers: ["x-team", "x-other", "x-third"] }, headers });
    for (const name of Object.keys(headers)) expect(world.at("openai").requests[0]?.headers).not.toHaveProperty(name);
  });

  test("a provider's own options as headers, from the config or the call", async () => {
    await world.ask({ config: { ...openai, openai_organization: "org-1", openai_project: "proj-1" } });
    expect(world.at("openai").requests[0]?.headers).toMatchObject({ "openai-organization": "org-1", "openai-project": "proj-1" });
    await world.ask({ headers: { "x-portkey-provider": "openai", "x-portkey-openai-organization": "org-2" } });
    expect(world.at("openai").requests[1]?.headers).toMatchObject({ "openai-organization": "org-2" });
    await world.ask({ config: { ...anthropic, anthropic_beta: "a-beta", anthropic_version: "2023-01-01" }, body: { max_tokens: 5 } });
    expect(world.at("anthropic").requests[0]?.headers).toMatchObject({ "anthropic-beta": "a-beta", "anthropic-version": "2023-01-01" });
  });

  test("a custom host: the header's before the target's before the parent's", async () => {
    const groqAt = `${world.at("groq").origin}/v1`;
    const openaiAt = `${world.at("openai").origin}/custom`;
    world.at("groq").always(openAiChat({ content: "custom" }));
    const config = { strategy: { mode: "single" }, custom_host: groqAt, targets: [{ provider: "openai", custom_host: openaiAt }] };
    await world.ask({ config });
    expect(world.at("openai").requests[0]?.url).toBe("/custom/chat/completions");
    await world.ask({ config, headers: { "x-portkey-custom-host": groqAt } });
    expect(world.at("groq").requests[0]?.url).toBe("/v1/chat/completions");
    // A key goes only where it is bound to.
    expect(world.at("groq").requests[0]?.headers["authorization"]).toBeUndefined();
  });
});
