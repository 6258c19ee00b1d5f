import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { StoredConfig } from "#shared/schema/routing.ts";
import type { AdminClient } from "#shared/contract/client.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { openAiModels } from "../fakes/openai-replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

let postern: RunningPostern;
let provider: ScriptedProvider;
let call: AdminClient;
let file: string;

const before = `{
  // what I think about this
  "discovery": { "enabled": false },
  "aliases": {
    "fast": { "provider": "openai", "model": "gpt-4o" }, // for chats
    /* unused */
  },
}
`;

beforeAll(async () => {
  provider = await startScriptedProvider();
  provider.route("GET", "/v1/models", openAiModels(["gpt-4o"]));
  postern = await startPostern({ environment: { OPENAI_API_KEY: "sk-canary-9c1e5f2b7a" } });
  call = adminOf(postern);
  file = path.join(postern.dataFolder, "config.json");
});

afterAll(async () => {
  await postern.stop();
  await provider.close();
});

beforeEach(async () => {
  writeFileSync(file, before);
  await eventually(async () => {
    const { config } = await call("getStatus", {});
    const { source } = await call("getAlias", { parameters: { name: "fast" } });
    if (config.problems.length > 0 || source !== "own") throw new Error("the file is not in force yet");
  });
});

describe("aliases and configs", () => {
  test("are put into config.json and taken out again, and every comment stays where it was", async () => {
    await call("putAlias", { parameters: { name: "slow" }, body: { provider: "groq", model: "m" } });
    expect(readFileSync(file, "utf8")).toBe(
      before.replace(
        "// for chats\n    /* unused */",
        '// for chats\n    "slow": {\n      "provider": "groq",\n      "model": "m"\n    }\n    /* unused */',
      ),
    );
    await call("removeAlias", { parameters: { name: "slow" } });
    expect(readFileSync(file, "utf8")).toContain('"fast": { "provider": "openai", "model": "gpt-4o" } // for chats\n    /* unused */\n  }');
  });

  test("that ship can be replaced, and come back", async () => {
    const parameters = { name: "portkey-gpt4" };
    const changed = await call("putAlias", { parameters, body: { provider: "groq", model: "mine" } });
    await call("removeAlias", { parameters });
    const back = await call("getAlias", { parameters });
    expect([changed.source, changed.config.model, back.source, back.config.targets?.length]).toEqual(["changed", "mine", "shipped", 2]);
  });

  test.each([
    ["putAlias", "ok", { provider: "openai", api_key: "sk-1" }, "secrets do not belong"],
    ["putAlias", "ok", { provider: "openai", modle: "x" }, 'did you mean "model"'],
    ["putAlias", "ok", { config: "nowhere" }, 'names "nowhere"'],
    ["putAlias", "-no", { provider: "openai" }, "must begin with a letter or digit"],
    ["putAlias", "__proto__", { provider: "openai" }, "must begin with a letter or digit"],
    ["putConfig", "ok", { targets: [] }, "targets"],
    ["putConfig", "ok", [], "must be an object"],
    ["putConfig", "ok", { config: "ok" }, "leads back to itself"],
  ] as const)("%s %s %j is refused with the reason, and nothing is written", async (name, config, body, words) => {
    await expect(call(name, { parameters: { name: config }, body: body as never })).rejects.toThrow(words);
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test("that another one needs cannot be taken away", async () => {
    await call("putConfig", { parameters: { name: "base" }, body: { provider: "openai", model: "a" } });
    await call("putConfig", { parameters: { name: "top" }, body: { config: "base" } });
    await expect(call("removeConfig", { parameters: { name: "base" } })).rejects.toThrow('names "base"');
    await call("removeConfig", { parameters: { name: "top" } });
    await call("removeConfig", { parameters: { name: "base" } });
    await expect(call("getConfig", { parameters: { name: "base" } })).rejects.toMatchObject({ status: 404, code: "not_found" });
  });

  test("are all kept when many are put at once", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `many-${index}`);
    await Promise.all(names.map((name) => call("putAlias", { parameters: { name }, body: { provider: "openai", model: name } })));
    const { aliases } = await call("listAliases", {});
    expect(names.filter((name) => !aliases.some((alias) => alias.name === name))).toEqual([]);
    expect(readFileSync(file, "utf8")).toContain("// for chats");
  });

  test("are not written into a file that is broken as it is", async () => {
    writeFileSync(file, '{ "aliases": { "fast": }');
    await expect(call("putAlias", { parameters: { name: "x" }, body: { provider: "openai" } })).rejects.toThrow("it is broken as it is");
    expect(readFileSync(file, "utf8")).toBe('{ "aliases": { "fast": }');
  });
});

describe("providers", () => {
  test("are listed with what the person changed, their keys and how they stand, and no secret", async () => {
    await call("putProvider", { parameters: { provider: "openai" }, body: { baseUrl: `${provider.origin}/v1` } });
    await call("putProvider", {
      parameters: { provider: "my-vllm" },
      body: { dialect: "openai-chat", baseUrl: "http://127.0.0.1:9/v1", auth: "none" },
    });
    const { providers } = await call("listProviders", {});
    const of = (id: string): unknown => providers.find((row) => row.id === id);
    expect(of("openai")).toMatchObject({
      source: "changed",
      // The variable's key is bound to the address that the row had at the start.
      state: "key-waits",
      baseUrl: `${provider.origin}/v1`,
      override: { baseUrl: `${provider.origin}/v1` },
      keys: [{ name: "environment", lastFour: "2b7a", waits: true }],
    });
    expect(of("my-vllm")).toMatchObject({ source: "own", state: "ready", name: "my-vllm" });
    expect(of("azure-openai")).toMatchObject({ state: "incomplete", values: [{ name: "resource", value: null }] });
    expect(of("ollama")).toMatchObject({ state: "not-accepted", local: true });
    expect(JSON.stringify(providers)).not.toContain("sk-canary");
    await call("removeProvider", { parameters: { provider: "openai" } });
    await call("removeProvider", { parameters: { provider: "my-vllm" } });
    const after = await call("listProviders", {});
    expect(after.providers.find((row) => row.id === "openai")).toMatchObject({ source: "built-in", override: null, state: "ready" });
    expect(after.providers.some((row) => row.id === "my-vllm")).toBe(false);
  });

  test.each([
    ["openai", { baseUrl: "http://169.254.169.254/v1" }, "metadata"],
    ["openai", { baseUrl: "https://me:pw@x/v1" }, "user name or password"],
    ["openai", { apiKey: "sk-1" }, "postern keys add"],
    ["nobody", { name: "Nobody" }, "dialect"],
    ["NO", { dialect: "openai-chat" }, "lower-case"],
  ])("%s %j is refused, and nothing is written", async (id, body, words) => {
    await expect(call("putProvider", { parameters: { provider: id }, body })).rejects.toThrow(words);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
});

describe("settings", () => {
  test("are listed with their words and limits, set, and reset", async () => {
    const parameters = { section: "gateway", name: "idleTimeoutMs" };
    const set = await call("putSetting", { parameters, body: { value: 5_000 } });
    const reset = await call("resetSetting", { parameters });
    expect(set).toMatchObject({ title: "Longest silence", unit: "ms", value: 5_000, default: 300_000, isDefault: false });
    expect(set.schema).toMatchObject({ type: "integer", minimum: 100 });
    expect(reset.isDefault).toBe(true);
    const { settings } = await call("listSettings", {});
    expect(settings.filter(({ title, help }) => title === "" || help === "")).toEqual([]);
    expect(settings.map(({ section }) => section)).toEqual(expect.arrayContaining(["gateway", "discovery", "catalog", "observability"]));
  });

  test.each([
    ["gateway", "port", 70_000, "must be at most 65535"],
    ["gateway", "port", "80", "must be a number"],
    ["gateway", "allowedOrigins", ["nonsense"], "must be an origin"],
    ["gateway", "nothing", 1, "there is none"],
    ["aliases", "fast", {}, "there is none"],
    ["__proto__", "port", 1, "there is none"],
    ["observability", "logLevel", "loud", "must be one of"],
  ])("%s.%s = %j is refused", async (section, name, value, words) => {
    await expect(call("putSetting", { parameters: { section, name }, body: { value } })).rejects.toThrow(words);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
});

describe("explainRoute", () => {
  test("says where a call would go, and sends nothing", async () => {
    const requests = provider.requests.length;
    // Written as JSON: an object literal with a "then" would be taken for a promise's mistake.
    const strategy = JSON.parse(
      '{"mode":"conditional","conditions":[{"query":{"metadata.user":"paid"},"then":"good"}],"default":"cheap"}',
    ) as NonNullable<StoredConfig["strategy"]>;
    const explanation = await call("explainRoute", {
      body: {
        config: {
          strategy,
          targets: [
            { name: "good", provider: "openai", model: "gpt-4o" },
            { name: "cheap", provider: "postern", model: "hello" },
          ],
        },
        metadata: { user: "paid" },
      },
    });
    expect(explanation).toMatchObject({ decisions: [{ mode: "conditional" }], targets: [{ provider: "openai", model: "gpt-4o" }] });
    expect(provider.requests.length).toBe(requests);
  });

  test("takes a draft in the place of what is stored, and keeps to it where it names itself", async () => {
    const draft = { kind: "alias", name: "fast", config: { provider: "openai", model: "gpt-4o-mini" } } as const;
    expect(await call("explainRoute", { body: { model: "fast", draft } })).toMatchObject({
      alias: "fast",
      targets: [{ model: "gpt-4o-mini" }],
    });
    expect(await call("explainRoute", { body: { model: "fast" } })).toMatchObject({ targets: [{ model: "gpt-4o" }] });
  });

  test("draws by a header as the gateway would", async () => {
    const config: StoredConfig = {
      strategy: { mode: "loadbalance", sticky: { by: "headers.x-session" } },
      targets: ["a", "b", "c", "d"].map((model) => ({ provider: "openai", model })),
    };
    const drawn = (session: string): Promise<string | null | undefined> =>
      call("explainRoute", { body: { config, headers: { "x-session": session } } }).then(({ targets }) => targets[0]?.model);
    const first = await drawn("one");
    for (let time = 0; time < 8; time++) expect(await drawn("one")).toBe(first);
    const others = await Promise.all(Array.from({ length: 24 }, (_, index) => drawn(String(index))));
    expect(new Set(others).size).toBeGreaterThan(1);
  });

  test("says why a call could go nowhere", async () => {
    await expect(call("explainRoute", { body: { model: "@groq/x" } })).rejects.toMatchObject({ code: "provider_key_missing" });
    await expect(call("explainRoute", { body: { provider: "nobody", model: "x" } })).rejects.toMatchObject({ code: "unknown_provider" });
  });
});

test("listTargets shows what was called lately, and how its circuit stands", async () => {
  const body = JSON.stringify({ model: "@postern/hello", messages: [{ role: "user", content: "Hi" }] });
  const headers = { authorization: `Bearer ${postern.key}`, "content-type": "application/json" };
  await (await fetch(`${postern.url}/v1/chat/completions`, { method: "POST", headers, body })).text();
  const targets = await call("listTargets", {});
  expect(targets.at(-1)).toMatchObject({ provider: "postern", model: "hello", circuit: "closed", opensInMs: null });
});

describe("the admin API", () => {
  test.each([
    ["GET", "/admin/nothing", 404],
    ["DELETE", "/admin/status", 405],
    ["GET", "/admin/aliases/%zz", 404],
    ["GET", "/admin/aliases/fast/../../status", 200],
    ["PUT", "/admin/aliases/x", 400],
    ["POST", "/admin/explain", 413],
  ])("answers %s %s with %i", async (method, at, status) => {
    const { callControlSocket } = await import("../../electron/host/control-socket.ts");
    const body = status === 413 ? `{"model":"${"x".repeat(1_100_000)}"}` : method === "PUT" ? '{"provider":' : undefined;
    const answer = await callControlSocket(postern.dataFolder, at, { method, headers: {}, ...(body !== undefined && { body }) });
    expect(answer?.status).toBe(status);
    await answer?.body?.cancel();
  });
});
