import { expect, it } from "vitest";
import { callConfigSchema } from "#shared/schema/routing.ts";
import { routeCall, routeWorld } from "../../../test/fakes/route-world.ts";
import { explainRoute } from "./explain-route.ts";
import { planTree } from "./plan-tree.ts";
import { readOptionHeaders } from "./provider-options.ts";
import { readMetadata } from "./read-metadata.ts";

it("explainRoute() says where a call would go, in which order, with which key and at what cost, and no secret", () => {
  const config = callConfigSchema.parse({
    strategy: { mode: "fallback", on_status_codes: [429, 503] },
    targets: [
      { provider: "openai", virtual_key: "work", model: "a", retry: { attempts: 2 }, cache: { mode: "simple" } },
      {
        strategy: { mode: "loadbalance" },
        targets: [
          { provider: "deepinfra", model: "b", api_key: "sk-secret-1" },
          { provider: "groq", model: "c" },
        ],
      },
      { provider: "lm-studio", model: "d" },
      { provider: "anthropic", model: "e" },
    ],
  });
  const facts = { "openai a": { price: { inputUsdPerMillion: 2, outputUsdPerMillion: 8 } } };
  const needs = { vision: false, tools: false, inputTokens: 500, maxOutputTokens: 100 };
  const explanation = explainRoute(planTree(routeCall({ config, needs }), routeWorld({ facts })), needs);
  expect(explanation).toMatchObject({
    alias: null,
    decisions: [
      { optionPath: "config", mode: "fallback", why: "in order" },
      { optionPath: "config.targets[1]", mode: "loadbalance", why: "drawn with a share of 50 %" },
    ],
    targets: [
      {
        order: 1,
        provider: "openai",
        model: "a",
        key: { kind: "stored", name: "work" },
        when: "first",
        retries: 2,
        cached: true,
        costMicroUsd: 1_800,
      },
      {
        order: 2,
        provider: "deepinfra",
        key: { kind: "own", name: null },
        when: "after status 429, 503 of config.targets[0]",
        costMicroUsd: null,
      },
      { order: 3, provider: "lm-studio", key: { kind: "none", name: null }, when: "after status 429, 503 of config.targets[1]" },
    ],
    skipped: [{ optionPath: "config.targets[3]", reason: "unusable" }],
  });
  expect(JSON.stringify(explanation)).not.toContain("sk-secret");
});

it("readMetadata() takes what is no JSON object for no metadata, as Portkey does", () => {
  expect(readMetadata('{"_user":"u"}')).toEqual({ _user: "u" });
  for (const header of [undefined, "", "x", "[1]", "null", '"a"', `{"a":"${"x".repeat(20_000)}"}`])
    expect(readMetadata(header)).toEqual({});
});

it("readOptionHeaders() reads the options that Portkey's clients send, and leaves out what is no value", () => {
  const headers = new Map([
    ["aws-region", "eu-west-1"],
    ["openai-organization", "org-1"],
    ["azure-resource-name", "evil.example/x"],
    ["aws-secret-access-key", "s"],
  ]);
  expect(readOptionHeaders(headers)).toEqual({ aws_region: "eu-west-1", openai_organization: "org-1" });
  expect([readOptionHeaders(null), readOptionHeaders(new Map([["provider", "openai"]]))]).toEqual([null, null]);
});
