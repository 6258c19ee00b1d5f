import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { resetAfter } from "../fakes/misbehaviour.ts";
import { openAi, openAiChat, openAiError, openAiStream } from "../fakes/openai-replies.ts";
import { gate, json, sse } from "../fakes/replies.ts";
import { runCommand } from "../fakes/run-command.ts";
import { type Answer, type Ask, messages, type RoutingWorld, startRoutingWorld, theCall } from "./routing-world.ts";

// The cache of whole answers that a config asks for, over the wire.

let world: RoutingWorld;

beforeAll(async () => {
  world = await startRoutingWorld(["openai", "groq", "anthropic"], { dead: ["mistral-ai"] });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

let marker = "";

beforeEach(() => {
  world.reset();
  // What an earlier test asked is never found by the next one.
  marker = randomBytes(6).toString("hex");
});

afterEach(() => world.assertClean());

const apart = { circuit_breaker: { enabled: false } };
const cached = { provider: "openai", cache: { mode: "simple" }, ...apart };

function ask(more: Ask = {}): Promise<Answer> {
  return world.ask({ config: cached, ...more, body: { user: marker, ...more.body } });
}

const statusOf = ({ portkey }: Answer): string | undefined => portkey["cache-status"];
const calls = (): number => world.counts()["openai"] ?? 0;

test("an error that comes with a 200 is no answer to keep", async () => {
  world.at("openai").next(json(200, { error: { message: "No capacity.", code: 503 } }));
  const answers = [await ask(), await ask(), await ask()];
  expect(answers.map(statusOf)).toEqual(["MISS", "MISS", "HIT"]);
  expect(answers.map(({ text }) => text.includes("No capacity."))).toEqual([true, false, false]);
});

describe.each([
  ["plain", {}],
  ["streamed", { stream: true }],
  ["streamed with usage", { stream: true, stream_options: { include_usage: true } }],
] as const)("the same request (%s)", (_way, body) => {
  test("is answered once by the provider, then from memory, byte for byte", async () => {
    const first = await ask({ body });
    const second = await ask({ body });
    expect([statusOf(first), statusOf(second), calls()]).toEqual(["MISS", "HIT", 1]);
    expect(second.text).toBe(first.text);
    expect(second.headers.get("content-type")).toBe(first.headers.get("content-type"));
    expect(second.portkey).toMatchObject({ provider: "openai", "last-used-option-index": "config", "retry-attempt-count": "0" });
  });

  test("translated, is kept as the client had it", async () => {
    const config = { ...cached, provider: "anthropic", model: "claude-x" };
    const first = await ask({ config, body });
    const second = await ask({ config, body });
    expect([statusOf(first), statusOf(second), world.counts()]).toEqual(["MISS", "HIT", { anthropic: 1 }]);
    expect(second.text).toBe(first.text);
  });
});

describe("another answer is given to", () => {
  test.each<readonly [string, Ask, Ask]>([
    ["another body", {}, { body: { temperature: 1 } }],
    ["a stream", {}, { body: { stream: true } }],
    ["who wants usage in the stream", { body: { stream: true } }, { body: { stream: true, stream_options: { include_usage: true } } }],
    ["another model", { config: { ...cached, model: "a" } }, { config: { ...cached, model: "b" } }],
    ["other parameters of the config", {}, { config: { ...cached, override_params: { top_p: 0.5 } } }],
    ["another namespace", { headers: { "x-portkey-cache-namespace": "a" } }, { headers: { "x-portkey-cache-namespace": "b" } }],
    ["another organization", {}, { config: { ...cached, openai_organization: "org-1" } }],
    ["another organization of the client's own", {}, { headers: { "openai-organization": "org-1" } }],
    [
      "another value of a forwarded header",
      { config: { ...cached, forward_headers: ["x-team"] }, headers: { "x-team": "a" } },
      { config: { ...cached, forward_headers: ["x-team"] }, headers: { "x-team": "b" } },
    ],
    ["a client without strict compliance", {}, { headers: { "x-portkey-strict-open-ai-compliance": "false" } }],
  ])("%s", async (_title, one, other) => {
    expect(statusOf(await ask(one))).toBe("MISS");
    expect(statusOf(await ask(other))).toBe("MISS");
    expect([statusOf(await ask(one)), statusOf(await ask(other)), calls()]).toEqual(["HIT", "HIT", 2]);
  });

  test("who wants usage in a translated stream, though the provider is sent the same bytes", async () => {
    const config = { ...cached, provider: "anthropic", model: "claude-x" };
    const without = await ask({ config, body: { stream: true } });
    const withUsage = await ask({ config, body: { stream: true, stream_options: { include_usage: true } } });
    expect([without.text.includes('"usage"'), withUsage.text.includes('"usage":{'), world.counts()]).toEqual([
      false,
      true,
      { anthropic: 2 },
    ]);
    expect(world.at("anthropic").requests[0]?.body.equals(world.at("anthropic").requests[1]?.body ?? Buffer.alloc(0))).toBe(true);
  });

  test("who asked Postern for the usage that another client asked the provider for", async () => {
    // As Postern writes it in the client's name: the provider gets the same bytes from both.
    const body = (more: string): string => `{"model":"m","stream":true,"messages":${JSON.stringify(messages)},"user":"${marker}"${more}}`;
    const send = async (text: string): Promise<string> => {
      const response = await fetch(`${world.postern.url}/v1/chat/completions`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${world.postern.key}`,
          "content-type": "application/json",
          "x-portkey-config": JSON.stringify(cached),
        },
        body: text,
      });
      return response.text();
    };
    const hidden = await send(body(""));
    const told = await send(body(',"stream_options":{"include_usage":true}'));
    expect([hidden.includes('"usage":{'), told.includes('"usage":{')]).toEqual([false, true]);
  });

  test("another provider, and another key's owner", async () => {
    await ask();
    expect(statusOf(await ask({ config: { ...cached, provider: "groq" } }))).toBe("MISS");
    // A caller's own key pays for its own answer, and leaves none to others.
    const own = { config: { ...cached, api_key: "sk-own-Kd8fT2" } };
    expect([statusOf(await ask(own)), statusOf(await ask(own))]).toEqual(["DISABLED", "DISABLED"]);
  });

  test("another local key", async () => {
    const made = await runCommand(["owner-key", "--replace", "--data-dir", world.postern.dataFolder]);
    expect([made.code, made.stderr]).toEqual([0, ""]);
    const key = made.stdout.trim();
    expect([statusOf(await ask()), statusOf(await ask({ key })), statusOf(await ask({ key }))]).toEqual(["MISS", "MISS", "HIT"]);
    expect(calls()).toBe(2);
  });

  test("another path with the same body", async () => {
    world.at("openai").always(openAiChat());
    const input = { input: "Hi", messages: undefined };
    world.at("openai").next(json(200, { object: "list", data: [], usage: {} }));
    expect(statusOf(await ask({ path: "/v1/embeddings", body: input }))).toBe("MISS");
    world.at("openai").next(json(200, { id: "modr", results: [] }));
    expect(statusOf(await ask({ path: "/v1/moderations", body: input }))).toBe("MISS");
  });
});

describe("nothing is kept", () => {
  test.each<readonly [string, () => void]>([
    ["of an error", () => world.at("openai").next(openAiError(400, { message: "No." }))],
    ["of a server error", () => world.at("openai").next(openAiError(500, { message: "No." }))],
    ["of what is no JSON", () => world.at("openai").next(json(200, "x"))],
  ])("%s", async (_title, script) => {
    script();
    const first = await ask();
    expect([first.status >= 400, statusOf(first)]).toEqual([true, "MISS"]);
    expect([statusOf(await ask()), statusOf(await ask())]).toEqual(["MISS", "HIT"]);
  });

  test("of a stream that broke, or told an error", async () => {
    const body = { stream: true };
    const moment = gate();
    world.at("openai").next(resetAfter({ chunks: 3 }, openAiStream(), { when: moment.opened }));
    const broken = ask({ body });
    await world.at("openai").waitForRequest(1);
    setTimeout(() => moment.open(), 20);
    await expect(broken).rejects.toThrow("terminated");
    world.at("openai").next(sse([{ data: { error: { message: "Overloaded.", code: "overloaded" } } }]));
    expect((await ask({ body })).status).toBe(529);
    expect([statusOf(await ask({ body })), statusOf(await ask({ body }))]).toEqual(["MISS", "HIT"]);
  });

  test("where no config asks for it", async () => {
    const config = { provider: "openai", ...apart };
    expect([statusOf(await ask({ config })), statusOf(await ask({ config }))]).toEqual(["DISABLED", "DISABLED"]);
  });

  test("of a call that is relayed raw", async () => {
    const raw = (path: string): Promise<Answer> =>
      world.ask({ path, config: { ...cached, api_key: "sk-own-Kd8fT2" }, body: { user: marker } });
    world.at("openai").next(json(200, { which: 1 }));
    world.at("openai").next(json(200, { which: 2 }));
    const answers = [await raw("/v1/fine_tuning/jobs/a/cancel"), await raw("/v1/fine_tuning/jobs/b/cancel")];
    expect(answers.map((answer) => answer.json())).toEqual([{ which: 1 }, { which: 2 }]);
  });
});

describe("x-portkey-cache-force-refresh", () => {
  test("asks anew and keeps the newer answer", async () => {
    await ask();
    world.at("openai").next(openAi("fresh"));
    const refreshed = await ask({ headers: { "x-portkey-cache-force-refresh": "true" } });
    const after = await ask();
    expect([statusOf(refreshed), statusOf(after), calls()]).toEqual(["REFRESH", "HIT", 2]);
    expect(after.text).toContain("fresh");
  });

  test("that says false is none", async () => {
    await ask();
    expect(statusOf(await ask({ headers: { "x-portkey-cache-force-refresh": "false" } }))).toBe("HIT");
  });

  test("without a cache in the config says nothing", async () => {
    const answer = await ask({ config: { provider: "openai", ...apart }, headers: { "x-portkey-cache-force-refresh": "true" } });
    expect(statusOf(answer)).toBe("DISABLED");
  });
});

describe("max_age", () => {
  test("in seconds, of the one who asks", async () => {
    await ask();
    const brief = { ...cached, cache: { mode: "simple", max_age: 1 } };
    expect(statusOf(await ask({ config: brief }))).toBe("HIT");
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect([statusOf(await ask()), statusOf(await ask({ config: brief }))]).toEqual(["HIT", "MISS"]);
  });
});

describe("a kept answer", () => {
  test("says nothing of the call that it was made for", async () => {
    const headers = { "x-request-id": "req_1", "x-ratelimit-remaining-requests": "7" };
    world.at("openai").next(json(200, { id: "x", choices: [] }, headers));
    const first = await ask({ headers: { "x-portkey-trace-id": `${marker}-1` } });
    const second = await ask({ headers: { "x-portkey-trace-id": `${marker}-2` } });
    expect([first.headers.get("x-request-id"), second.headers.get("x-request-id")]).toEqual(["req_1", null]);
    expect([first.portkey["trace-id"], second.portkey["trace-id"]]).toEqual([`${marker}-1`, `${marker}-2`]);
  });

  test("is a row of its own in the log, without tokens", async () => {
    await ask();
    await ask({ headers: { "x-portkey-trace-id": marker } });
    const row = await theCall(world.postern.dataFolder, marker);
    expect(row).toMatchObject({ status: 200, ending: "finished", provider: "openai" });
  });

  test("is written as the one who asks wants it: ?pretty", async () => {
    const path = "/v1/chat/completions";
    const plain = await ask();
    const pretty = await ask({ path: `${path}?pretty` });
    const prettyAgain = await ask({ path: `${path}?pretty` });
    expect([statusOf(prettyAgain), statusOf(await ask())]).toEqual(["HIT", "HIT"]);
    expect(pretty.text).toBe(JSON.stringify(plain.json(), null, 2));
    expect(prettyAgain.text).toBe(pretty.text);
  });

  test("is found behind a target that fails, and says nothing of a circuit", async () => {
    const config = {
      strategy: { mode: "fallback" },
      cache: { mode: "simple" },
      targets: [{ provider: "mistral-ai", ...apart }, { provider: "openai" }],
    };
    expect(statusOf(await ask({ config }))).toBe("MISS");
    const second = await ask({ config });
    expect([statusOf(second), second.portkey["last-used-option-index"], calls()]).toEqual(["HIT", "config.targets[1]", 1]);
  });

  test("is the same for many who ask at once", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask()));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(statusOf(await ask())).toBe("HIT");
  });
});
