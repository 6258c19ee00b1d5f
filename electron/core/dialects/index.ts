import type { DialectId } from "#shared/schema/provider.ts";
import type { Dialect } from "./dialect.ts";
import { openaiChat } from "./openai-chat/index.ts";

/**
 * Every wire format that Postern speaks. A new one is a folder beside these and its line here. All but OpenAI's chat come
 * with the first call that speaks them: they have a hundred modules, which make a start some fifty milliseconds longer.
 */
const loaders: Readonly<Record<DialectId, () => Promise<Dialect>>> = {
  "openai-chat": () => Promise.resolve(openaiChat),
  "openai-responses": async () => (await import("./openai-responses/index.ts")).openaiResponses,
  "anthropic-messages": async () => (await import("./anthropic-messages/index.ts")).anthropicMessages,
  "gemini-generate": async () => (await import("./gemini-generate/index.ts")).geminiGenerate,
  "bedrock-converse": async () => (await import("./bedrock-converse/index.ts")).bedrockConverse,
  "cohere-chat": async () => (await import("./cohere-chat/index.ts")).cohereChat,
};

const loaded: Partial<Record<DialectId, Dialect>> = { "openai-chat": openaiChat };

/** Whether a wire format is there already. */
export function isLoaded(id: DialectId): boolean {
  return loaded[id] !== undefined;
}

/** Loads a wire format, so that {@link dialectOf} has it. */
export async function loadDialect(id: DialectId): Promise<Dialect> {
  return (loaded[id] ??= await loaders[id]());
}

/** A wire format that {@link loadDialect} has loaded. @throws {Error} where nobody did: a mistake of ours */
export function dialectOf(id: DialectId): Dialect {
  const dialect = loaded[id];
  if (dialect === undefined) throw new Error(`Cannot speak ${id}: nobody has loaded it; await loadDialect() first`);
  return dialect;
}
