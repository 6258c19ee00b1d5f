import { PosternError } from "#shared/errors.ts";
import { modelPath } from "#core/dialects/bedrock-converse/path.ts";
import type { ChatRequest } from "#core/dialects/chat.ts";
import {
  readCountTokensReply,
  readCountTokensRequest,
  writeCountTokensReply,
  writeCountTokensRequest,
} from "#core/dialects/gemini-generate/count-tokens.ts";
import { dialectOf } from "#core/dialects/index.ts";
import type { JsonObject } from "#core/dialects/json.ts";
import { translateRequest, type TranslationCall } from "#core/dialects/translation.ts";
import type { Dialect } from "#core/dialects/dialect.ts";
import type { DialectId } from "#shared/schema/provider.ts";
import { jsonWay } from "./reply-way.ts";
import type { Prepared, Target } from "./attempt-target.ts";

/** The dialects whose providers count tokens themselves. */
export function countsTokens(dialect: DialectId): boolean {
  return dialect === "anthropic-messages" || dialect === "gemini-generate" || dialect === "bedrock-converse";
}

/** Reads what a client wants to have counted. Anthropic's body is a call's without `max_tokens`, which a call must have. */
export function readCountRequest(client: Dialect, body: JsonObject, model: string): ChatRequest {
  const call = { model, stream: false, drop: () => {} };
  return client.id === "gemini-generate" ? readCountTokensRequest(body, call) : client.readRequest({ max_tokens: 1, ...body }, call);
}

/**
 * Makes the counting call of a provider of another dialect than the client's.
 *
 * @see https://platform.claude.com/docs/en/api/messages-count-tokens
 * @see https://ai.google.dev/api/tokens
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
 */
export function prepareCount(client: Dialect, clientBody: JsonObject, attempt: Target, call: TranslationCall): Prepared {
  const provider = dialectOf(attempt.dialect);
  const reader: Dialect = { ...client, readRequest: (body, { model }) => readCountRequest(client, body, model) };
  const { body, dropped, request } = translateRequest(reader, provider, clientBody, call);
  const { path, bytes, field } = countingCall(provider, body, request, attempt, call);
  const way = jsonWay((reply) => {
    const counted = field === "totalTokens" ? readCountTokensReply(reply) : reply[field];
    if (typeof counted === "number" && Number.isInteger(counted) && counted >= 0) return { body: writeCount(client, counted), usage: null };
    throw new PosternError(
      "upstream_invalid",
      `Cannot use the count of ${attempt.row.id}: its answer does not say how many tokens there are`,
    );
  });
  return { bytes, path, way, dropped };
}

/** Writes a count as the client's API does. */
export function writeCount(client: Dialect, tokens: number): JsonObject {
  return client.id === "gemini-generate" ? writeCountTokensReply(tokens) : { input_tokens: tokens };
}

function countingCall(
  provider: Dialect,
  body: JsonObject,
  request: ChatRequest,
  attempt: Target,
  call: TranslationCall,
): { readonly path: string; readonly bytes: Buffer; readonly field: string } {
  const json = (value: JsonObject): Buffer => Buffer.from(JSON.stringify(value));
  switch (provider.id) {
    case "anthropic-messages": {
      const { model, system, messages, tools, tool_choice, thinking, output_config } = body;
      return {
        path: "/messages/count_tokens",
        bytes: json({ model, system, messages, tools, tool_choice, thinking, output_config }),
        field: "input_tokens",
      };
    }
    case "bedrock-converse": {
      const { system, messages, toolConfig } = body;
      const path = modelPath(call.model, "count-tokens");
      return { path, bytes: json({ input: { converse: { system, messages, toolConfig } } }), field: "inputTokens" };
    }
    case "gemini-generate": {
      const api = attempt.row.auth === "google-oauth" ? "vertex" : "gemini";
      const counted = writeCountTokensRequest(request, { quirks: call.quirks, drop: () => {} }, api);
      return {
        path: provider.path({ model: call.model, stream: false }).replace(/:\w+$/, ":countTokens"),
        bytes: json(counted),
        field: "totalTokens",
      };
    }
    default:
      throw new PosternError(
        "endpoint_unsupported",
        `Cannot ask ${attempt.row.id} to count tokens: it does not offer that; choose another provider`,
        { param: "model" },
      );
  }
}
