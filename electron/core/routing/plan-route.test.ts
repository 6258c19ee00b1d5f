import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import type { EndpointId } from "#shared/schema/endpoint.ts";
import type { DialectId } from "#shared/schema/provider.ts";
import { defaultAliases } from "#shared/schema/default-aliases.ts";
import type { CallConfig } from "#shared/schema/routing.ts";
import { planRoute, type RouteCall, type RouteRow, type RouteWorld } from "./plan-route.ts";

const row = (id: string, fields: Partial<RouteRow> = {}): RouteRow => ({
  id,
  auth: "bearer",
  dialect: "openai-chat",
  endpoints: ["chat"],
  quirks: { responsesOnly: [] },
  enabled: true,
  local: false,
  missingOptions: [],
  ...fields,
});
const rows = [
  row("openai"),
  row("anthropic", { auth: "x-api-key" }),
  row("deepinfra"),
  row("groq"),
  row("portkey"),
  row("together-ai"),
  row("openrouter"),
  row("google-ai"),
  row("ollama", { auth: "none", local: true, enabled: false }),
  row("lm-studio", { auth: "none", local: true }),
  row("azure-openai", { missingOptions: ["resource"] }),
];

function world(
  options: { keys?: Record<string, string[]>; aliases?: Record<string, CallConfig>; served?: Record<string, string> } = {},
): RouteWorld<RouteRow> {
  const keys: Record<string, string[]> = options.keys ?? {
    openai: ["default", "work"],
    deepinfra: ["default"],
    groq: ["spare"],
    "azure-openai": ["default"],
  };
  const aliases: Record<string, CallConfig> = { ...defaultAliases, ...options.aliases };
  return {
    findRow: (id) => rows.find((candidate) => candidate.id === (id === "google" ? "google-ai" : id)),
    findAlias: (name) => (Object.hasOwn(aliases, name) ? aliases[name] : undefined),
    findConfig: () => undefined,
    hasKey: (provider, name) => (name === null ? (keys[provider] ?? []).length > 0 : (keys[provider] ?? []).includes(name)),
    explainMissingKey: (provider) => new PosternError("provider_key_missing", `Provider API key not configured for ${provider}`),
    providerOfKey: (name) => Object.keys(keys).find((provider) => keys[provider]?.includes(name) === true) ?? null,
    allowsHost: (origin) => origin.startsWith("http://127.0.0.1"),
    servedBy: (model) => options.served?.[model] ?? null,
  };
}

function call(fields: Partial<RouteCall> = {}): RouteCall {
  return {
    endpoint: "chat",
    model: null,
    config: null,
    provider: null,
    keyName: null,
    ownKey: null,
    hasGrant: true,
    customHost: null,
    retries: null,
    requestTimeoutMs: null,
    ...fields,
  };
}

function targets(fields: Partial<RouteCall>, options?: Parameters<typeof world>[0]): string[] {
  return planRoute(call(fields), world(options)).attempts.map((attempt) => `${attempt.row.id} ${attempt.model ?? "-"}`);
}

function refusal(fields: Partial<RouteCall>, options?: Parameters<typeof world>[0]): string {
  try {
    planRoute(call(fields), world(options));
  } catch (error) {
    if (error instanceof PosternError) return error.code;
    throw error;
  }
  return "no refusal";
}

describe("planRoute()", () => {
  it.each<[string, Partial<RouteCall>, string[]]>([
    ["a bare model goes to openai", { model: "gpt-4o" }, ["openai gpt-4o"]],
    ["a prefix names the provider and goes no further", { model: "@deepinfra/zai-org/GLM-4.5-Air" }, ["deepinfra zai-org/GLM-4.5-Air"]],
    ["a named provider keeps a slashed slug", { model: "jondurbin/airoboros", provider: "deepinfra" }, ["deepinfra jondurbin/airoboros"]],
    ["a named provider loses its own prefix", { model: "@deepinfra/a/b", provider: "deepinfra" }, ["deepinfra a/b"]],
    ["a named provider wins over an alias", { model: "portkey-llama", provider: "openai" }, ["openai portkey-llama"]],
    ["an alias is used by its name", { model: "portkey-gpt4" }, ["openai gpt-4", "openai gpt-4o"]],
    ["a key's name leads to its provider", { model: "m", keyName: "spare" }, ["groq m"]],
    ["an at-sign before a provider is taken, as hosted Portkey takes it", { model: "m", provider: "@openai" }, ["openai m"]],
    ["no model is no obstacle where the provider has a default", { provider: "openai" }, ["openai -"]],
  ])("%s", (_name, fields, expected) => {
    expect(targets(fields)).toEqual(expected);
  });

  it("asks the catalog before it falls back to openai", () => {
    expect(targets({ model: "llama-3" }, { served: { "llama-3": "groq" } })).toEqual(["groq llama-3"]);
  });

  it("keeps a foreign prefix for hosted Portkey, which routes by it", () => {
    expect(targets({ model: "@deepinfra/m", provider: "portkey" }, { keys: { portkey: ["default"] } })).toEqual(["portkey @deepinfra/m"]);
  });

  it("passes over targets without a key and says why", () => {
    const plan = planRoute(call({ model: "portkey-llama" }), world({ keys: { groq: ["default"] } }));
    expect(plan.attempts.map((attempt) => [attempt.row.id, attempt.model, attempt.optionPath])).toEqual([
      ["groq", "llama-3.3-70b-versatile", "config.targets[1]"],
    ]);
    expect(plan.skipped.map(({ optionPath, error }) => [optionPath, error.code])).toContainEqual([
      "config.targets[0]",
      "provider_key_missing",
    ]);
  });

  it.each<[string, Partial<RouteCall>, string]>([
    ["an unknown provider in the prefix", { model: "@nobody/m" }, "unknown_provider"],
    ["an unknown provider by name", { model: "m", provider: "nobody" }, "unknown_provider"],
    ["a prefix without a model", { model: "@openai/" }, "invalid_value"],
    ["a provider without a key", { model: "m", provider: "google" }, "provider_key_missing"],
    ["an alias all of whose targets lack a key", { model: "portkey-claude" }, "provider_key_missing"],
    ["a key of another name", { model: "m", provider: "openai", keyName: "nope" }, "provider_key_missing"],
    ["a local server that was not accepted", { model: "@ollama/llama3" }, "provider_not_accepted"],
    ["an address that is not complete", { model: "m", provider: "azure-openai" }, "provider_incomplete"],
    ["a config that nobody saved", { model: "m", config: "pc-team" }, "unknown_alias"],
    ["a custom host outside this machine", { model: "m", provider: "openai", customHost: "http://10.0.0.1/v1" }, "not_granted"],
  ])("refuses %s", (_name, fields, code) => {
    expect(refusal(fields)).toBe(code);
  });

  it("finds nothing under names that every object has", () => {
    expect(targets({ model: "constructor" })).toEqual(["openai constructor"]);
    expect(refusal({ config: "__proto__" })).toBe("unknown_alias");
  });

  describe("without a local key", () => {
    const own = { hasGrant: false, ownKey: "sk-own" };
    it("reaches the provider that the call names, with the caller's own key", () => {
      expect(planRoute(call({ ...own, model: "m", provider: "openai" }), world()).attempts).toMatchObject([
        { row: { id: "openai" }, ownKey: "sk-own" },
      ]);
    });

    it.each<[string, Partial<RouteCall>]>([
      ["an alias", { model: "portkey-gpt4" }],
      ["a bare model", { model: "gpt-4o" }],
      ["a prefix", { model: "@openai/gpt-4o" }],
      ["a stored key", { model: "m", provider: "openai", ownKey: null }],
      ["a keyless server", { model: "m", provider: "lm-studio" }],
      [
        "a config without a key on every leaf",
        { config: { strategy: { mode: "fallback" }, targets: [{ provider: "openai" }, { provider: "groq" }] } },
      ],
    ])("does not reach %s", (_name, fields) => {
      expect(refusal({ ...own, ...fields })).toBe("invalid_api_key");
    });

    it("does not reach a saved config or a custom host", () => {
      expect(refusal({ ...own, config: "portkey-gpt4" })).toBe("unknown_alias");
      expect(refusal({ ...own, model: "m", provider: "openai", customHost: "http://127.0.0.1:9/v1" })).toBe("not_granted");
    });
  });

  const asked = (endpoint: EndpointId, fields: Partial<RouteRow>): ReturnType<typeof planRoute> => {
    const alone = { ...world(), findRow: () => row("other", fields), hasKey: () => true };
    return planRoute(call({ endpoint, model: "a-codex-model", provider: "other" }), alone);
  };

  it.each<[EndpointId, Partial<RouteRow>, DialectId]>([
    ["chat", {}, "openai-chat"],
    ["chat", { dialect: "anthropic-messages" }, "anthropic-messages"],
    ["messages", {}, "openai-chat"],
    ["messages", { dialect: "anthropic-messages" }, "anthropic-messages"],
    ["messages", { endpoints: ["chat", "messages"] }, "anthropic-messages"],
    ["responses", {}, "openai-chat"],
    ["responses", { endpoints: ["chat", "responses"] }, "openai-responses"],
    ["generate", { dialect: "gemini-generate" }, "gemini-generate"],
    ["chat", { endpoints: ["chat", "responses"], quirks: { responsesOnly: ["*-codex*"] } }, "openai-responses"],
  ])("speaks with a provider that is asked for %s (%j) as %s", (endpoint, fields, dialect) => {
    expect(asked(endpoint, fields).attempts[0]?.dialect).toBe(dialect);
  });

  it.each<[EndpointId, Partial<RouteRow>]>([
    ["chat", { endpoints: ["embeddings"] }],
    ["rerank", {}],
  ])("refuses a provider that does not offer %s (%j)", (endpoint, fields) => {
    expect(() => asked(endpoint, fields)).toThrow(expect.objectContaining({ code: "endpoint_unsupported" }) as Error);
  });

  it("gives the caller's own key to no target of a config", () => {
    const plan = planRoute(call({ ownKey: "sk-own", config: { provider: "openai" }, model: "m" }), world());
    expect(plan.attempts[0]?.ownKey).toBeNull();
  });

  it("hands parameters, retries and time limits down and lets the inner value win", () => {
    const config: CallConfig = {
      strategy: { mode: "fallback", on_status_codes: [429] },
      override_params: { temperature: 0, seed: 1 },
      retry: { attempts: 2 },
      request_timeout: 1000,
      targets: [
        { provider: "openai", override_params: { seed: 2, model: "gpt-4o" } },
        { provider: "groq", retry: { attempts: 5, on_status_codes: [500] } },
      ],
    };
    const plan = planRoute(call({ model: "asked", config }), world());
    expect(plan.attempts).toMatchObject([
      {
        model: "gpt-4o",
        overrideParams: { temperature: 0, seed: 2 },
        retries: 2,
        nextOnStatuses: [429],
        requestTimeoutMs: 1000,
        optionPath: "config.targets[0]",
      },
      { model: "asked", overrideParams: { temperature: 0, seed: 1 }, retries: 5, retryStatuses: [500], optionPath: "config.targets[1]" },
    ]);
  });

  it("retries 3 times without a config, as often as the header says, and never by itself with a config", () => {
    const retries = (fields: Partial<RouteCall>): number | undefined =>
      planRoute(call({ model: "m", ...fields }), world()).attempts[0]?.retries;
    expect([retries({}), retries({ retries: 1 }), retries({ retries: 99 }), retries({ config: { provider: "openai" } })]).toEqual([
      3, 1, 10, 0,
    ]);
  });
});
