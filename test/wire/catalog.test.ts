import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CatalogGateway, GatewayModel, ModelAnswer, ModelComparison, ModelPage } from "#shared/schema/model.ts";
import { withRunning } from "../../electron/headless/admin-client.ts";
import { gate, html, json, redirect, status } from "../fakes/replies.ts";
import { runCommand } from "../fakes/run-command.ts";
import { type RecordedRequest, type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type PosternOptions, type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { listRoutes, listsAt, openRouterModels, routeLists } from "./catalog-lists.ts";
import { eventually } from "./eventually.ts";

interface Failure {
  readonly error: { readonly code: string; readonly message: string };
}

async function ask<Body>(postern: RunningPostern, path: string, method = "GET"): Promise<{ status: number; body: Body }> {
  const response = await fetch(postern.url + path, { method, headers: { authorization: `Bearer ${postern.key}` } });
  return { status: response.status, body: (await response.json()) as Body };
}

describe("with every provider's key", () => {
  let provider: ScriptedProvider;
  let postern: RunningPostern;

  beforeAll(async () => {
    provider = await startScriptedProvider();
    routeLists(provider);
    postern = await startPostern(listsAt(provider));
    await ask(postern, "/catalog/refresh", "POST");
  });

  afterAll(async () => {
    await postern.stop();
    await provider.close();
  });

  test("each list is read from its own API, with its own kind of key, and nothing else is asked", async () => {
    const { body } = await ask<{ data: CatalogGateway[] }>(postern, "/catalog/gateways");
    const read = body.data.filter(({ models }) => models > 0).map(({ id, models, last_error }) => [id, models, last_error]);
    expect(Object.fromEntries(read.map(([id, models]) => [id, models]))).toEqual({
      anthropic: 1,
      bedrock: 2,
      // The live one, and those of the built-in list that are no language models.
      chutes: 7,
      cohere: 1,
      deepinfra: 1,
      featherless: 1,
      "google-ai": 1,
      "lm-studio": 1,
      "models.dev": 1,
      ollama: 1,
      openai: 2,
      openrouter: 12,
      portkey: 2,
    });
    expect(read.filter(([, , error]) => error !== null)).toEqual([]);
    const headersOf = (url: string): RecordedRequest["headers"] => provider.requests.find((request) => request.url === url)?.headers ?? {};
    expect(headersOf("/openrouter/api/v1/models")["authorization"]).toBe("Bearer sk-or-scripted-0123456789");
    expect(headersOf("/portkey/v1/models")["x-portkey-api-key"]).toBe("pk-scripted-0123456789");
    expect(headersOf("/featherless/v1/models")["authorization"]).toBe("Bearer rc-scripted-0123456789");
    expect(headersOf("/deepinfra/v1/openai/models")["authorization"]).toBe("Bearer di-scripted-0123456789");
    expect(headersOf("/anthropic/v1/models?limit=1000")).toMatchObject({
      "x-api-key": "sk-ant-scripted-0123456789",
      "anthropic-version": "2023-06-01",
    });
    expect(headersOf("/google/v1beta/models?pageSize=1000")["x-goog-api-key"]).toBe("AIza-scripted-0123456789");
    expect(headersOf("/bedrock/foundation-models")["authorization"]).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDSCRIPTED/);
    expect(headersOf("/models-dev/api.json")["authorization"]).toBeUndefined();
    expect(headersOf("/ollama/api/tags")["authorization"]).toBeUndefined();
  });

  test("GET /catalog/model answers in the promised shape, from the first gateway that has it", async () => {
    const { status: code, body } = await ask<ModelAnswer>(postern, "/catalog/model/openai/gpt-4");
    expect({ code, provider: body.provider, model: body.model, gateway: body.gateway, hf: body.include_huggingface }).toEqual({
      code: 200,
      provider: "openai",
      model: "gpt-4",
      gateway: "openrouter",
      hf: true,
    });
    expect(Date.parse(body.timestamp)).toBeGreaterThan(0);
    expect(body.freshness).toMatchObject({ stale: false });
    expect(body.data).toMatchObject({
      id: "openai/gpt-4",
      slug: "openai/gpt-4",
      canonical_slug: "openai/gpt-4",
      name: "OpenAI: GPT-4",
      description: "A large model.",
      context_length: 8_191,
      max_output_tokens: 4_096,
      architecture: {
        modality: "text->text",
        input_modalities: ["text"],
        output_modalities: ["text"],
        tokenizer: "GPT",
        instruct_type: null,
      },
      pricing: { prompt: "0.00003", completion: "0.00006", request: "0", image: "0" },
      capabilities: { tools: true, json_schema: true, reasoning: false, caching: null },
      provider_slug: "openai",
      provider_site_url: "https://openai.com",
      source_gateway: "openrouter",
      pricing_source: null,
      huggingface_metrics: null,
      hosts: [
        {
          provider_name: "Azure",
          uptime_last_30m: 99.5,
          latency_ms: 812,
          throughput_tokens_per_second: 45.2,
          pricing: { prompt: "0.00003" },
        },
      ],
    } satisfies Partial<Record<keyof GatewayModel, unknown>>);
  });

  test("a named gateway answers with its own id, limits and prices, and Hugging Face's counts", async () => {
    const { body } = await ask<ModelAnswer>(postern, "/catalog/model/meta-llama/Meta-Llama-3.1-8B-Instruct?gateway=deepinfra");
    expect(body.data).toMatchObject({
      id: "meta-llama/Meta-Llama-3.1-8B-Instruct",
      slug: "meta-llama/llama-3-1-8b-instruct",
      source_gateway: "deepinfra",
      pricing: { prompt: "0.00000003", completion: "0.00000005" },
      license: "llama3.1",
      huggingface_metrics: { downloads: 5_600_000, likes: 4_200, pipeline_tag: "text-generation", parameters: 8_030_261_248 },
    });
    const short = await ask<ModelAnswer>(
      postern,
      "/catalog/model/meta-llama/llama-3.1-8b-instruct?gateway=featherless&include_huggingface=false",
    );
    expect(short.body).toMatchObject({
      gateway: "featherless",
      include_huggingface: false,
      // Paid by the month: nobody else's price is shown for it.
      data: { context_length: 16_384, huggingface_metrics: null, pricing: { prompt: null } },
    });
  });

  test("Portkey's models have the prices of OpenRouter, and say so", async () => {
    const { body } = await ask<ModelAnswer>(postern, "/catalog/model/anthropic/claude-sonnet-4.5?gateway=portkey");
    expect(body.data).toMatchObject({
      id: "@anthropic-prod/claude-sonnet-4-5",
      source_gateway: "portkey",
      pricing: { prompt: "0.000003", completion: "0.000015" },
      pricing_source: "openrouter",
    });
  });

  test("the built-in models of Chutes stay beside its live list", async () => {
    const { body } = await ask<ModelAnswer>(postern, "/catalog/model/stability-ai/sdxl?gateway=chutes&include_huggingface=false");
    expect(body.data).toMatchObject({ id: "stability-ai/sdxl", architecture: { modality: "text->image" } });
  });

  test("one row holds a model's spellings at all its providers", async () => {
    const names = [
      "anthropic/claude-sonnet-4.5",
      "claude-sonnet-4-5-20250929",
      "anthropic/claude-4.5-sonnet-20250929",
      "@bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      "@portkey/@anthropic-prod/claude-sonnet-4-5",
    ];
    const { body } = await ask<ModelComparison>(postern, `/catalog/compare?models=${names.map(encodeURIComponent).join(",")}`);
    expect({ found: body.models.map(({ id }) => id), missing: body.not_found }).toEqual({
      found: ["anthropic/claude-sonnet-4.5"],
      missing: [],
    });
    expect(new Set(body.models[0]?.endpoints.map(({ gateway, id }) => `@${gateway}/${id}`))).toEqual(
      new Set([
        "@anthropic/claude-sonnet-4-5-20250929",
        "@bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "@openrouter/anthropic/claude-sonnet-4.5",
        "@portkey/@anthropic-prod/claude-sonnet-4-5",
      ]),
    );
    // The maker's own list knows best.
    expect(body.models[0]).toMatchObject({ context_length: 200_000, max_output_tokens: 64_000 });
  });

  test("a date in a name is a version of its own, priced by models.dev where the provider says nothing", async () => {
    const { body } = await ask<ModelAnswer>(postern, "/catalog/model/openai/gpt-4o-2024-08-06?gateway=openai");
    expect(body.data).toMatchObject({
      id: "gpt-4o-2024-08-06",
      context_length: 128_000,
      pricing: { prompt: "0.0000025", completion: "0.00001", input_cache_read: "0.00000125" },
      pricing_source: "models.dev",
      capabilities: { tools: true, json_schema: true },
    });
    expect((await ask<Failure>(postern, "/catalog/model/openai/gpt-4o-2023-01-01?gateway=openai")).status).toBe(404);
  });

  test("GET /catalog/models filters, sorts and turns pages without losing a model", async () => {
    const page = await ask<ModelPage>(postern, "/catalog/models?text=claude&capabilities=vision,reasoning&min_context=100000&max_price=5");
    expect(page.body.data.map(({ id }) => id)).toEqual(["anthropic/claude-sonnet-4.5"]);
    const seen: string[] = [];
    let cursor: string | null = "";
    for (let pages = 0; cursor !== null && pages < 20; pages++) {
      const next: { body: ModelPage } = await ask<ModelPage>(
        postern,
        `/catalog/models?provider=filler&sort=price&descending=true&limit=3${cursor === "" ? "" : `&cursor=${cursor}`}`,
      );
      seen.push(...next.body.data.map(({ id }) => id));
      cursor = next.body.next_cursor;
    }
    expect(seen).toEqual(["theta", "eta", "zeta", "epsilon", "delta", "gamma", "beta", "alpha"].map((name) => `filler/${name}`));
    const images = await ask<ModelPage>(postern, "/catalog/models?modality=->image");
    expect(images.body.data.map(({ id }) => id)).toContain("stability-ai/sdxl");
    const wrong = await ask<Failure>(postern, "/catalog/models?sort=beauty");
    expect([wrong.status, wrong.body.error.code]).toEqual([400, "invalid_value"]);
  });

  test("GET /v1/models has names, context and prices beside OpenAI's shape", async () => {
    const { body } = await ask<{ data: Record<string, unknown>[] }>(postern, "/v1/models");
    expect(body.data).toContainEqual({
      id: "@anthropic/claude-sonnet-4-5-20250929",
      object: "model",
      created: 1_759_104_000,
      owned_by: "anthropic",
      name: "Claude Sonnet 4.5",
      context_length: 200_000,
      pricing: expect.objectContaining({ prompt: expect.any(String) as unknown }) as unknown,
      postern: { kind: "model", provider: "anthropic" },
    });
    expect(body.data).toContainEqual(
      expect.objectContaining({
        id: "@deepinfra/meta-llama/Meta-Llama-3.1-8B-Instruct",
        pricing: { prompt: "0.00000003", completion: "0.00000005" },
      }),
    );
  });

  test("GET /v1/models says of an alias whether anybody could answer it", async () => {
    const { body } = await ask<{ data: { id: string; postern: object }[] }>(postern, "/v1/models");
    const facts = Object.fromEntries(body.data.map((entry) => [entry.id, entry.postern]));
    expect(facts).toMatchObject({
      "portkey-claude": { kind: "alias", callable: true },
      "portkey-mistral": { kind: "alias", callable: false },
    });
  });

  test("an unknown gateway is OpenRouter's, with a word in the log", async () => {
    const { body } = await ask<ModelAnswer>(postern, "/catalog/model/openai/gpt-4?gateway=nonesuch");
    expect(body.gateway).toBe("openrouter");
    await eventually(() => expect(postern.stderr()).toContain('There is no catalog gateway "nonesuch"'));
  });

  test("GET /catalog/gateways measures the providers by the log of calls", async () => {
    const chat = {
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "gpt-4",
      choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    };
    provider.route("POST", "/openai/v1/chat/completions", json(200, chat));
    const call = (): Promise<Response> =>
      fetch(`${postern.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json", "x-portkey-retry": "0" },
        body: JSON.stringify({ model: "@openai/gpt-4", messages: [{ role: "user", content: "Hi" }] }),
      });
    expect((await call()).status).toBe(200);
    provider.route("POST", "/openai/v1/chat/completions", status(503));
    expect((await call()).status).toBe(503);
    // That the client was wrong says nothing of the provider.
    provider.route("POST", "/openai/v1/chat/completions", json(400, { error: { message: "No." } }));
    expect((await call()).status).toBe(400);
    await eventually(async () => {
      const { body } = await ask<{ data: CatalogGateway[] }>(postern, "/catalog/gateways");
      const measured = body.data.find(({ id }) => id === "openai")?.measured;
      expect(measured).toMatchObject({ calls: 3, availability: 2 / 3 });
    });
  });

  test("the admin API shows the same", async () => {
    const seen = await withRunning(postern.dataFolder, async (call) => ({
      model: await call("describeModel", {
        body: { provider: "openai", model: "gpt-4", gateways: ["openrouter"], includeHuggingFace: false },
      }),
      compared: await call("compareModels", { body: { models: ["openai/gpt-4", "nobody/nothing"] } }),
      page: await call("queryModels", { body: { text: "claude", limit: 1 } }),
      gateways: await call("listGateways", {}),
      refreshed: await call("refreshCatalog", { body: { gateways: ["openrouter"] } }),
      forgotten: await call("forgetGateway", { parameters: { gateway: "ollama" } }),
    }));
    const { body } = await ask<ModelAnswer>(postern, "/catalog/model/openai/gpt-4?gateway=openrouter&include_huggingface=false");
    expect(seen?.model.data).toEqual(body.data);
    expect(seen?.compared).toMatchObject({ models: [{ id: "openai/gpt-4" }], not_found: ["nobody/nothing"] });
    expect(seen?.page.data.map(({ id }) => id)).toEqual(["anthropic/claude-3-opus"]);
    expect(seen?.gateways.gateways.find(({ id }) => id === "models.dev")).toMatchObject({ kind: "public", models: 1 });
    expect(seen?.refreshed.outcomes).toMatchObject([{ gateway: "openrouter", models: 12, message: null }]);
    expect(seen?.forgotten).toEqual({ removed: true });
  });

  test("postern models prints it", async () => {
    const { code, stdout } = await runCommand(["models", "claude", "--json", "--data-dir", postern.dataFolder]);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as ModelPage).data.map(({ id }) => id)).toContain("anthropic/claude-sonnet-4.5");
    const words = await runCommand(["models", "gpt-4", "--data-dir", postern.dataFolder]);
    expect(words.stdout).toContain("$30 in, $60 out");
  });

  test("what changes the catalog needs its own method, and every path a key", async () => {
    expect((await ask<Failure>(postern, "/catalog/refresh")).status).toBe(405);
    expect((await ask<Failure>(postern, "/catalog/cache/openrouter")).status).toBe(405);
    expect((await ask<Failure>(postern, "/catalog/nonesuch")).status).toBe(404);
    for (const [method, url] of [
      ["GET", "/catalog/model/openai/gpt-4"],
      ["POST", "/catalog/refresh"],
      ["DELETE", "/catalog/cache/openrouter"],
    ] as const) {
      expect((await fetch(postern.url + url, { method })).status).toBe(401);
    }
  });
});

describe("without keys", () => {
  let provider: ScriptedProvider;
  let postern: RunningPostern;

  beforeAll(async () => {
    provider = await startScriptedProvider();
    routeLists(provider);
    postern = await startPostern({ config: listsAt(provider).config });
  });

  afterAll(async () => {
    await postern.stop();
    await provider.close();
  });

  test("a gateway that needs a key says which, and is not asked", async () => {
    const portkey = await ask<Failure>(postern, "/catalog/model/anthropic/claude-3-opus?gateway=portkey");
    expect([portkey.status, portkey.body.error.code]).toEqual([401, "provider_key_missing"]);
    expect(portkey.body.error.message).toMatch(/^Portkey API key not configured/);
    const featherless = await ask<Failure>(postern, "/catalog/model/meta-llama/llama-3?gateway=featherless");
    expect(featherless.body.error.message).toMatch(/^Provider API key not configured for featherless/);
    expect(provider.requests.map(({ url }) => url)).toEqual([]);
  });

  test("Chutes answers from its built-in list", async () => {
    const { status: code, body } = await ask<ModelAnswer>(
      postern,
      "/catalog/model/stability-ai/sdxl?gateway=chutes&include_huggingface=false",
    );
    expect({ code, freshness: body.freshness }).toEqual({ code: 200, freshness: { fetched_at: null, age_seconds: null, stale: false } });
    expect((await ask<Failure>(postern, "/catalog/model/nobody/nothing?gateway=chutes")).status).toBe(404);
    expect(provider.requests).toEqual([]);
  });

  test("OpenRouter's open list is asked without one", async () => {
    const { body } = await ask<ModelAnswer>(postern, "/catalog/model/openai/gpt-4");
    expect(body.gateway).toBe("openrouter");
    const asked = provider.requests.filter(({ url }) => url.startsWith("/openrouter"));
    expect(asked.map(({ url, headers }) => [url, headers["authorization"]])).toEqual([
      ["/openrouter/api/v1/models", undefined],
      ["/openrouter/api/v1/models/openai/gpt-4/endpoints", undefined],
    ]);
  });

  test("a model that no list has is 404", async () => {
    const answer = await ask<Failure>(postern, "/catalog/model/nobody/nothing");
    expect([answer.status, answer.body.error.code]).toEqual([404, "model_not_found"]);
  });
});

describe("the cache", () => {
  let provider: ScriptedProvider;
  let folder: string;

  beforeEach(async () => {
    provider = await startScriptedProvider();
    routeLists(provider);
    folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
  });

  afterEach(async () => {
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const optionsOf = (catalog: Record<string, unknown> = {}): PosternOptions => {
    const { config } = listsAt(provider);
    return { dataFolder: folder, config: { ...config, catalog: { ...config.catalog, ...catalog } } };
  };

  test("outlives a restart without a network, private to its owner, and is shown as old", async () => {
    await using first = await startPostern(optionsOf());
    await ask(first, "/catalog/model/openai/gpt-4");
    await first.stop();
    await provider.close();
    const files = readdirSync(path.join(folder, "catalog"));
    expect(files).toContain("openrouter.list.json");
    const isOpenToOthers = (file: string): boolean => (statSync(path.join(folder, "catalog", file)).mode & 0o077) !== 0;
    // Windows keeps a folder private by other means.
    expect(process.platform === "win32" ? [] : files.filter(isOpenToOthers)).toEqual([]);
    await using second = await startPostern(optionsOf());
    const { status: code, body } = await ask<ModelAnswer>(second, "/catalog/model/openai/gpt-4");
    expect({ code, gateway: body.gateway, prompt: body.data.pricing.prompt }).toEqual({
      code: 200,
      gateway: "openrouter",
      prompt: "0.00003",
    });
    expect((await ask<Failure>(second, "/catalog/model/nobody/nothing?gateway=openrouter")).status).toBe(503);
  });

  test("an old list is shown as old at once, and fetched anew behind the answer", async () => {
    await using first = await startPostern(optionsOf());
    await ask(first, "/catalog/refresh?gateway=openrouter", "POST");
    await first.stop();
    const file = path.join(folder, "catalog", "openrouter.list.json");
    const list = JSON.parse(readFileSync(file, "utf8")) as { fetchedAtMs: number };
    writeFileSync(file, JSON.stringify({ ...list, fetchedAtMs: list.fetchedAtMs - 7_200_000 }));
    const held = gate();
    const newer = { data: [{ ...openRouterModels[0], pricing: { prompt: "0.00009", completion: "0.00009" } }] };
    provider.route("GET", "/openrouter/api/v1/models", async (exchange) => {
      await held.opened;
      await json(200, newer)(exchange);
    });
    await using second = await startPostern(optionsOf());
    const old = await ask<ModelAnswer>(second, "/catalog/model/openai/gpt-4");
    expect(old.body).toMatchObject({ freshness: { stale: true }, data: { pricing: { prompt: "0.00003" } } });
    expect(old.body.freshness.age_seconds).toBeGreaterThanOrEqual(7_200);
    held.open();
    await eventually(async () => {
      const { body } = await ask<ModelAnswer>(second, "/catalog/model/openai/gpt-4");
      expect(body).toMatchObject({ freshness: { stale: false }, data: { pricing: { prompt: "0.00009" } } });
    });
  });

  test.each([
    ["half a file", (text: string) => text.slice(0, text.length / 2)],
    ["another version", (text: string) => text.replace('"version":1', '"version":2')],
    ["another address", (text: string) => text.replaceAll("127.0.0.1", "127.0.0.9")],
    ["no list", () => "[]"],
  ])("a file with %s is fetched anew", async (_what, spoil) => {
    await using first = await startPostern(optionsOf());
    await ask(first, "/catalog/refresh?gateway=openrouter", "POST");
    await first.stop();
    const file = path.join(folder, "catalog", "openrouter.list.json");
    writeFileSync(file, spoil(readFileSync(file, "utf8")));
    provider.forget();
    await using second = await startPostern(optionsOf());
    expect((await ask<ModelAnswer>(second, "/catalog/model/openai/gpt-4")).body.gateway).toBe("openrouter");
    expect(provider.requests.some(({ url }) => url === "/openrouter/api/v1/models")).toBe(true);
  });

  test("asks again only for what is new: a list that did not change is not sent twice", async () => {
    await using postern = await startPostern(optionsOf());
    await ask(postern, "/catalog/refresh?gateway=openrouter", "POST");
    provider.route("GET", "/openrouter/api/v1/models", (exchange) =>
      (exchange.request.headers["if-none-match"] === '"one"' ? status(304, { etag: '"one"' }) : json(200, { data: [] }))(exchange),
    );
    const { body } = await ask<{ data: unknown[] }>(postern, "/catalog/refresh?gateway=openrouter", "POST");
    expect(body.data).toEqual([{ gateway: "openrouter", outcome: "unchanged", models: 12, message: null }]);
  });

  test("a model that is not in it is looked for in a fresh list", async () => {
    await using postern = await startPostern(optionsOf());
    await ask(postern, "/catalog/refresh?gateway=openrouter", "POST");
    const newModel = { id: "openai/gpt-9", name: "GPT-9", pricing: { prompt: "0.001", completion: "0.002" } };
    provider.route("GET", "/openrouter/api/v1/models", json(200, { data: [...openRouterModels, newModel] }));
    const { body } = await ask<ModelAnswer>(postern, "/catalog/model/openai/gpt-9");
    expect(body.data.pricing.prompt).toBe("0.001");
  });

  test("can be emptied, one gateway at a time", async () => {
    await using postern = await startPostern(optionsOf());
    await ask(postern, "/catalog/refresh?gateway=openrouter", "POST");
    const { body } = await ask<{ removed: boolean }>(postern, "/catalog/cache/openrouter", "DELETE");
    expect(body).toEqual({ gateway: "openrouter", removed: true });
    const gateways = await ask<{ data: CatalogGateway[] }>(postern, "/catalog/gateways");
    expect(gateways.body.data.find(({ id }) => id === "openrouter")?.models).toBe(0);
  });

  const good = openRouterModels[0] as Record<string, unknown>;
  const many = (bad: Record<string, unknown>): unknown => ({ data: [good, bad, { ...bad }, { ...bad }] });
  test.each([
    ["a negative price", json(200, many({ ...good, id: "a/b", pricing: { prompt: "-1", completion: "0" } }))],
    ["an endless price", json(200, many({ ...good, id: "a/b", pricing: { prompt: "1e999", completion: "0" } }))],
    ["an id that means something to objects", json(200, many({ ...good, id: "__proto__" }))],
    ["a name that is markup", json(200, many({ ...good, id: "a/b", name: "<img src=x onerror=alert(1)>" }))],
    ["half a document", { body: '{"data":[{"id":"openai/gp' }],
    ["a page", html(200)],
    ["something else", json(200, { models: "none" })],
    ["nothing", json(200, { data: [] })],
    ["nine megabytes", { body: JSON.stringify({ data: [good], padding: "x".repeat(9_000_000) }) }],
    ["another address", redirect(302, "http://127.0.0.1:1/api/v1/models")],
    ["a failure", status(500)],
  ])("keeps the last good list where a source sends %s, and says so once", async (_what, script) => {
    await using postern = await startPostern(optionsOf());
    await ask(postern, "/catalog/refresh?gateway=openrouter", "POST");
    const bad = "body" in script ? json(200, null) : script;
    provider.route(
      "GET",
      "/openrouter/api/v1/models",
      "body" in script
        ? async (exchange) => {
            await exchange.head(200, { "content-type": "application/json", "content-length": String(Buffer.byteLength(script.body)) });
            await exchange.body(script.body);
            await exchange.finish();
          }
        : bad,
    );
    for (let time = 0; time < 2; time++) {
      const { body } = await ask<{ data: { outcome: string; models: number }[] }>(postern, "/catalog/refresh?gateway=openrouter", "POST");
      expect(body.data[0]).toMatchObject({ outcome: "failed", models: 12 });
    }
    const { body } = await ask<ModelAnswer>(postern, "/catalog/model/openai/gpt-4");
    expect(body.data.pricing.prompt).toBe("0.00003");
    const warnings = postern
      .stderr()
      .split("\n")
      .filter((line) => line.includes("openrouter"));
    expect(warnings).toHaveLength(1);
    const gateways = await ask<{ data: CatalogGateway[] }>(postern, "/catalog/gateways");
    expect(gateways.body.data.find(({ id }) => id === "openrouter")?.last_error).not.toBeNull();
  });
});

describe("choosing gateways", () => {
  let provider: ScriptedProvider;

  beforeEach(async () => {
    provider = await startScriptedProvider();
    routeLists(provider);
  });

  afterEach(() => provider.close());

  const start = (catalog: Record<string, unknown>): Promise<RunningPostern> => {
    const { config, environment } = listsAt(provider);
    const sources = { ...config.catalog.sources, ...(catalog["sources"] as Record<string, unknown> | undefined) };
    return startPostern({ config: { ...config, catalog: { ...catalog, sources } }, environment });
  };

  const llama = "/catalog/model/meta-llama/llama-3.1-8b-instruct";

  test("weights decide who answers first, and 0 is never chosen unasked", async () => {
    await using heavy = await start({ sources: { deepinfra: { weight: 5 } } });
    expect((await ask<ModelAnswer>(heavy, llama)).body.gateway).toBe("deepinfra");
    await using light = await start({ sources: { openrouter: { weight: 0 } } });
    expect((await ask<ModelAnswer>(light, llama)).body.gateway).toBe("featherless");
  });

  test("a gateway that cannot be reached is 503 and named; a chain goes on to the next", async () => {
    provider.route("GET", "/deepinfra/v1/openai/models", (exchange) => exchange.reset());
    await using postern = await start({});
    const alone = await ask<Failure>(postern, `${llama}?gateway=deepinfra`);
    expect([alone.status, alone.body.error.code]).toEqual([503, "upstream_unreachable"]);
    expect(alone.body.error.message).toContain("deepinfra");
    const chain = await ask<ModelAnswer>(postern, `${llama}?gateway=deepinfra,featherless`);
    expect(chain.body).toMatchObject({ gateway: "featherless", passed_over: [{ gateway: "deepinfra" }] });
  });

  test("the configured chain is tried where a named gateway cannot be reached, not where it lacks the model", async () => {
    await using postern = await start({ fallback: ["openrouter"] });
    expect((await ask<Failure>(postern, "/catalog/model/openai/gpt-4?gateway=featherless")).status).toBe(404);
    provider.route("GET", "/deepinfra/v1/openai/models", (exchange) => exchange.reset());
    expect((await ask<ModelAnswer>(postern, `${llama}?gateway=deepinfra`)).body).toMatchObject({
      gateway: "openrouter",
      passed_over: [{ gateway: "deepinfra" }],
    });
  });

  test("a source that is switched off is not asked, nor shown", async () => {
    await using postern = await start({ sources: { openrouter: { enabled: false }, "models.dev": { enabled: false } } });
    await ask<ModelPage>(postern, "/catalog/models");
    expect(provider.requests.filter(({ url }) => url.startsWith("/openrouter") || url.startsWith("/models-dev"))).toEqual([]);
    expect((await ask<Failure>(postern, "/catalog/model/openai/gpt-4?gateway=openrouter")).status).toBe(400);
  });

  test("a list at another address than its provider's gets a key only if it stood there at the start", async () => {
    await using elsewhere = await startScriptedProvider();
    elsewhere.route("GET", "/v1/models", listRoutes["/portkey/v1/models"] as never);
    await using postern = await start({ sources: { portkey: { baseUrl: `${elsewhere.origin}/v1` } } });
    const { body } = await ask<ModelAnswer>(postern, "/catalog/model/anthropic/claude-3-opus?gateway=portkey");
    expect(body.gateway).toBe("portkey");
    expect(elsewhere.requests[0]?.headers["x-portkey-api-key"]).toBe("pk-scripted-0123456789");
    await using later = await startScriptedProvider();
    const file = path.join(postern.dataFolder, "config.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(elsewhere.origin, later.origin));
    await eventually(async () => {
      const refused = await ask<Failure>(postern, "/catalog/model/anthropic/claude-3-opus?gateway=portkey");
      expect([refused.status, refused.body.error.code]).toEqual([403, "key_origin_mismatch"]);
    });
    expect(later.requests).toEqual([]);
  });
});
