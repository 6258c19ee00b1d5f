import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { reset, stall } from "../fakes/misbehaviour.ts";
import { openAi, openAiError } from "../fakes/openai-replies.ts";
import { gate } from "../fakes/replies.ts";
import { eventually } from "./eventually.ts";
import { type Answer, type RoutingWorld, startRoutingWorld } from "./routing-world.ts";

// The circuit breaker, over the wire: a target that keeps failing is left alone, asked again by one call, and comes back.

const cooldownMs = 800;

let world: RoutingWorld;

beforeAll(async () => {
  const hasty = {
    strategy: { mode: "fallback" },
    request_timeout: 20,
    targets: [{ provider: "openai", model: "h" }, { provider: "groq" }],
  };
  world = await startRoutingWorld(["openai", "groq"], { config: { configs: { hasty } } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

let model = "";
let models = 0;

beforeEach(() => {
  world.reset();
  // Circuits are kept by provider and model: each test has its own.
  model = `model-${++models}`;
});

afterEach(() => world.assertClean());

const breaker = { failure_threshold: 3, cooldown_interval: cooldownMs };
const targets = (): readonly object[] => [
  { provider: "openai", model },
  { provider: "groq", model },
];
/** With the settings where Portkey's configs have them. */
const fallback = (cb_config: object | undefined = breaker): object => ({ strategy: { mode: "fallback", cb_config }, targets: targets() });
const ask = (config: unknown, body: object = {}): Promise<Answer> => world.ask({ config, body: { ...body } });
const counts = (): number => world.counts()["openai"] ?? 0;
const broken = openAiError(500, { message: "Broken." });

async function open(config: unknown): Promise<void> {
  world.at("openai").always(broken);
  for (let times = 0; times < breaker.failure_threshold; times++) await ask(config);
  expect(counts()).toBe(breaker.failure_threshold);
}

describe.each<readonly [string, () => object]>([
  ["where Portkey's configs have it", () => fallback()],
  ["beside the targets", () => ({ strategy: { mode: "fallback" }, circuit_breaker: breaker, targets: targets() })],
])("a threshold %s", (_title, makeConfig) => {
  test("opens it: the target is left alone without being asked, and comes back by a probe", async () => {
    const config = makeConfig();
    await open(config);
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(config)));
    expect(answers.map(({ status, portkey }) => [status, portkey["provider"]])).toEqual(Array.from({ length: 5 }, () => [200, "groq"]));
    expect(counts()).toBe(3);
    world.at("openai").always(openAi("from openai"));
    await eventually(async () => expect((await ask(config)).portkey["provider"]).toBe("openai"));
    expect(counts()).toBe(4);
    expect((await ask(config)).portkey["provider"]).toBe("openai");
  });
});

test("lets one probe through at a time, and a probe that fails shuts it again", async () => {
  const config = fallback();
  await open(config);
  await wait(cooldownMs + 20);
  const late = gate();
  world.at("openai").always(stall(broken, { when: late.opened }));
  const probe = ask(config);
  await world.at("openai").waitForRequest(4);
  const beside = await Promise.all(Array.from({ length: 3 }, () => ask(config)));
  expect(beside.map(({ portkey }) => portkey["provider"])).toEqual(["groq", "groq", "groq"]);
  late.open();
  expect((await probe).portkey["provider"]).toBe("groq");
  expect(counts()).toBe(4);
  // Shut for twice as long as before.
  await wait(cooldownMs + 20);
  await ask(config);
  expect(counts()).toBe(4);
  world.at("openai").always(openAi("from openai"));
  await eventually(async () => expect((await ask(config)).portkey["provider"]).toBe("openai"));
});

test("the only target is asked although it is open", async () => {
  const config = { provider: "openai", model, circuit_breaker: breaker };
  world.at("openai").always(broken);
  for (let times = 0; times < 5; times++) expect((await ask(config)).status).toBe(500);
  world.at("openai").always(openAi("from openai"));
  expect((await ask(config)).status).toBe(200);
  expect(counts()).toBe(6);
});

test("of several that are all open, they are asked in their order", async () => {
  const config = fallback();
  world.at("groq").always(broken);
  await open(config);
  const answer = await ask(config);
  expect([answer.status, answer.portkey["provider"], counts()]).toEqual([500, "groq", 4]);
});

test.each([400, 401, 429])("a %d opens nothing by default", async (status) => {
  const config = fallback();
  world.at("openai").always(openAiError(status, { message: "No." }));
  for (let times = 0; times < 6; times++) await ask(config);
  expect(counts()).toBe(6);
});

test("the statuses that it names open it", async () => {
  const config = fallback({ ...breaker, failure_status_codes: [429] });
  world.at("openai").always(openAiError(429, { message: "Slow down." }));
  for (let times = 0; times < 6; times++) await ask(config);
  expect(counts()).toBe(3);
});

test("no answer at all opens it too", async () => {
  const config = fallback();
  world.at("openai").always(reset());
  for (let times = 0; times < 6; times++) await ask(config);
  expect(counts()).toBe(3);
});

test("a client that leaves opens nothing, and ends a probe", async () => {
  const config = fallback();
  world.at("openai").always(stall());
  for (let times = 0; times < 4; times++) {
    const leaving = new AbortController();
    const call = world.ask({ config, signal: leaving.signal });
    await world.at("openai").waitForRequest(times + 1);
    leaving.abort();
    await expect(call).rejects.toThrow("aborted");
    await world.at("openai").requests[times]?.closedEarly;
  }
  world.at("openai").always(openAi("from openai"));
  expect((await ask(config)).portkey["provider"]).toBe("openai");
});

test("a limit that the caller brings opens nothing for others; one in a saved config does", async () => {
  const plain = { strategy: { mode: "fallback" }, targets: targets() };
  world.at("openai").always(stall());
  const impatient = [
    { config: { provider: "openai", model, request_timeout: 5 } },
    { config: { provider: "openai", model, deadline: 5 } },
    { config: { provider: "openai", model }, headers: { "x-portkey-request-timeout": "5" } },
  ];
  for (const one of impatient) await Promise.all(Array.from({ length: 12 }, () => world.ask(one)));
  world.at("openai").always(openAi("from openai"));
  expect((await ask(plain)).portkey["provider"]).toBe("openai");
  world.at("openai").always(stall());
  await Promise.all(Array.from({ length: 12 }, () => ask("hasty")));
  world.at("openai").always(openAi("from openai"));
  expect((await ask("hasty")).portkey["provider"]).toBe("groq");
});

test("a share of failures opens it by default, and callers' own settings are kept apart", async () => {
  const plain = { strategy: { mode: "fallback" }, targets: targets() };
  world.at("openai").always(broken);
  for (let times = 0; times < 12; times++) await ask(plain);
  expect(counts()).toBe(10);
  // Nobody opens a circuit for somebody else.
  expect((await ask(fallback())).portkey["provider"]).toBe("groq");
  expect(counts()).toBe(11);
});

test("an answer from the cache closes nothing", async () => {
  const cached = { ...fallback(), cache: { mode: "simple" } };
  expect((await ask(cached)).portkey["provider"]).toBe("openai");
  world.at("openai").always(broken);
  for (let times = 0; times < 3; times++) await ask(cached, { user: `other ${times}` });
  await wait(cooldownMs + 20);
  // Half open: the kept answer is given, and the probe is still to be made.
  expect((await ask(cached)).portkey["cache-status"]).toBe("HIT");
  expect((await ask(cached, { user: "one more" })).portkey["provider"]).toBe("groq");
  const asked = counts();
  await ask(cached, { user: "and one more" });
  expect(counts()).toBe(asked);
});

test("a loadbalance draws among those that are not open", async () => {
  const config = {
    strategy: { mode: "loadbalance", cb_config: breaker },
    targets: targets(),
  };
  world.at("openai").always(broken);
  await eventually(async () => {
    await ask(config);
    expect(counts()).toBe(3);
  });
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(config)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
});
