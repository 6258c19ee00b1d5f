import type { StoredConfig } from "./routing.ts";

/**
 * The aliases that ship. A person's own of the same name replaces it. A target whose provider has no key is passed
 * over, and a model that its provider has retired falls through to the next.
 */
export const defaultAliases: Readonly<Record<string, StoredConfig>> = {
  "portkey-gpt4": fallback({ provider: "openai", model: "gpt-4" }, { provider: "openai", model: "gpt-4o" }),
  "portkey-claude": fallback(
    { provider: "anthropic", model: "claude-3-opus-20240229" },
    { provider: "anthropic", model: "claude-opus-4-5-20251101" },
  ),
  "portkey-llama": fallback(
    { provider: "deepinfra", model: "meta-llama/Meta-Llama-3-70B-Instruct" },
    { provider: "groq", model: "llama-3.3-70b-versatile" },
    { provider: "together-ai", model: "meta-llama/Llama-3.3-70B-Instruct-Turbo" },
    { provider: "openrouter", model: "meta-llama/llama-3.3-70b-instruct" },
  ),
  "portkey-mistral": { provider: "mistral-ai", model: "mistral-large-latest" },
  "claude-large": { provider: "bedrock", model: "global.anthropic.claude-opus-4-5-20251101-v1:0" },
  "claude-sonnet-4": { provider: "bedrock", model: "us.anthropic.claude-sonnet-4-20250514-v1:0" },
  "claude-sonnet-4.5": { provider: "bedrock", model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" },
};

function fallback(...targets: StoredConfig[]): StoredConfig {
  return { strategy: { mode: "fallback" }, targets };
}
