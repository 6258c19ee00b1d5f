import { describe, expect, test } from "vitest";
import { matchCatalog } from "./match-catalog.ts";

describe("matchCatalog()", () => {
  test.each([
    ["/catalog/model/openai/gpt-4", "openai", "gpt-4"],
    ["/catalog/model/deepinfra/meta-llama/Meta-Llama-3.1-8B-Instruct", "deepinfra", "meta-llama/Meta-Llama-3.1-8B-Instruct"],
    ["/catalog/model/@ollama/llama3.1:8b", "ollama", "llama3.1:8b"],
    ["/catalog/model/portkey/%40openai-prod%2Fgpt-4o", "portkey", "@openai-prod/gpt-4o"],
  ])("%s asks for a model", (path, provider, model) => {
    expect(matchCatalog("GET", path)).toEqual({ kind: "catalog", catalog: { call: "model", provider, model } });
  });

  test.each([
    "/catalog/model/openai",
    "/catalog/model/openai/",
    "/catalog/model//gpt-4",
    "/catalog/model/openai/..",
    "/catalog/model/openai/%2e%2e/x",
    "/catalog/model/openai/a%00b",
    "/catalog/model/openai/%zz",
    "/catalog/model/openai/gpt 4",
    "/catalog/models/",
    "/catalog/cache/",
    "/catalog/cache/../vault",
    "/catalog/cache/OpenRouter",
    "/catalog/",
  ])("%s is not found", (path) => {
    expect(matchCatalog("GET", path)).toBeNull();
  });

  test("each path has its own methods", () => {
    expect([
      matchCatalog("POST", "/catalog/models"),
      matchCatalog("GET", "/catalog/refresh"),
      matchCatalog("GET", "/catalog/cache/openrouter"),
      matchCatalog("PUT", "/catalog/model/openai/gpt-4"),
    ]).toEqual(["GET, HEAD", "POST", "DELETE", "GET, HEAD"].map((allow) => ({ kind: "wrong-method", allow })));
    expect(matchCatalog("HEAD", "/catalog/gateways")).toEqual({ kind: "catalog", catalog: { call: "gateways" } });
  });
});
