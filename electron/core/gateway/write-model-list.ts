import type { DialectId } from "#shared/schema/provider.ts";
import type { ModelEntry } from "./list-models.ts";

/**
 * Writes the list of models as clients of each API read it.
 *
 * @see https://platform.openai.com/docs/api-reference/models/list
 * @see https://platform.claude.com/docs/en/api/models-list
 * @see https://ai.google.dev/api/models#method:-models.list
 */
export function writeModelList(entries: readonly ModelEntry[], dialect: DialectId): unknown {
  const data = entries.map((entry) => writeModel(entry, dialect));
  if (dialect === "gemini-generate") return { models: data };
  if (dialect !== "anthropic-messages") return { object: "list", data };
  return { data, has_more: false, first_id: entries[0]?.id ?? null, last_id: entries.at(-1)?.id ?? null };
}

/** Writes one entry of the list. */
export function writeModel(entry: ModelEntry, dialect: DialectId): unknown {
  if (dialect === "anthropic-messages") {
    return {
      type: "model",
      id: entry.id,
      display_name: entry.name ?? entry.id,
      created_at: new Date(entry.created * 1_000).toISOString(),
      ...(entry.context_length === undefined ? {} : { max_input_tokens: entry.context_length }),
    };
  }
  if (dialect === "gemini-generate") {
    return {
      name: `models/${entry.id}`,
      displayName: entry.name ?? entry.id,
      ...(entry.context_length === undefined ? {} : { inputTokenLimit: entry.context_length }),
      supportedGenerationMethods: ["generateContent", "streamGenerateContent", "countTokens"],
    };
  }
  return entry;
}
