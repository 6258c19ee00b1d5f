import { describe, expect, it } from "vitest";
import { askedOutput, findGuardedField } from "./guarded-fields.ts";

describe("findGuardedField()", () => {
  it.each<[string, Record<string, unknown>]>([
    ["models", { models: ["a"] }],
    ["provider", { provider: { order: ["a"] } }],
    ["extra_body", { extra_body: {} }],
    ["service_tier", { service_tier: "priority" }],
    ["background", { background: true }],
    ["store", { store: true }],
    ["prompt", { prompt: { id: "pmpt_1" } }],
    ["tools", { tools: [{ type: "function" }, { type: "web_search_20250305", name: "web_search" }] }],
    ["tools", { tools: [{ googleSearch: {} }] }],
    ["tools", { tools: [{ type: "mcp", server_url: "https://x" }] }],
    ["cachedContent", { cachedContent: "cachedContents/1" }],
  ])("finds %s", (name, fields) => {
    expect(findGuardedField({ model: "cheap", ...fields }, [])?.name).toBe(name);
    expect(findGuardedField({ model: "cheap", ...fields }, [name])).toBeNull();
  });

  it.each<[string, Record<string, unknown>]>([
    ["a plain call", { messages: [], temperature: 1, n: 3, max_tokens: 10 }],
    ["what asks for nothing", { background: false, store: null, service_tier: "auto", models: null }],
    ["an older prompt", { prompt: "Say hi", provider: "openai" }],
    [
      "a client's own tools",
      {
        tools: [
          { type: "function", function: {} },
          { name: "x", input_schema: {} },
          { type: "bash_20250124", name: "bash" },
        ],
      },
    ],
    ["Gemini's declarations", { tools: [{ functionDeclarations: [] }] }],
    ["a namespace of functions", { tools: [{ type: "namespace", name: "x", tools: [{ type: "function" }] }] }],
  ])("lets %s through", (_title, fields) => {
    expect(findGuardedField(fields, [])).toBeNull();
  });
});

describe("askedOutput()", () => {
  it.each<[Record<string, unknown>, number | null, number]>([
    [{}, null, 1],
    [{ max_tokens: 10 }, 10, 1],
    [{ max_tokens: 10, max_completion_tokens: 500, n: 4 }, 500, 4],
    [{ generationConfig: { maxOutputTokens: 7, candidateCount: 2 } }, 7, 2],
    [{ max_output_tokens: -5, n: "9" }, null, 1],
  ])("reads %j", (fields, tokens, answers) => {
    expect(askedOutput(fields)).toEqual({ tokens, answers });
  });
});
