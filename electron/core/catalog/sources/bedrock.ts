import { bareModel } from "../source-model.ts";
import type { Lister } from "./lister.ts";
import { fieldsOf, listOf, readId, readModalities, readName, readWord } from "./read-fields.ts";

const profilesPath = "/inference-profiles?maxResults=1000";

/**
 * Bedrock's models, and behind them the inference profiles (`us.`, `global.`) by which most of the newer ones are called.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListInferenceProfiles.html
 */
export const bedrockList: Lister = {
  path: (basePath) => `${basePath}/foundation-models`,
  entries(page) {
    const { modelSummaries: models, inferenceProfileSummaries: profiles } = fieldsOf(page);
    return Array.isArray(models) ? models : Array.isArray(profiles) ? profiles : null;
  },
  next(page, basePath) {
    const { modelSummaries: models, nextToken: token } = fieldsOf(page);
    if (Array.isArray(models)) return basePath + profilesPath;
    return typeof token === "string" && token !== "" && token.length < 3_000
      ? `${basePath}${profilesPath}&nextToken=${encodeURIComponent(token)}`
      : null;
  },
  read(entry) {
    const fields = fieldsOf(entry);
    if (fields["inferenceProfileId"] !== undefined) {
      return { ...bareModel(readId(fields["inferenceProfileId"])), name: readName(fields["inferenceProfileName"]) };
    }
    const types = listOf(fields["inferenceTypesSupported"]);
    // Listed for the sake of its profiles, or for those who have rented it: a call by this name is refused.
    if (types.length > 0 && !types.includes("ON_DEMAND")) return null;
    return {
      ...bareModel(readId(fields["modelId"])),
      name: readName(fields["modelName"]),
      maker: readWord(fields["providerName"]),
      inputModalities: readModalities(fields["inputModalities"]),
      outputModalities: readModalities(fields["outputModalities"]),
      deprecatedAt: fieldsOf(fields["modelLifecycle"])["status"] === "LEGACY" ? "deprecated" : null,
    };
  },
};
