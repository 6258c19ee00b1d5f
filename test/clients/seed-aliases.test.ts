import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openAi, openAiError } from "../fakes/openai-replies.ts";
import { assertClean } from "./assert-clean.ts";
import { hasCurl, postJson, readChat, readPrefix, runCurl, type SeedWorld, startSeedWorld } from "./seed-world.ts";

// The models of text.pollinations.ai's local gateway: four names, one path, two headers.

const ids = ["openai", "deepinfra", "groq", "together-ai", "openrouter", "mistral-ai", "anthropic"] as const;
const messages = [{ role: "user", content: "Hello, who are you?" }];
const gone = openAiError(404, { message: "The model has been deprecated.", code: "model_not_found" });

let world: SeedWorld;

beforeAll(async () => {
  world = await startSeedWorld(ids, {
    environment: {
      OPENAI_API_KEY: "sk-openai-Bd4nL8wPj2",
      DEEPINFRA_API_KEY: "di-Yr6kF1tHq9",
      GROQ_API_KEY: "gsk_Cx3vS7mZe5",
      TOGETHER_API_KEY: "tg-Uw2gB9aNk4",
      OPENROUTER_API_KEY: "or-Oi5jR8cTd1",
      MISTRAL_API_KEY: "ms-Lf7yE3hVx6",
      ANTHROPIC_API_KEY: "sk-ant-Zq9pM2uGs8",
    },
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(() => world.forget());

afterEach(() => {
  for (const id of ids) assertClean(world.at(id), [world.postern.key, "x-portkey-", "portkey_"]);
});

/** The example's call, with another model or more headers. */
function ask(model: string, headers: Readonly<Record<string, string>> = {}, on: SeedWorld = world): Promise<Response> {
  return postJson(`${on.postern.url}/openai`, { model, messages, temperature: 0.7 }, { key: on.postern.key, headers });
}

/** The models that a provider was asked for, in order. */
const askedAt = (id: (typeof ids)[number]): unknown[] =>
  world.at(id).requests.flatMap((request) => (request.method === "POST" ? [(request.json() as { model: unknown }).model] : []));

describe("POST /openai", () => {
  test.each([
    ["portkey-gpt4", "openai", "gpt-4"],
    ["portkey-llama", "deepinfra", "meta-llama/Meta-Llama-3-70B-Instruct"],
    ["portkey-mistral", "mistral-ai", "mistral-large-latest"],
  ] as const)("%s is answered by %s's %s", async (alias, provider, model) => {
    const response = await ask(alias);
    expect(readChat(await response.text())).toEqual({ content: `from ${provider}`, isFinished: true });
    expect(world.reached()).toEqual([provider]);
    expect(world.onlyCall().json()).toEqual({ model, messages, temperature: 0.7 });
    expect(world.onlyCall().url).toBe(`${readPrefix(provider)}/chat/completions`);
  });

  test.each(["/openai", "/openai/v1/chat/completions", "/v1/chat/completions"])("%s streams", async (path) => {
    const body = { model: "portkey-gpt4", messages, stream: true };
    const response = await postJson(world.postern.url + path, body, { key: world.postern.key });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(readChat(await response.text())).toEqual({ content: "from openai", isFinished: true });
  });

  test("portkey-claude is answered by Anthropic's models, in OpenAI's shape", async () => {
    const response = await ask("portkey-claude");
    expect(readChat(await response.text())).toEqual({ content: "from anthropic", isFinished: true });
    expect(world.onlyCall().json()).toMatchObject({ model: "claude-3-opus-20240229", temperature: 0.7 });
  });
});

describe("an alias", () => {
  test("goes on to the next model where the provider has retired the first", async () => {
    world.at("openai").next(gone);
    const response = await ask("portkey-gpt4");
    expect(readChat(await response.text()).content).toBe("from openai");
    expect(askedAt("openai")).toEqual(["gpt-4", "gpt-4o"]);
    expect(response.headers.get("x-portkey-last-used-option-index")).toBe("config.targets[1]");
  });

  test("goes through all its providers until one answers", async () => {
    for (const id of ["deepinfra", "groq", "together-ai"] as const) world.at(id).next(gone);
    const response = await ask("portkey-llama");
    expect(readChat(await response.text()).content).toBe("from openrouter");
    expect(["deepinfra", "groq", "together-ai", "openrouter"].map((id) => askedAt(id as (typeof ids)[number]))).toEqual([
      ["meta-llama/Meta-Llama-3-70B-Instruct"],
      ["llama-3.3-70b-versatile"],
      ["meta-llama/Llama-3.3-70B-Instruct-Turbo"],
      ["meta-llama/llama-3.3-70b-instruct"],
    ]);
  });

  test("whose every target fails gives the last one's words and status", async () => {
    world.at("openai").next(openAiError(500, { message: "first" }));
    world.at("openai").next(openAiError(404, { message: "second" }));
    const response = await ask("portkey-gpt4");
    expect([response.status, await response.json()]).toMatchObject([404, { error: { message: "second" } }]);
  });

  test("passes over a provider without a key", async () => {
    await using poor = await startSeedWorld(["deepinfra", "groq"], { environment: { GROQ_API_KEY: "gsk_Cx3vS7mZe5" } });
    const response = await ask("portkey-llama", {}, poor);
    expect(readChat(await response.text()).content).toBe("from groq");
    expect(response.headers.get("x-portkey-last-used-option-index")).toBe("config.targets[1]");
    expect(poor.at("deepinfra").requests).toHaveLength(0);
  });

  test("of the person's own replaces the one that ships", async () => {
    await using own = await startSeedWorld(["openai", "groq"], {
      config: { aliases: { "portkey-gpt4": { provider: "groq", model: "llama-3.3-70b-versatile" } } },
      environment: { GROQ_API_KEY: "gsk_Cx3vS7mZe5", OPENAI_API_KEY: "sk-openai-Bd4nL8wPj2" },
    });
    expect(readChat(await (await ask("portkey-gpt4", {}, own)).text()).content).toBe("from groq");
  });
});

describe("x-portkey-retry", () => {
  const failing = openAiError(503, { message: "Overloaded." }, { "retry-after": "0" });

  test.each([
    ["is 3 where nobody says", {}, 4],
    ["may be less", { "x-portkey-retry": "1" }, 2],
    ["may be none", { "x-portkey-retry": "0" }, 1],
    ["may be more", { "x-portkey-retry": "5" }, 6],
  ] as const)("%s", async (_title, headers, requests) => {
    for (let times = 0; times < requests; times++) world.at("openai").next(failing);
    const response = await ask("@openai/gpt-4", headers);
    expect([response.status, askedAt("openai").length]).toEqual([503, requests]);
    expect(response.headers.get("x-portkey-retry-attempt-count")).toBe(requests === 1 ? "0" : "-1");
  });

  test.each(["many", "-1", "1.5"])("%s is refused by name", async (value) => {
    const response = await ask("@openai/gpt-4", { "x-portkey-retry": value });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { param: "x-portkey-retry" } }]);
    expect(world.reached()).toEqual([]);
  });
});

describe("x-portkey-provider", () => {
  test.each([
    ["a plain model", "some-model", "some-model"],
    // A name that a provider could have for a model of its own: the header decides, and the name goes as it is.
    ["what else is an alias", "portkey-gpt4", "portkey-gpt4"],
  ])("overrides where %s goes", async (_title, model, arrives) => {
    world.at("groq").next(openAi("from groq"));
    const response = await ask(model, { "x-portkey-provider": "groq" });
    expect(response.status).toBe(200);
    expect(askedAt("groq")).toEqual([arrives]);
  });

  test("goes before the body's provider", async () => {
    const body = { model: "some-model", provider: "portkey", portkey_provider: "openai", messages };
    await postJson(`${world.postern.url}/openai`, body, { key: world.postern.key, headers: { "x-portkey-provider": "groq" } });
    expect(world.reached()).toEqual(["groq"]);
  });
});

test("GET / greets as the local Portkey gateway does, without a key", async () => {
  const response = await fetch(world.postern.url);
  expect([response.status, await response.text()]).toEqual([200, "AI Gateway says hey!"]);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain/i);
});

test.skipIf(!hasCurl)("curl of the front page and its HEAD work", async () => {
  expect(await runCurl(`curl -s ${world.postern.url}`)).toBe("AI Gateway says hey!");
  expect(await runCurl(`curl -sI ${world.postern.url}`)).toMatch(/^HTTP\/1\.1 200 /);
});
