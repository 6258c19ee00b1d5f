import type { Lister } from "./lister.ts";
import { entriesOf, readOpenAiEntry } from "./openai-list.ts";
import { fieldsOf, listOf, readPrices, readText, readTokens, readWords } from "./read-fields.ts";

/**
 * DeepInfra's list: limits, tags, and prices in dollars for a million tokens, in each model's `metadata`.
 *
 * @see https://docs.deepinfra.com/chat/openai-compatible
 */
export const deepInfraList: Lister = {
  path: (basePath) => `${basePath}/models`,
  entries: entriesOf,
  read(entry) {
    const model = readOpenAiEntry(entry);
    const metadata = fieldsOf(fieldsOf(entry)["metadata"]);
    const { input_tokens: input, output_tokens: output, cache_read_tokens: cacheRead } = fieldsOf(metadata["pricing"]);
    const tags = readWords(metadata["tags"]);
    const says = listOf(metadata["tags"]).length > 0;
    return {
      ...model,
      description: model.description ?? readText(metadata["description"]),
      contextTokens: model.contextTokens ?? readTokens(metadata["context_length"]),
      maxOutputTokens: model.maxOutputTokens ?? readTokens(metadata["max_tokens"]),
      inputModalities: model.inputModalities ?? (tags.has("vision") || tags.has("vlm") ? ["text", "image"] : null),
      reasoning: says && (tags.has("reasoning") || tags.has("reasoning_effort")) ? true : model.reasoning,
      caching: says && tags.has("prompt_cache") ? true : model.caching,
      prices: readPrices({ input, output, cacheRead }, 1_000_000),
      huggingFaceId: /^[^/]+\/[^/]+$/.test(model.id) ? model.id : null,
    };
  },
};
