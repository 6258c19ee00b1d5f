import type { HuggingFaceMetrics } from "#shared/schema/model.ts";
import { fieldsOf, listOf, readWord } from "./read-fields.ts";

/** Where Hugging Face counts a model. @param model `meta-llama/Llama-3.1-8B-Instruct` */
export function huggingFacePath(basePath: string, model: string): string {
  return `${basePath}/models/${model.split("/").map(encodeURIComponent).join("/")}`;
}

/**
 * Reads what Hugging Face counts; null where it is no model's page.
 *
 * @see https://huggingface.co/docs/hub/api#get-apimodelsrepoid-or-apimodelsrepoidrevisionrevision
 */
export function readHuggingFaceModel(document: unknown): HuggingFaceMetrics | null {
  const fields = fieldsOf(document);
  if (typeof (fields["id"] ?? fields["modelId"]) !== "string") return null;
  const tagged = listOf(fields["tags"]).find((tag): tag is string => typeof tag === "string" && tag.startsWith("license:"));
  return {
    downloads: readCount(fields["downloads"]),
    likes: readCount(fields["likes"]),
    pipeline_tag: readWord(fields["pipeline_tag"]),
    parameters: readCount(fieldsOf(fields["safetensors"])["total"]),
    license: readWord(fieldsOf(fields["cardData"])["license"]) ?? readWord(tagged?.slice("license:".length)),
  };
}

function readCount(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
