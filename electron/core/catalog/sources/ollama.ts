import { bareModel } from "../source-model.ts";
import type { Lister } from "./lister.ts";
import { entriesOf, openAiList } from "./openai-list.ts";
import { fieldsOf, listOf, readId, readSeconds, readWord, readWords } from "./read-fields.ts";

/**
 * Ollama's own list, which knows quantisation and abilities; OpenAI's where it is not there. What runs on this machine
 * costs nothing.
 *
 * @see https://docs.ollama.com/api/tags
 */
export const ollamaList: Lister = {
  path: (basePath) => `${basePath.replace(/\/v1$/, "")}/api/tags`,
  instead: openAiList.path,
  entries: entriesOf,
  read(entry) {
    const fields = fieldsOf(entry);
    const details = fieldsOf(fields["details"]);
    const abilities = readWords(fields["capabilities"]);
    const says = listOf(fields["capabilities"]).length > 0;
    return {
      ...bareModel(readId(fields["model"] ?? fields["name"] ?? fields["id"])),
      createdAtSeconds: readSeconds(fields["modified_at"] ?? fields["created"]),
      inputModalities: says ? ["text", ...(abilities.has("vision") ? ["image"] : [])] : null,
      outputModalities: abilities.has("embedding") ? ["embedding"] : null,
      tools: says ? abilities.has("tools") : null,
      reasoning: says ? abilities.has("thinking") : null,
      quantization: readWord(details["quantization_level"]),
    };
  },
};
