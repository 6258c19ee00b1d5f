import { bareModel } from "../source-model.ts";
import type { Lister } from "./lister.ts";
import { entriesOf } from "./openai-list.ts";
import { fieldsOf, listOf, readFlag, readId, readName, readText, readTokens } from "./read-fields.ts";

/**
 * Gemini's list: `models/{id}`, with limits.
 *
 * @see https://ai.google.dev/api/models#method:-models.list
 */
export const geminiList: Lister = {
  path: (basePath) => `${basePath}/models?pageSize=1000`,
  entries: entriesOf,
  next(page, basePath) {
    const { nextPageToken: token } = fieldsOf(page);
    return typeof token === "string" && token !== "" && token.length < 2_000
      ? `${basePath}/models?pageSize=1000&pageToken=${encodeURIComponent(token)}`
      : null;
  },
  read(entry) {
    const fields = fieldsOf(entry);
    const name = fields["name"];
    const methods = listOf(fields["supportedGenerationMethods"]);
    const embeds = methods.includes("embedContent");
    return {
      ...bareModel(readId(typeof name === "string" ? name.replace(/^models\//, "") : name)),
      name: readName(fields["displayName"]),
      description: readText(fields["description"]),
      maker: "google",
      contextTokens: readTokens(fields["inputTokenLimit"]),
      maxOutputTokens: embeds ? null : readTokens(fields["outputTokenLimit"]),
      outputModalities: embeds ? ["embedding"] : null,
      reasoning: readFlag(fields["thinking"]),
      caching: methods.length === 0 ? null : methods.includes("createCachedContent"),
    };
  },
};
