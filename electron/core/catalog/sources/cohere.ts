import { bareModel } from "../source-model.ts";
import type { Lister } from "./lister.ts";
import { entriesOf } from "./openai-list.ts";
import { fieldsOf, listOf, readId, readTokens, readWords } from "./read-fields.ts";

/**
 * Cohere's list, which stayed at version 1 of its API.
 *
 * @see https://docs.cohere.com/reference/list-models
 */
export const cohereList: Lister = {
  path: (basePath) => pageOf(basePath, ""),
  entries: entriesOf,
  next(page, basePath) {
    const { next_page_token: token } = fieldsOf(page);
    return typeof token === "string" && token !== "" && token.length < 2_000
      ? pageOf(basePath, `&page_token=${encodeURIComponent(token)}`)
      : null;
  },
  read(entry) {
    const fields = fieldsOf(entry);
    const endpoints = readWords(fields["endpoints"]);
    const features = readWords(fields["features"]);
    const says = listOf(fields["features"]).length > 0;
    const seesImages = fields["supports_vision"] === true || features.has("vision");
    return {
      ...bareModel(readId(fields["name"])),
      maker: "cohere",
      contextTokens: readTokens(fields["context_length"]),
      inputModalities: seesImages ? ["text", "image"] : endpoints.has("chat") ? ["text"] : null,
      outputModalities: endpoints.has("chat") ? ["text"] : endpoints.has("embed") ? ["embedding"] : null,
      tools: says ? features.has("tools") || features.has("strict_tools") : null,
      jsonSchema: says ? features.has("json_schema") : null,
      reasoning: says ? features.has("reasoning") : null,
      deprecatedAt: fields["is_deprecated"] === true ? "deprecated" : null,
    };
  },
};

function pageOf(basePath: string, token: string): string {
  return `${basePath.replace(/\/v2$/, "/v1")}/models?page_size=1000${token}`;
}
