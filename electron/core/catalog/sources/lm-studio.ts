import type { Lister } from "./lister.ts";
import { entriesOf, openAiList, readOpenAiEntry } from "./openai-list.ts";
import { fieldsOf, listOf, readWord } from "./read-fields.ts";

/**
 * LM Studio's own list, which knows limits and quantisation; OpenAI's where it is not there.
 *
 * @see https://lmstudio.ai/docs/developer/rest/endpoints
 */
export const lmStudioList: Lister = {
  path: (basePath) => `${basePath.replace(/\/v1$/, "")}/api/v0/models`,
  instead: openAiList.path,
  entries: entriesOf,
  read(entry) {
    const fields = fieldsOf(entry);
    const model = readOpenAiEntry(entry);
    const { type, capabilities } = fields;
    return {
      ...model,
      maker: readWord(fields["publisher"]),
      inputModalities: type === "vlm" ? ["text", "image"] : type === "llm" ? ["text"] : null,
      outputModalities: type === "embeddings" ? ["embedding"] : null,
      tools: Array.isArray(capabilities) ? listOf(capabilities).includes("tool_use") : null,
    };
  },
};
