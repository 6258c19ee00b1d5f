import { bareModel, type SourceModel } from "../source-model.ts";
import type { Lister } from "./lister.ts";
import {
  fieldsOf,
  type Fields,
  listOf,
  readFirstTokens,
  readFlag,
  readId,
  readModalities,
  readName,
  readPrices,
  readSeconds,
  readText,
  readWord,
} from "./read-fields.ts";

/**
 * OpenAI's list, and what servers of its dialect add to it: limits, prices for a token (as OpenRouter writes them) or for
 * a million (Together), modalities.
 *
 * @see https://platform.openai.com/docs/api-reference/models/list
 * @see https://docs.together.ai/reference/models-1
 * @see https://console.groq.com/docs/api-reference#models-list
 */
export const openAiList: Lister = {
  path: (basePath) => `${basePath}/models`,
  entries: entriesOf,
  read(entry) {
    const model = readOpenAiEntry(entry);
    const { prompt, completion, input, output, cached_input: cached } = fieldsOf(fieldsOf(entry)["pricing"]);
    const prices =
      prompt === undefined && completion === undefined
        ? readPrices({ input, output, cacheRead: cached }, 1_000_000)
        : readPrices({ input: prompt, output: completion });
    return { ...model, prices: prices ?? model.prices };
  },
};

/** The entries of `{"data": [...]}`, of a bare list, or of `{"models": [...]}`. */
export function entriesOf(page: unknown): readonly unknown[] | null {
  if (Array.isArray(page)) return page;
  const { data, models } = fieldsOf(page);
  if (Array.isArray(data)) return data;
  return Array.isArray(models) ? models : null;
}

/** What every server of OpenAI's dialect says about a model, under the names that are in use, but its prices. */
export function readOpenAiEntry(entry: unknown): SourceModel {
  const fields = fieldsOf(entry);
  const architecture = fieldsOf(fields["architecture"]);
  return {
    ...bareModel(readId(fields["id"])),
    name: readName(fields["display_name"] ?? fields["name"]),
    description: readText(fields["description"]),
    maker: readWord(fields["owned_by"] ?? fields["organization"]),
    createdAtSeconds: readSeconds(fields["created"] ?? fields["created_at"]),
    contextTokens: readFirstTokens(
      fields["context_length"],
      fields["context_window"],
      fields["max_model_len"],
      fields["max_context_length"],
    ),
    maxOutputTokens: readFirstTokens(fields["max_completion_tokens"], fields["max_output_tokens"], fields["max_output_length"]),
    inputModalities: readModalities(fields["input_modalities"] ?? architecture["input_modalities"]),
    outputModalities: readModalities(fields["output_modalities"] ?? architecture["output_modalities"]),
    quantization: readWord(fields["quantization"]),
    license: readWord(fields["license"]),
    ...readMistralAbilities(fields),
  };
}

/** @see https://docs.mistral.ai/api/endpoint/models */
function readMistralAbilities(fields: Fields): Partial<SourceModel> {
  const abilities = fieldsOf(fields["capabilities"]);
  const tools = readFlag(abilities["function_calling"]);
  const vision = readFlag(abilities["vision"]);
  return {
    ...(tools === null ? {} : { tools }),
    ...(vision === null || listOf(fields["input_modalities"]).length > 0 ? {} : { inputModalities: vision ? ["text", "image"] : ["text"] }),
  };
}
