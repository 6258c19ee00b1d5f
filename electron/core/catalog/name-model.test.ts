import path from "node:path";
import { describe, expect, test } from "vitest";
import { readModelNames } from "./model-names.ts";
import { nameModel } from "./name-model.ts";

const names = readModelNames(path.resolve(import.meta.dirname, "../../../assets"));

describe("nameModel()", () => {
  test.each([
    ["openrouter", "openai/gpt-4", "openai/gpt-4", null],
    ["openai", "gpt-4o-2024-08-06", "openai/gpt-4o", "20240806"],
    ["openrouter", "openai/gpt-4o-2024-08-06", "openai/gpt-4o", "20240806"],
    // Four digits are part of a name, not a day.
    ["openai", "gpt-4-0613", "openai/gpt-4-0613", null],
    ["anthropic", "claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5", "20250929"],
    ["vertex-ai", "claude-sonnet-4-5@20250929", "google/claude-sonnet-4-5", "20250929"],
    ["openrouter", "anthropic/claude-sonnet-4.5", "anthropic/claude-sonnet-4-5", null],
    ["bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic/claude-sonnet-4-5", "20250929"],
    ["bedrock", "global.anthropic.claude-opus-4-5-20251101-v1:0", "anthropic/claude-opus-4-5", "20251101"],
    ["bedrock", "meta.llama3-1-8b-instruct-v1:0", "meta-llama/llama-3-1-8b-instruct", null],
    ["deepinfra", "meta-llama/Meta-Llama-3.1-8B-Instruct", "meta-llama/llama-3-1-8b-instruct", null],
    ["openrouter", "meta-llama/llama-3.1-8b-instruct:free", "meta-llama/llama-3-1-8b-instruct", null],
    ["groq", "llama-3.3-70b-versatile", "meta-llama/llama-3-3-70b-instruct", null],
    ["fireworks-ai", "accounts/fireworks/models/qwen3-32b", "qwen3-32b", null],
    ["google-ai", "models/gemini-2.5-pro", "google/gemini-2-5-pro", null],
    ["chutes", "deepseek-ai/DeepSeek-V3-0324", "deepseek/deepseek-v3-0324", null],
    ["openrouter", "deepseek/deepseek-chat-v3-0324", "deepseek/deepseek-v3-0324", null],
    ["portkey", "@openai-prod/gpt-4o", "gpt-4o", null],
    ["portkey", "@anthropic/claude-3-opus", "anthropic/claude-3-opus", null],
    // A tag says which size it is.
    ["ollama", "llama3.1:8b", "llama3-1:8b", null],
    ["ollama", "llama3.1:latest", "llama3-1", null],
  ])("at %s, %s is %s", (provider, id, family, date) => {
    expect(nameModel(id, provider, names)).toMatchObject({ family, date });
  });

  test("takes the maker that a list names before the provider's own", () => {
    expect(nameModel("command-r", "azure-openai", names, "Cohere").family).toBe("cohere/command-r");
    expect(nameModel("gpt-4", "openai", names, "system").family).toBe("openai/gpt-4");
  });
});
