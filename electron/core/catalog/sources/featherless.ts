import type { Lister } from "./lister.ts";
import { entriesOf, readOpenAiEntry } from "./openai-list.ts";
import { fieldsOf } from "./read-fields.ts";

/**
 * Featherless's list of models from Hugging Face, under their names there. It is paid by the month, so no token has a price.
 * A key's plan may leave models out.
 *
 * @see https://featherless.ai/docs/api-reference-models
 */
export const featherlessList: Lister = {
  path: (basePath) => `${basePath}/models`,
  entries: entriesOf,
  read(entry) {
    if (fieldsOf(entry)["available_on_current_plan"] === false) return null;
    const model = readOpenAiEntry(entry);
    return { ...model, huggingFaceId: /^[^/]+\/[^/]+$/.test(model.id) ? model.id : null };
  },
};
