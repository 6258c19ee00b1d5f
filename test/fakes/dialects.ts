import { loadDialect } from "#core/dialects/index.ts";

/** Every wire format, loaded. */
export const dialects = {
  "openai-chat": await loadDialect("openai-chat"),
  "openai-responses": await loadDialect("openai-responses"),
  "anthropic-messages": await loadDialect("anthropic-messages"),
  "gemini-generate": await loadDialect("gemini-generate"),
  "bedrock-converse": await loadDialect("bedrock-converse"),
  "cohere-chat": await loadDialect("cohere-chat"),
};
