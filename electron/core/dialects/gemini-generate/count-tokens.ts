import type { ChatRequest } from "../chat.ts";
import type { ReadCall, WriteTarget } from "../dialect.ts";
import { Fields } from "../fields.ts";
import type { JsonObject } from "../json.ts";
import { spelling } from "./members.ts";
import { modelName } from "./path.ts";
import { readBody } from "./read-request.ts";
import { writeRequest } from "./write-request.ts";

/**
 * Writes a provider's `:countTokens` body.
 *
 * @param api `gemini` counts a whole request inside `generateContentRequest`; `vertex` takes its members themselves, and no
 *   tool config
 * @throws {PosternError} as `writeRequest`
 * @see https://ai.google.dev/api/tokens
 * @see https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens
 */
export function writeCountTokensRequest(request: ChatRequest, target: WriteTarget, api: "gemini" | "vertex"): JsonObject {
  const body = writeRequest(request, target);
  const { contents, systemInstruction, tools, generationConfig } = body;
  if (api === "vertex") return { contents, systemInstruction, tools, generationConfig };
  return { generateContentRequest: { model: modelName(request.model), ...body } };
}

/** Reads how many tokens a provider counted; undefined where its answer does not say. */
export function readCountTokensReply(body: JsonObject): number | undefined {
  const total = body["totalTokens"];
  return typeof total === "number" ? total : undefined;
}

/**
 * Reads a client's `:countTokens` body, which holds the contents alone, or a whole request.
 *
 * @throws {PosternError} as `readRequest`, with the field's path inside the whole body
 */
export function readCountTokensRequest(body: JsonObject, call: ReadCall): ChatRequest {
  const fields = new Fields(body);
  const inner = fields.fields(spelling(fields, "generateContentRequest"));
  if (inner === undefined) return readBody(fields, call);
  for (const path of fields.rest()) call.drop(path);
  return readBody(inner, call);
}

/** Writes the count for a client. */
export function writeCountTokensReply(totalTokens: number): JsonObject {
  return { totalTokens };
}
