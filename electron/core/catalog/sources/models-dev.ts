import { bareModel } from "../source-model.ts";
import type { Lister } from "./lister.ts";
import {
  fieldsOf,
  NonsenseError,
  readDate,
  readFlag,
  readId,
  readModalities,
  readName,
  readPrices,
  readSeconds,
  readTokens,
} from "./read-fields.ts";

/** An entry of the flattened list. */
interface ProviderEntry {
  readonly provider: string;
  readonly fields: unknown;
}

/**
 * models.dev: limits, prices for a million tokens, and abilities of many providers' models, written by volunteers.
 *
 * @see https://github.com/anomalyco/models.dev for the shape of api.json
 */
export const modelsDevList: Lister = {
  path: (basePath) => `${basePath}/api.json`,
  entries(page) {
    const providers = Object.entries(fieldsOf(page));
    if (providers.length === 0 || !providers.every(([, provider]) => "models" in fieldsOf(provider))) return null;
    return providers.flatMap(([provider, fields]) =>
      Object.values(fieldsOf(fieldsOf(fields)["models"])).map((model): ProviderEntry => ({ provider, fields: model })),
    );
  },
  providerOf(entry) {
    const { provider } = entry as ProviderEntry;
    if (!/^[a-z0-9][a-z0-9.-]{0,63}$/.test(provider)) throw new NonsenseError("a provider's name that is none");
    return provider;
  },
  read(entry) {
    const fields = fieldsOf((entry as ProviderEntry).fields);
    const cost = fieldsOf(fields["cost"]);
    const limit = fieldsOf(fields["limit"]);
    const modalities = fieldsOf(fields["modalities"]);
    return {
      ...bareModel(readId(fields["id"])),
      name: readName(fields["name"]),
      createdAtSeconds: readSeconds(readDate(fields["release_date"])),
      contextTokens: readTokens(limit["context"]),
      maxOutputTokens: readTokens(limit["output"]),
      inputModalities: readModalities(modalities["input"]),
      outputModalities: readModalities(modalities["output"]),
      tools: readFlag(fields["tool_call"]),
      jsonSchema: readFlag(fields["structured_output"]),
      reasoning: readFlag(fields["reasoning"]),
      caching: cost["cache_read"] === undefined ? null : true,
      prices: readPrices(
        {
          input: cost["input"],
          output: cost["output"],
          cacheRead: cost["cache_read"],
          cacheWrite: cost["cache_write"],
          reasoning: cost["reasoning"],
          audio: cost["input_audio"],
        },
        1_000_000,
      ),
      openWeights: readFlag(fields["open_weights"]),
      knowledgeCutoff: readDate(fields["knowledge"]),
      deprecatedAt: fields["status"] === "deprecated" ? "deprecated" : null,
    };
  },
};
