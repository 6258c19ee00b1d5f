import { describe, expect, it } from "vitest";
import { PosternError } from "#shared/errors.ts";
import { type CallConfig, callConfigSchema } from "#shared/schema/routing.ts";
import { callInputs, routeCall, routeWorld, type WorldFacts } from "../../../test/fakes/route-world.ts";
import { planTree } from "./plan-tree.ts";
import type { Route, RouteCall, RouteNode, RouteRow, RouteTarget } from "./route-types.ts";

function plan(fields: Partial<RouteCall>, facts?: WorldFacts): Route<RouteRow> {
  return planTree(routeCall(fields), routeWorld(facts));
}

function targetsOf(node: RouteNode<RouteRow>): RouteTarget<RouteRow>[] {
  return node.kind === "target" ? [node] : node.tries.flatMap(targetsOf);
}

function targets(fields: Partial<RouteCall>, facts?: WorldFacts): string[] {
  return targetsOf(plan(fields, facts).root).map(({ row, model }) => `${row.id} ${model ?? "-"}`);
}

function only(fields: Partial<RouteCall>, facts?: WorldFacts): RouteTarget<RouteRow> {
  const [target] = targetsOf(plan(fields, facts).root);
  if (target === undefined) throw new Error("the plan has no target");
  return target;
}

function refusal(fields: Partial<RouteCall>, facts?: WorldFacts): PosternError | null {
  try {
    plan(fields, facts);
  } catch (error) {
    if (error instanceof PosternError) return error;
    throw error;
  }
  return null;
}

/** A config as a call's header would bring it, checked. */
const read = (config: unknown): CallConfig => callConfigSchema.parse(config);

// oxlint-disable-next-line unicorn/no-thenable -- Portkey's name for it
const when = (query: object, name: string): object => ({ query, then: name });

const two = [
  { provider: "openai", model: "a" },
  { provider: "deepinfra", model: "b" },
];

describe("planTree()", () => {
  it.each<[string, Partial<RouteCall>, string[]]>([
    ["a bare model goes to openai", { model: "gpt-4o" }, ["openai gpt-4o"]],
    ["a prefix names the provider and goes no further", { model: "@deepinfra/zai-org/GLM-4.5-Air" }, ["deepinfra zai-org/GLM-4.5-Air"]],
    ["a named provider keeps a slashed slug", { model: "jondurbin/airoboros", provider: "deepinfra" }, ["deepinfra jondurbin/airoboros"]],
    ["a named provider loses its own prefix", { model: "@deepinfra/a/b", provider: "deepinfra" }, ["deepinfra a/b"]],
    ["a named provider wins over an alias", { model: "portkey-llama", provider: "openai" }, ["openai portkey-llama"]],
    ["an alias is used by its name", { model: "portkey-gpt4" }, ["openai gpt-4", "openai gpt-4o"]],
    ["a key's name leads to its provider", { model: "m", keyName: "spare" }, ["groq m"]],
    ["an at-sign before a provider is taken, as hosted Portkey takes it", { model: "m", provider: "@openai" }, ["openai m"]],
    ["an at-sign before a key's name names its provider", { model: "m", provider: "@spare" }, ["groq m"]],
    ["so does a prefix of the model", { model: "@spare/org/m" }, ["groq org/m"]],
    ["no model is no obstacle where the provider has a default", { provider: "openai" }, ["openai -"]],
  ])("%s", (_name, fields, expected) => {
    expect(targets(fields)).toEqual(expected);
  });

  it("uses the key that an at-sign names", () => {
    expect(only({ model: "m", provider: "@work" })).toMatchObject({ row: { id: "openai" }, keyName: "work" });
  });

  it("asks the catalog before it falls back to openai, and keeps a foreign prefix for hosted Portkey, which routes by it", () => {
    expect(targets({ model: "llama-3" }, { served: { "llama-3": "groq" }, keys: { groq: ["default"] } })).toEqual(["groq llama-3"]);
    expect(targets({ model: "@deepinfra/m", provider: "portkey" }, { keys: { portkey: ["default"] } })).toEqual(["portkey @deepinfra/m"]);
  });

  it("passes over targets without a key and says why", () => {
    const route = plan({ model: "portkey-llama" }, { keys: { groq: ["default"] } });
    expect(targetsOf(route.root).map(({ row, optionPath }) => [row.id, optionPath])).toEqual([["groq", "config.targets[1]"]]);
    expect(route.skipped[0]).toEqual({
      optionPath: "config.targets[0]",
      provider: "deepinfra",
      model: "meta-llama/Meta-Llama-3-70B-Instruct",
      reason: "unusable",
      message: "Provider API key not configured for deepinfra",
    });
    expect(route.skipped).toHaveLength(3);
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
    ["an endpoint that the provider does not have", { endpoint: "rerank", model: "m", provider: "openai" }, "endpoint_unsupported"],
    ["a custom host outside this machine", { model: "m", provider: "openai", customHost: "http://10.0.0.1/v1" }, "not_granted"],
    ["a call's config with such a host", { model: "m", config: { provider: "openai", custom_host: "http://10.0.0.1/v1" } }, "not_granted"],
  ])("refuses %s", (_name, fields, code) => {
    expect(refusal(fields)?.code).toBe(code);
  });

  it("says where a provider without a key was only guessed", () => {
    const words = (fields: Partial<RouteCall>, facts: WorldFacts = {}): string => refusal(fields, { keys: {}, ...facts })?.message ?? "";
    const guess = "is known to serve";
    expect(words({ model: "gpt-9" })).toContain(guess);
    expect(words({ model: "gpt-9" }, { facts: { "openai gpt-9": { vision: true } } })).not.toContain(guess);
    expect(words({ model: "gpt-9" }, { served: { "gpt-9": "openai" } })).not.toContain(guess);
    expect(words({ model: "gpt-9", provider: "openai" })).not.toContain(guess);
    expect(words({ model: "@openai/gpt-9" })).not.toContain(guess);
    expect(words({ model: "portkey-gpt4" })).not.toContain(guess);
  });

  it("finds nothing under names that every object has", () => {
    expect(targets({ model: "constructor" })).toEqual(["openai constructor"]);
    expect(refusal({ config: "__proto__" })?.code).toBe("unknown_alias");
    expect(refusal({ config: { config: "toString" } })?.code).toBe("unknown_alias");
  });

  it("speaks the client's dialect where the provider knows it, else the provider's own", () => {
    const spoken = (endpoint: RouteCall["endpoint"], provider: string): string =>
      only({ endpoint, model: "m", provider }, { keys: { openai: ["k"], anthropic: ["k"], groq: ["k"] } }).dialect;
    expect([spoken("chat", "openai"), spoken("responses", "openai"), spoken("messages", "openai")]).toEqual([
      "openai-chat",
      "openai-responses",
      "openai-chat",
    ]);
    expect([spoken("chat", "anthropic"), spoken("messages", "anthropic")]).toEqual(["anthropic-messages", "anthropic-messages"]);
    expect(spoken("responses", "groq")).toBe("openai-chat");
  });

  describe("without a local key", () => {
    const own = { hasGrant: false, ownKey: "sk-own" };

    it("reaches the provider that the call names, with the caller's own key", () => {
      expect(only({ ...own, model: "m", provider: "openai" })).toMatchObject({ row: { id: "openai" }, ownKey: "sk-own" });
    });

    it("reaches a config's targets that each bring a key", () => {
      const config = read({
        strategy: { mode: "fallback" },
        targets: two.map((target) => ({ ...target, api_key: `sk-${target.provider}` })),
      });
      expect(targetsOf(plan({ hasGrant: false, config }).root).map(({ ownKey }) => ownKey)).toEqual(["sk-openai", "sk-deepinfra"]);
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
      [
        "the other targets by a key at the top",
        { config: { api_key: "sk-top", strategy: { mode: "fallback" }, targets: [{ provider: "openai" }, { provider: "groq" }] } },
      ],
    ])("does not reach %s", (_name, fields) => {
      expect(refusal({ ...own, ...fields })?.code).toBe("invalid_api_key");
    });

    it("does not reach a saved config, an alias in a config, a key by its name, or a custom host", () => {
      expect(refusal({ ...own, config: "portkey-gpt4" })?.code).toBe("unknown_alias");
      expect(refusal({ ...own, config: { config: "portkey-gpt4" } })?.code).toBe("unknown_alias");
      expect(refusal({ ...own, config: { model: "portkey-gpt4" } })?.code).toBe("invalid_api_key");
      expect(refusal({ ...own, model: "m", provider: "@work" })?.code).toBe("unknown_provider");
      expect(refusal({ ...own, model: "m", provider: "openai", customHost: "http://127.0.0.1:9/v1" })?.code).toBe("not_granted");
    });
  });

  describe("settings", () => {
    it("come down from the parents: parameters merged, the rest replaced", () => {
      const config = read({
        strategy: { mode: "fallback", on_status_codes: [429] },
        override_params: { temperature: 0, seed: 1 },
        default_params: { top_p: 0.5 },
        retry: { attempts: 2 },
        request_timeout: 1000,
        deadline: 5000,
        forward_headers: ["X-Trace"],
        cache: { mode: "simple", max_age: 60 },
        hedge: { after_ms: 700 },
        strict_open_ai_compliance: false,
        targets: [
          { provider: "openai", override_params: { seed: 2, model: "gpt-4o" }, deadline: 9000 },
          {
            provider: "deepinfra",
            retry: { attempts: 5, on_status_codes: [500] },
            request_timeout: 0,
            cache: { mode: "simple", max_age: 3_600_000 },
          },
        ],
      });
      const route = plan({ model: "asked", config });
      expect(route.root).toMatchObject({ mode: "fallback", goesOnAt: [429], optionPath: "config" });
      expect(targetsOf(route.root)).toMatchObject([
        {
          model: "gpt-4o",
          overrideParams: { temperature: 0, seed: 2 },
          defaultParams: { top_p: 0.5 },
          retries: 2,
          requestTimeoutMs: 1000,
          deadlineMs: 5000,
          forwardHeaders: ["x-trace"],
          cache: { maxAgeMs: 60_000 },
          hedge: { afterMs: 700, most: 1 },
          strictOpenAiCompliance: false,
          optionPath: "config.targets[0]",
        },
        {
          model: "asked",
          overrideParams: { temperature: 0, seed: 1 },
          retries: 5,
          retryStatuses: [500],
          requestTimeoutMs: null,
          cache: { maxAgeMs: 3_600_000 },
          optionPath: "config.targets[1]",
        },
      ]);
    });

    it("of the call's headers go before those of the config", () => {
      const config = read({
        provider: "openai",
        custom_host: "http://127.0.0.1:1/v1",
        request_timeout: 5,
        forward_headers: ["x-a"],
        strict_open_ai_compliance: true,
      });
      const header = { customHost: "http://127.0.0.1:2/v1", requestTimeoutMs: 7, forwardHeaders: ["x-b"], strictOpenAiCompliance: false };
      expect(only({ model: "m", config, ...header })).toMatchObject(header);
    });

    it("retry 3 times without a config, as often as the header says, and never by themselves with a config", () => {
      const retries = (fields: Partial<RouteCall>): number => only({ model: "m", ...fields }).retries;
      expect([retries({}), retries({ retries: 1 }), retries({ retries: 99 }), retries({ config: { provider: "openai" } })]).toEqual([
        3, 1, 10, 0,
      ]);
    });

    it("take a target's own model before a parameter of its parent", () => {
      const config = read({
        strategy: { mode: "single" },
        model: "outer",
        targets: [{ provider: "openai", override_params: { model: "inner" } }],
      });
      expect(only({ model: "asked", config })).toMatchObject({ model: "inner", overrideParams: null });
    });

    it("use a default model only where the call names none", () => {
      expect(targets({ model: null, config: { provider: "openai", default_params: { model: "d" } } })).toEqual(["openai d"]);
    });

    it("keep a key with the provider that it stands beside", () => {
      const config = read({
        provider: "openai",
        virtual_key: "work",
        strategy: { mode: "fallback" },
        targets: [{ model: "a" }, { provider: "deepinfra" }],
      });
      expect(targetsOf(plan({ model: "m", config }).root).map(({ row, keyName }) => [row.id, keyName])).toEqual([
        ["openai", "work"],
        ["deepinfra", null],
      ]);
    });

    it("give the caller's own key to no target of a config, and a config's own key to nothing that the person saved", () => {
      expect(only({ ownKey: "sk-own", config: { provider: "openai" }, model: "m" }).ownKey).toBeNull();
      const saved = { configs: { team: { provider: "openai", model: "x" } } };
      expect(only({ config: { api_key: "sk-own", config: "team" } }, saved).ownKey).toBeNull();
    });

    it("ask no grant for a host that the person wrote down", () => {
      const saved = { configs: { lan: { provider: "openai", custom_host: "http://10.0.0.5:11434" } } };
      expect(only({ config: "lan", model: "m" }, saved).customHost).toBe("http://10.0.0.5:11434");
    });

    it("of one provider become headers and address, and concern no other", () => {
      const config = read({
        strategy: { mode: "fallback" },
        openai_organization: "org-1",
        azure_resource_name: "mine",
        targets: [{ provider: "openai" }, { provider: "azure-openai", azure_deployment_id: "dep" }, { provider: "deepinfra" }],
      });
      const found = targetsOf(plan({ model: "m", config }).root);
      expect(found.map(({ headers }) => headers)).toEqual([{ "openai-organization": "org-1" }, { "openai-organization": "org-1" }, null]);
      expect(found.map(({ row, model }) => [row.id, row.missingOptions, model])).toEqual([
        ["openai", [], "m"],
        ["azure-openai", [], "dep"],
        ["deepinfra", [], "m"],
      ]);
    });

    it("tell a caller without a grant nothing of whose key a name is", () => {
      const config = read({ virtual_key: "spare", api_key: "sk-own" });
      expect(refusal({ hasGrant: false, model: "m", config })?.code).toBe("invalid_api_key");
      expect(only({ model: "m", config }).row.id).toBe("groq");
    });

    it("take AWS keys of the call as one key of its own", () => {
      const config = read({ provider: "bedrock", aws_access_key_id: "AKIA", aws_secret_access_key: "s", aws_region: "eu-west-1" });
      expect(only({ hasGrant: false, model: "m", config }).ownKey).toBe('{"accessKeyId":"AKIA","secretAccessKey":"s"}');
    });
  });

  describe("aliases and saved configs in a config", () => {
    const aliases = {
      inner: { strategy: { mode: "fallback" as const }, targets: two },
      outer: {
        strategy: { mode: "fallback" as const },
        retry: { attempts: 4 },
        targets: [{ provider: "groq", virtual_key: "spare", model: "g" }, { config: "inner" }],
      },
    };

    it("stand where they are named, and inherit", () => {
      const route = plan({ model: "outer" }, { aliases });
      expect(route.alias).toBe("outer");
      expect(targetsOf(route.root).map(({ row, model, retries, optionPath }) => [row.id, model, retries, optionPath])).toEqual([
        ["groq", "g", 4, "config.targets[0]"],
        ["openai", "a", 4, "config.targets[1].targets[0]"],
        ["deepinfra", "b", 4, "config.targets[1].targets[1]"],
      ]);
    });

    it("are found by the model's name where no provider is named, and not where one is", () => {
      expect(targets({ config: { model: "inner" } }, { aliases })).toEqual(["openai a", "deepinfra b"]);
      expect(targets({ config: { model: "inner", provider: "openai" } }, { aliases })).toEqual(["openai inner"]);
    });

    it("say the same by x-portkey-config and by the model", () => {
      expect(plan({ config: "outer" }, { aliases })).toEqual(plan({ model: "outer" }, { aliases }));
    });

    it("may mean the model of their own name, but lead back in no other way", () => {
      expect(targets({ model: "same" }, { aliases: { same: { model: "same", retry: { attempts: 1 } } } })).toEqual(["openai same"]);
      const circle = { a: { model: "b" }, b: { strategy: { mode: "single" as const }, targets: [{ config: "a" }] } };
      expect(refusal({ model: "a" }, { aliases: circle })).toMatchObject({
        code: "invalid_config",
        message: expect.stringContaining("config.targets[0]: it leads back to itself (aliases.a -> aliases.b -> aliases.a)") as unknown,
      });
    });

    it("cannot grow without end", () => {
      const wide = (name: string): CallConfig => ({
        strategy: { mode: "fallback" },
        targets: Array.from({ length: 40 }, () => ({ config: name })),
      });
      const bomb = { a: wide("b"), b: wide("c"), c: { provider: "openai", model: "m" } };
      expect(refusal({ model: "a" }, { aliases: bomb })?.message).toContain("more than 256 targets");
    });
  });

  describe("loadbalance", () => {
    const balanced = read({
      strategy: { mode: "loadbalance" },
      targets: [{ ...two[0], weight: 3 }, { ...two[1] }, { provider: "groq", virtual_key: "spare", weight: 0 }],
    });

    it("draws by weight, and does not fail over", () => {
      const drawn = (random: number): string[] => targets({ config: balanced }, { random: () => random });
      expect([drawn(0), drawn(0.74), drawn(0.76), drawn(0.9999)]).toEqual([["openai a"], ["openai a"], ["deepinfra b"], ["deepinfra b"]]);
      expect(plan({ config: balanced }).skipped).toMatchObject([{ optionPath: "config.targets[2]", reason: "weight" }]);
    });

    it("leaves out what has no key and what is left alone", () => {
      expect(targets({ config: balanced }, { keys: { deepinfra: ["k"] } })).toEqual(["deepinfra b"]);
      const open = { circuit: (key: string) => (key.startsWith("openai ") ? ("open" as const) : ("closed" as const)) };
      expect(targets({ config: balanced }, { health: open })).toEqual(["deepinfra b"]);
    });

    it("keeps a user with a target and spreads users by weight", () => {
      const sticky = read({ ...balanced, strategy: { mode: "loadbalance", sticky: { by: "user" } } });
      const users = Array.from({ length: 2_000 }, (_, index) => `user-${index}`);
      const targetOf = (user: string, facts: WorldFacts = {}): string | undefined =>
        targets({ config: sticky, inputs: callInputs({ params: { user } }) }, { random: () => Number.NaN, ...facts })[0];
      const first = users.map((user) => targetOf(user));
      expect(users.map((user) => targetOf(user))).toEqual(first);
      const share = first.filter((target) => target === "openai a").length / users.length;
      expect(share).toBeGreaterThan(0.72);
      expect(share).toBeLessThan(0.78);
      const without = users.map((user) => targetOf(user, { keys: { openai: ["k"] } }));
      expect(new Set(without)).toEqual(new Set(["openai a"]));
    });
  });

  describe("conditional", () => {
    const routed = read({
      strategy: {
        mode: "conditional",
        conditions: [
          when({ "metadata.plan": { $eq: "paid" }, "params.model": { $regex: "^gpt" } }, "first"),
          when({ "url.pathname": "/v1/embeddings" }, "first"),
        ],
        default: "second",
      },
      targets: [
        { name: "first", ...two[0] },
        { name: "second", ...two[1] },
      ],
    });

    it("takes the target of the first condition that holds, else the default", () => {
      const inputs = callInputs({ metadata: { plan: "paid" }, params: { model: "gpt-4" } });
      expect(plan({ config: routed, inputs }).root).toMatchObject({
        tries: [{ optionPath: "config.targets[0]" }],
        why: "condition 1 holds",
      });
      expect(plan({ config: routed }).root).toMatchObject({ tries: [{ optionPath: "config.targets[1]" }], why: "no condition holds" });
    });

    it("says in Portkey's words that nothing holds", () => {
      const strict = { ...routed, strategy: { ...(routed.strategy as NonNullable<CallConfig["strategy"]>), default: undefined } };
      expect(refusal({ config: strict })?.message).toMatch(/^Query router did not resolve to any valid target/);
    });

    it("looks at the config's metadata where the call has none of its own", () => {
      const config = { ...routed, metadata: { plan: "paid", team: "x" } };
      const route = plan({ config, inputs: callInputs({ params: { model: "gpt-4" }, metadata: { team: "y" } }) });
      expect([route.metadata, targetsOf(route.root)[0]?.optionPath]).toEqual([{ plan: "paid", team: "y" }, "config.targets[0]"]);
    });
  });

  describe("fastest and cheapest", () => {
    const trio = [...two, { provider: "groq", virtual_key: "spare", model: "c" }];
    const fastest = read({ strategy: { mode: "fastest" }, targets: trio });

    it("order by measured time, unmeasured last, and now and then try one that was not measured", () => {
      const times: Record<string, number> = { openai: 300, groq: 90 };
      const health = { firstByteMs: (key: string) => times[key.split(" ", 1)[0] as string] ?? null };
      expect(targets({ config: fastest }, { health, random: () => 0.5 })).toEqual(["groq c", "openai a", "deepinfra b"]);
      expect(targets({ config: fastest }, { health, random: () => 0.01 })).toEqual(["deepinfra b", "groq c", "openai a"]);
    });

    it("order by price for this call, unknown prices last, free ones first", () => {
      const config = read({ strategy: { mode: "cheapest" }, targets: [...trio, { provider: "lm-studio", model: "d" }] });
      const facts = {
        "openai a": { price: { inputUsdPerMillion: 1, outputUsdPerMillion: 10 } },
        "groq c": { price: { inputUsdPerMillion: 3, outputUsdPerMillion: 3 } },
        "lm-studio d": { price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } },
      };
      const needs = { vision: false, tools: false, inputTokens: 100_000, maxOutputTokens: 10 };
      expect(targets({ config, needs }, { facts })).toEqual(["lm-studio d", "openai a", "groq c", "deepinfra b"]);
      expect(targets({ config, needs: { ...needs, inputTokens: 10, maxOutputTokens: 5_000 } }, { facts })).toEqual([
        "lm-studio d",
        "groq c",
        "openai a",
        "deepinfra b",
      ]);
    });
  });

  describe("what seems unfit", () => {
    const config = read({ strategy: { mode: "fallback" }, targets: two });
    const needs = { vision: true, tools: true, inputTokens: 9_000, maxOutputTokens: null };

    it.each([
      ["no vision", { vision: false }, "vision"],
      ["no tools", { tools: false }, "tools"],
      ["too small a context", { contextTokens: 8_192 }, "context"],
    ] as const)("is passed over with the reason: %s", (_name, known, reason) => {
      const route = plan({ config, needs }, { facts: { "openai a": known } });
      expect(targetsOf(route.root).map(({ row }) => row.id)).toEqual(["deepinfra"]);
      expect(route.skipped).toMatchObject([{ optionPath: "config.targets[0]", reason }]);
      expect(targets({ config, needs: null }, { facts: { "openai a": known } })).toHaveLength(2);
    });

    it("is tried all the same where nothing else is left: the catalog may be wrong, and a circuit wants a probe", () => {
      expect(targets({ model: "a", needs }, { facts: { "openai a": { vision: false } } })).toEqual(["openai a"]);
      expect(targets({ config }, { health: { circuit: () => "open" } })).toEqual(["openai a", "deepinfra b"]);
      // Of two reasons the open circuit is given up first.
      const health = { circuit: (key: string) => (key.startsWith("deepinfra ") ? ("open" as const) : ("closed" as const)) };
      expect(targets({ config, needs }, { health, facts: { "openai a": { vision: false } } })).toEqual(["deepinfra b"]);
    });

    it("gets its probe where the circuit is half open", () => {
      expect(targets({ config }, { health: { circuit: () => "half-open" } })).toHaveLength(2);
    });
  });
});
