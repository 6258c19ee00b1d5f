import { bareModel } from "../source-model.ts";
import type { Lister } from "./lister.ts";
import { entriesOf } from "./openai-list.ts";
import { fieldsOf, readId, readName, readOptionalId, readSeconds, readWord } from "./read-fields.ts";

/**
 * Hosted Portkey's list: names alone, `@integration/model`. What a model costs there is what it costs at the provider
 * behind it.
 *
 * @see https://portkey.ai/docs/api-reference/inference-api/models/models
 */
export const portkeyList: Lister = {
  path: (basePath) => `${basePath}/models`,
  entries: entriesOf,
  borrowsPrices: true,
  read(entry) {
    const fields = fieldsOf(entry);
    return {
      ...bareModel(readId(fields["id"])),
      name: readName(fields["name"]),
      maker: readWord(fields["owned_by"]),
      createdAtSeconds: readSeconds(fields["created"]),
      canonicalId: readOptionalId(fields["canonical_slug"]) ?? readOptionalId(fields["slug"]),
    };
  },
};
