import { bareModel } from "../source-model.ts";
import type { Lister } from "./lister.ts";
import { entriesOf } from "./openai-list.ts";
import { type Fields, fieldsOf, isModelId, readDate, readFlag, readId, readName, readSeconds, readTokens } from "./read-fields.ts";

/**
 * Anthropic's list, with limits and abilities.
 *
 * @see https://platform.claude.com/docs/en/api/models/list
 */
export const anthropicList: Lister = {
  path: (basePath) => `${basePath}/models?limit=1000`,
  entries: entriesOf,
  next(page, basePath) {
    const { has_more: hasMore, last_id: last } = fieldsOf(page);
    return hasMore === true && isModelId(last) ? `${basePath}/models?limit=1000&after_id=${encodeURIComponent(last)}` : null;
  },
  read(entry) {
    const fields = fieldsOf(entry);
    if (fields["lifecycle"] === "retired") return null;
    const abilities = fieldsOf(fields["capabilities"]);
    const seesImages = can(abilities, "image_input");
    const readsFiles = can(abilities, "pdf_input");
    return {
      ...bareModel(readId(fields["id"])),
      name: readName(fields["display_name"]),
      maker: "anthropic",
      createdAtSeconds: readSeconds(fields["created_at"]),
      contextTokens: readTokens(fields["max_input_tokens"]),
      maxOutputTokens: readTokens(fields["max_tokens"]),
      inputModalities: seesImages === null ? null : ["text", ...(seesImages ? ["image"] : []), ...(readsFiles === true ? ["file"] : [])],
      jsonSchema: can(abilities, "structured_outputs"),
      reasoning: can(abilities, "thinking"),
      deprecatedAt: readDate(fields["deprecated_at"]) ?? (fields["lifecycle"] === "deprecated" ? "deprecated" : null),
    };
  },
};

function can(abilities: Fields, name: string): boolean | null {
  return readFlag(fieldsOf(abilities[name])["supported"]);
}
