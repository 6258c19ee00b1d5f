import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callConfigSchema, checkReferences, storedConfigSchema } from "./routing.ts";

function problems(schema: typeof callConfigSchema, config: unknown): string[] {
  const result = schema.safeParse(config);
  return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

const leaf = { provider: "openai", model: "m" };
const fallback = { mode: "fallback" };

// oxlint-disable-next-line unicorn/no-thenable -- Portkey's name for it
const when = (query: object, name: string): object => ({ query, then: name });

describe("callConfigSchema", () => {
  it.each<[string, unknown]>([
    ["a provider alone, since its key is stored", { provider: "openai" }],
    ["a provider with a key", { provider: "openai", api_key: "sk" }],
    ["a slug of hosted Portkey", { provider: "@openai-prod" }],
    ["settings alone, for the provider that a header names", { retry: { attempts: 3 } }],
    ["a cache alone", { cache: { mode: "simple" } }],
    ["the mode single without targets", { provider: "openai", strategy: { mode: "single" } }],
    ["empty lists of hooks, which ask for nothing", { provider: "openai", before_request_hooks: [], after_request_hooks: [] }],
    ["the name of a saved config", { config: "pc-team" }],
    [
      "Portkey's circuit breaker",
      {
        strategy: { ...fallback, cb_config: { failure_threshold: 3, cooldown_interval: 30_000, failure_status_codes: [401] } },
        targets: [leaf],
      },
    ],
    [
      "Portkey's sticky draws",
      { strategy: { mode: "loadbalance", sticky_session: { hash_fields: ["metadata.user_id"], ttl: 3600 } }, targets: [leaf] },
    ],
    [
      "every operator",
      {
        strategy: {
          mode: "conditional",
          conditions: [
            when(
              {
                $or: [
                  { "params.n": { $gt: 1, $lte: "5" } },
                  {
                    $and: [
                      { "metadata.a": { $in: ["x", 1], $nin: [] } },
                      { "params.messages": { $length: { $gte: 2 } } },
                      { "url.pathname": "/v1" },
                      { "metadata.b": { $ne: null, $regex: "a+" } },
                    ],
                  },
                ],
              },
              "t",
            ),
          ],
        },
        targets: [{ ...leaf, name: "t" }],
      },
    ],
    ["AWS keys", { provider: "bedrock", aws_access_key_id: "a", aws_secret_access_key: "b", aws_region: "eu-west-1" }],
    [
      "an Azure config of Portkey's documents",
      {
        provider: "azure-openai",
        api_key: "k",
        azure_resource_name: "r",
        azure_deployment_id: "d",
        azure_api_version: "2024-06-01",
        azure_model_name: "gpt-4o",
      },
    ],
  ])("takes %s", (_name, config) => {
    expect(problems(callConfigSchema, config)).toEqual([]);
  });

  it("reads camel case as snake case, but not inside parameters", () => {
    const config = {
      strategy: { mode: "fallback", onStatusCodes: [429] },
      targets: [
        { provider: "openai", overrideParams: { maxTokens: 1 }, requestTimeout: 5, retry: { attempts: 1, useRetryAfterHeader: true } },
      ],
    };
    expect(callConfigSchema.parse(config)).toEqual({
      strategy: { mode: "fallback", on_status_codes: [429] },
      targets: [
        { provider: "openai", override_params: { maxTokens: 1 }, request_timeout: 5, retry: { attempts: 1, use_retry_after_header: true } },
      ],
    });
    expect(callConfigSchema.parse({ provider: "openai", strictOpenAiCompliance: false })).toMatchObject({
      strict_open_ai_compliance: false,
    });
  });

  it.each<[string, unknown, string]>([
    ["a misspelt key", { provider: "openai", retyr: {} }, 'retyr: is not known here; did you mean "retry"?'],
    [
      "a misspelt key far inside",
      { strategy: fallback, targets: [{ provider: "openai", retry: { attempts: 1, on_status_code: [] } }] },
      'targets.0.retry.on_status_code: is not known here; did you mean "on_status_codes"?',
    ],
    ["a key that is near to nothing", { provider: "openai", zzz: 1 }, "zzz: is not known here; check the spelling"],
    [
      "one key in both spellings",
      { provider: "openai", api_key: "a", apiKey: "b" },
      'apiKey: says the same as "api_key"; keep one of them',
    ],
    [
      "an unknown mode",
      { strategy: { mode: "random" }, targets: [leaf] },
      'strategy.mode: must be "single", "fallback", "loadbalance", "conditional", "fastest", "cheapest", found "random"',
    ],
    [
      "targets without a strategy",
      { targets: [leaf] },
      'strategy: is missing beside "targets"; { "mode": "fallback" } tries them in order',
    ],
    ["a strategy without targets", { strategy: fallback }, 'strategy: needs "targets" beside it'],
    ["nothing", {}, ': must name a "provider", a "model", or "targets"'],
    [
      "a target that only has a weight",
      { strategy: { mode: "loadbalance" }, targets: [leaf, { weight: 1 }] },
      'targets.1: must name a "provider", a "model", or "targets"',
    ],
    [
      "weights that are all 0, for which Portkey's gateway hangs",
      { strategy: { mode: "loadbalance" }, targets: [{ ...leaf, weight: 0 }] },
      'targets: are all of weight 0; give one of them a "weight" above 0',
    ],
    [
      "a semantic cache",
      { provider: "openai", cache: { mode: "semantic" } },
      'cache.mode: cannot be "semantic": Postern caches exact requests only; write "simple"',
    ],
    [
      "guardrails",
      { provider: "openai", input_guardrails: [{}] },
      "input_guardrails: is not supported: Postern runs no guardrails and no hooks; take it out",
    ],
    [
      "hooks in camel case",
      { provider: "openai", beforeRequestHooks: [{}] },
      "beforeRequestHooks: is not supported: Postern runs no guardrails and no hooks; take it out",
    ],
    [
      "an option that is not used",
      { provider: "bedrock", aws_role_arn: "arn" },
      "aws_role_arn: is not known here; Postern does not use this option of the provider; leave it out, or set the provider up in config.json and store its key",
    ],
    ["half of an AWS key", { provider: "bedrock", aws_access_key_id: "a" }, "aws_secret_access_key: is missing; AWS signs with both"],
    [
      "a condition on nothing that there is",
      { strategy: { mode: "conditional", conditions: [when({ "body.x": 1 }, "a")] }, targets: [{ ...leaf, name: "a" }] },
      'strategy.conditions.0.query.body.x: is no place that a condition can look at; write "metadata.<key>", "params.<field>" or "url.pathname"',
    ],
    [
      "an unknown operator",
      {
        strategy: { mode: "conditional", conditions: [when({ "params.x": { $regexp: "a" } }, "a")] },
        targets: [{ ...leaf, name: "a" }],
      },
      'strategy.conditions.0.query.params.x.$regexp: is no operator; did you mean "$regex"?',
    ],
    [
      "a pattern that needs backtracking",
      {
        strategy: { mode: "conditional", conditions: [when({ "params.x": { $regex: "(a)\\1" } }, "a")] },
        targets: [{ ...leaf, name: "a" }],
      },
      'strategy.conditions.0.query.params.x.$regex: holds "\\1", which is not supported',
    ],
    [
      "a condition that leads to no target",
      { strategy: { mode: "conditional", conditions: [when({ "params.x": 1 }, "b")] }, targets: [{ ...leaf, name: "a" }] },
      'strategy.conditions.0.then: names no target, found "b"; there are "a"',
    ],
    [
      "a default that leads to no target",
      {
        strategy: { mode: "conditional", conditions: [when({ "params.x": 1 }, "a")], default: "c" },
        targets: [{ ...leaf, name: "a" }],
      },
      'strategy.default: names no target, found "c"; there are "a"',
    ],
    [
      "conditions in another mode",
      { strategy: { ...fallback, default: "a" }, targets: [leaf] },
      'strategy.default: belongs to the mode "conditional", found "fallback"',
    ],
    [
      "sticky draws in another mode",
      { strategy: { ...fallback, sticky: { by: "user" } }, targets: [leaf] },
      'strategy.sticky: belongs to the mode "loadbalance", found "fallback"',
    ],
    [
      "a header that never goes on",
      { provider: "openai", forward_headers: ["Authorization"] },
      "forward_headers.0: cannot be passed on: credentials, cookies and what belongs to a connection stay here",
    ],
    [
      "the header of forwarded headers itself",
      { provider: "openai", forward_headers: ["x-portkey-forward-headers"] },
      "forward_headers.0: forward_headers must not contain the 'x-portkey-forward-headers' header",
    ],
    [
      "a config beside a provider",
      { config: "a", provider: "openai" },
      'provider: stands beside "config", which names a whole config; keep one of them',
    ],
    [
      "a key that belongs elsewhere",
      { provider: "openai", mode: "fallback" },
      'mode: belongs into "strategy": { "strategy": { "mode": ... } }',
    ],
    [
      "a host of a cloud's metadata",
      { provider: "openai", custom_host: "http://169.254.169.254/" },
      "custom_host: must not be a link-local or cloud metadata address",
    ],
  ])("refuses %s, with its place and what would do", (_name, config, problem) => {
    expect(problems(callConfigSchema, config)[0]).toBe(problem);
  });

  it("holds a tree to a depth and a size before it walks it", () => {
    let deep: unknown = leaf;
    for (let level = 0; level < 5_000; level++) deep = { strategy: fallback, targets: [deep] };
    expect(problems(callConfigSchema, deep)).toEqual([": is nested deeper than 16 levels of targets"]);
    const wide = {
      strategy: fallback,
      targets: Array.from({ length: 5 }, () => ({ strategy: fallback, targets: Array.from({ length: 60 }, () => leaf) })),
    };
    expect(problems(callConfigSchema, wide)).toEqual([": has more than 256 targets"]);
  });

  it("never repeats a secret", () => {
    const config = {
      provider: "openai",
      api_key: ["sk-live-123456"],
      aws_secret_access_key: { a: "sk-live-123456" },
      apikey: "sk-live-123456",
    };
    expect(problems(callConfigSchema, config).join()).not.toContain("123456");
  });

  it("refuses or takes whatever comes, and never breaks", () => {
    const keys = [
      "strategy",
      "mode",
      "targets",
      "provider",
      "retry",
      "cache",
      "conditions",
      "query",
      "$and",
      "$regex",
      "params.x",
      "sticky",
      "weight",
      "config",
      "__proto__",
    ];
    const anything = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 6, withCrossShrink: true },
        fc.constantFrom("fallback", "conditional", "simple", "a", 1, -1, null, true, "", "("),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 6 }),
      ),
    })).value;
    fc.assert(
      fc.property(anything, (config) => {
        const text = JSON.stringify(config);
        const once = callConfigSchema.safeParse(JSON.parse(text));
        // What was taken is taken again as it is.
        expect(once.success ? callConfigSchema.parse(once.data) : null).toEqual(once.success ? once.data : null);
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes no prototype for a key", () => {
    const config = JSON.parse('{"provider":"openai","__proto__":{"api_key":"x"},"constructor":1}') as unknown;
    expect(problems(callConfigSchema, config)).toHaveLength(2);
  });
});

describe("storedConfigSchema", () => {
  it.each(["api_key", "apiKey", "aws_secret_access_key", "vertex_service_account_json"])("refuses the secret %s", (key) => {
    expect(problems(storedConfigSchema, { provider: "openai", [key]: "x" })).toEqual([
      `${key}: is not known here; secrets do not belong into this file; store it with "postern keys add" and name it by "virtual_key"`,
    ]);
  });
});

describe("checkReferences()", () => {
  it("finds configs that are not there, and circles, each once and at its place", () => {
    const aliases = {
      a: { strategy: { mode: "single" as const }, targets: [{ config: "b" }] },
      b: { model: "a" },
      c: { config: "nowhere" },
      d: { config: "b", retry: { attempts: 1 } },
      "e.5": { config: "nowhere" },
      f: { config: "e.5" },
    };
    expect(checkReferences({ aliases, configs: {} }, {}).map(({ path, message }) => `${path.join(".")}: ${message}`)).toEqual([
      "aliases.b.model: leads back to itself: aliases.a -> aliases.b -> aliases.a",
      'aliases.c.config: names "nowhere", which is neither in "configs" nor in "aliases"',
      'aliases.e.5.config: names "nowhere", which is neither in "configs" nor in "aliases"',
    ]);
  });

  it("takes an alias of a model's own name, a provider's model, and what ships", () => {
    const aliases = {
      "gpt-4o": { model: "gpt-4o", retry: { attempts: 1 } },
      x: { provider: "openai", model: "y" },
      y: { provider: "groq", model: "x" },
    };
    expect(checkReferences({ aliases, configs: { team: { config: "shipped" } } }, { shipped: { provider: "openai" } })).toEqual([]);
  });
});
