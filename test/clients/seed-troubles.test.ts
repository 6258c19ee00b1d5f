import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { html } from "../fakes/replies.ts";
import { openAiError } from "../fakes/openai-replies.ts";
import { startScriptedProvider } from "../fakes/scripted-provider.ts";
import { openAiAt, startPostern } from "../fakes/start-postern.ts";
import { assertClean } from "./assert-clean.ts";
import { postJson, type SeedWorld, startSeedWorld } from "./seed-world.ts";
import { eventually } from "../wire/eventually.ts";

// What people look up when a call fails: the words that they search for, and what they need to go on.

const messages = [{ role: "user", content: "a-prompt-that-nobody-else-may-read" }];
const openAiKey = "sk-openai-Gn6cX1rVt8";

let world: SeedWorld;

beforeAll(async () => {
  world = await startSeedWorld(["openai", "deepinfra", "groq", "portkey"], {
    environment: { PROVIDER_OPENAI_API_KEY: openAiKey, GROQ_API_KEY: "gsk_Hv4mQ7zLy2", DEBUG: "postern:*" },
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

function ask(body: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return postJson(`${world.postern.url}/v1/chat/completions`, { messages, ...body }, { key: world.postern.key, headers });
}

describe("a key that is not configured", () => {
  test.each([
    [
      "deepinfra",
      { model: "m", provider: "portkey", portkey_provider: "deepinfra" },
      "Provider API key not configured for deepinfra",
      "DEEPINFRA_API_KEY",
    ],
    [
      "deepinfra, in the model's name",
      { model: "@deepinfra/m", provider: "portkey" },
      "Provider API key not configured for deepinfra",
      "keys add deepinfra",
    ],
    ["mistral-ai, behind an alias", { model: "portkey-mistral" }, "Provider API key not configured for mistral-ai", "MISTRAL_API_KEY"],
    ["hosted Portkey", { model: "m", portkey_provider: "portkey" }, "Portkey API key not configured", "PORTKEY_API_KEY"],
    ["hosted Portkey, in the model's name", { model: "@portkey/m" }, "Portkey API key not configured", "keys add portkey"],
  ] as const)("of %s: 401 with the words that people know, and what to do", async (_title, body, words, advice) => {
    world.forget();
    const response = await ask(body);
    const { error } = (await response.json()) as { error: { message: string; code: string } };
    expect([response.status, error.code]).toEqual([401, "provider_key_missing"]);
    expect(error.message.startsWith(words)).toBe(true);
    expect(error.message).toContain(advice);
    expect(world.reached()).toEqual([]);
  });

  test("of openai, where no variable is set", async () => {
    await using bare = await startPostern();
    const body = { model: "gpt-3.5-turbo", provider: "portkey", portkey_provider: "openai", messages };
    const response = await postJson(`${bare.url}/v1/chat/completions`, body, { key: bare.key });
    const { error } = (await response.json()) as { error: { message: string } };
    expect([response.status, error.message]).toEqual([
      401,
      expect.stringMatching(/^Provider API key not configured for openai\b.*PROVIDER_OPENAI_API_KEY/),
    ]);
  });

  test("of openai, which was asked because nobody is known to serve the model: that is said too", async () => {
    await using bare = await startPostern();
    const response = await postJson(`${bare.url}/v1/chat/completions`, { model: "grok-9", messages }, { key: bare.key });
    const { error } = (await response.json()) as { error: { message: string } };
    expect([response.status, error.message]).toEqual([
      401,
      expect.stringMatching(
        /^Provider API key not configured for openai\b.*No provider that has a key is known to serve "grok-9".*"@provider\/grok-9"/,
      ),
    ]);
  });

  test("is what a template has in its place", async () => {
    const environment = {
      OPENAI_API_KEY: "your_openai_key",
      GROQ_API_KEY: "your_provider_api_key_here",
      XAI_API_KEY: "<key>",
      MISTRAL_API_KEY: "  ",
      DEEPINFRA_API_KEY: "changeme",
    };
    await using bare = await startPostern({ environment });
    for (const provider of ["openai", "groq", "xai", "mistral-ai", "deepinfra"]) {
      const response = await postJson(`${bare.url}/v1/chat/completions`, { model: `@${provider}/m`, messages }, { key: bare.key });
      expect([provider, response.status, await response.json()]).toMatchObject([
        provider,
        401,
        { error: { code: "provider_key_missing" } },
      ]);
    }
  });
});

describe("a provider that says no", () => {
  test.each([
    [401, "Incorrect API key provided", "Upstream authentication error"],
    [403, "Not allowed", "Upstream authentication error"],
    [429, "Rate limit reached", "Upstream rate limit"],
  ] as const)("with %d keeps its status and its words, and it is said whose words they are", async (status, said, lead) => {
    world.at("openai").next(openAiError(status, { message: said }));
    const response = await ask({ model: "gpt-3.5-turbo", portkey_provider: "openai" }, { "x-portkey-retry": "0" });
    const { error } = (await response.json()) as { error: { message: string } };
    expect(response.status).toBe(status);
    expect(error.message.startsWith(lead)).toBe(true);
    expect(error.message).toContain(said);
  });

  test.each([500, 502, 503, 529])("with %d keeps its status", async (status) => {
    world.at("openai").next(openAiError(status, { message: "Overloaded" }));
    const response = await ask({ model: "gpt-3.5-turbo", portkey_provider: "openai" }, { "x-portkey-retry": "0" });
    expect([response.status, await response.json()]).toMatchObject([status, { error: { message: "Overloaded" } }]);
  });

  test("with a page instead of JSON is put into words", async () => {
    world.at("openai").next(html(502, "<html><head><style>b{}</style></head><h1>Bad gateway</h1><p>nginx</p></html>"));
    const response = await ask({ model: "gpt-3.5-turbo", portkey_provider: "openai" }, { "x-portkey-retry": "0" });
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(/openai.*Bad gateway nginx/) as unknown } });
  });
});

describe("a connection", () => {
  test("that nobody takes is 502 and says so", async () => {
    const closed = await startScriptedProvider();
    await closed.close();
    await using postern = await startPostern(openAiAt(closed));
    const headers = { "x-portkey-retry": "0" };
    const response = await postJson(`${postern.url}/v1/chat/completions`, { model: "gpt-4", messages }, { key: postern.key, headers });
    expect([response.status, await response.json()]).toMatchObject([
      502,
      { error: { code: "upstream_unreachable", message: expect.stringContaining("openai") as unknown } },
    ]);
  });
});

describe("DEBUG=postern:*", () => {
  test("prints what happens on stderr, and no key, prompt or answer", async () => {
    world.forget();
    world.at("openai").next(openAiError(401, { message: `Incorrect API key provided: ${openAiKey}` }));
    await (await ask({ model: "@openai/gpt-4o" })).text();
    await (await ask({ model: "@groq/llama-3.3-70b-versatile", stream: true })).text();
    await (await ask({ model: "portkey-gpt4" })).text();
    await postJson(`${world.postern.url}/v1/chat/completions`, { model: "m", messages }, { key: "postern_wrong-key-Zx5" });
    await (await ask({ model: 7 })).text();
    // The last call's line is the last: what comes through a pipe may come after the answer.
    await eventually(() => expect(world.postern.stderr()).toContain("-> 400 invalid_value"));
    const printed = world.postern.stderr();
    expect(printed).toMatch(/postern:routing.*openai gpt-4o/);
    expect(printed).toMatch(/postern:http.*POST \/v1\/chat\/completions -> 200/);
    expect(printed).toMatch(/postern:http.*POST \/v1\/chat\/completions -> 401/);
    for (const secret of [
      world.postern.key,
      openAiKey,
      "gsk_Hv4mQ7zLy2",
      "wrong-key-Zx5",
      "nobody-else-may-read",
      "from groq",
      "from openai",
    ]) {
      expect(printed.includes(secret), `stderr holds "${secret.slice(0, 4)}..."`).toBe(false);
    }
    assertClean(world.at("openai"), [world.postern.key]);
  });

  test("says nothing where it is not set", async () => {
    await using quiet = await startSeedWorld(["openai"], { environment: { OPENAI_API_KEY: openAiKey } });
    const response = await postJson(`${quiet.postern.url}/openai`, { model: "portkey-gpt4", messages }, { key: quiet.postern.key });
    await quiet.postern.stop();
    expect([response.status, quiet.postern.stderr()]).toEqual([200, ""]);
  });
});
