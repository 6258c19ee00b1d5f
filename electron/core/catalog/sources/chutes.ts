import type { Lister } from "./lister.ts";
import { entriesOf, readOpenAiEntry } from "./openai-list.ts";
import { fieldsOf, listOf, readPrices, readWords } from "./read-fields.ts";

/**
 * Chutes's live list of language models: prices in dollars for a million tokens, quantisation, features.
 *
 * @see https://chutes.ai/docs
 */
export const chutesList: Lister = {
  path: (basePath) => `${basePath}/models`,
  entries: entriesOf,
  read(entry) {
    const fields = fieldsOf(entry);
    const model = readOpenAiEntry(entry);
    const price = fieldsOf(fields["price"]);
    const pricing = fieldsOf(fields["pricing"]);
    const features = readWords(fields["supported_features"]);
    const says = listOf(fields["supported_features"]).length > 0;
    return {
      ...model,
      tools: says ? features.has("tools") : null,
      jsonSchema: says ? features.has("structured_outputs") : null,
      reasoning: says ? features.has("reasoning") : null,
      prices: readPrices(
        {
          input: fieldsOf(price["input"])["usd"] ?? pricing["prompt"],
          output: fieldsOf(price["output"])["usd"] ?? pricing["completion"],
          cacheRead: fieldsOf(price["input_cache_read"])["usd"] ?? pricing["input_cache_read"],
        },
        1_000_000,
      ),
      huggingFaceId: model.id.replace(/-TEE$/, ""),
    };
  },
};
