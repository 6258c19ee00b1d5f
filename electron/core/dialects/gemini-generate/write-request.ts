import { PosternError } from "#shared/errors.ts";
import type { ChatRequest, FunctionTool } from "../chat.ts";
import type { WriteTarget } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { modelFacts, type ModelFacts } from "./model-facts.ts";
import { writeThinking } from "./thinking.ts";
import { writeContents } from "./write-contents.ts";
import { hasNoParameters, writeSchema } from "./write-schema.ts";

/** https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference (`stopSequences`) */
const mostStops = 5;

/** What a label may be: https://cloud.google.com/resource-manager/docs/labels-overview */
const labelName = /^[a-z][a-z0-9_-]{0,62}$/;
const labelValue = /^[a-z0-9_-]{0,63}$/;

/**
 * Writes a provider's `generateContent` body.
 *
 * @throws {PosternError} `cannot_translate` for a file that Google cannot get, for more stop sequences than it takes, and
 *   for tools beside JSON output before Gemini 3
 */
export function writeRequest(request: ChatRequest, target: WriteTarget): JsonObject {
  const facts = modelFacts(request.model);
  const functions = request.tools.filter((tool) => tool.kind === "function");
  nameDropped(request, functions, target.drop);
  const { contents, systemInstruction } = writeContents(request.messages, facts);
  const generationConfig = writeConfig(request, functions, facts, target.drop);
  return {
    contents,
    systemInstruction,
    tools: functions.length === 0 ? undefined : [{ functionDeclarations: functions.map(writeDeclaration) }],
    toolConfig: functions.length === 0 ? undefined : writeToolConfig(request),
    generationConfig: Object.values(generationConfig).every((value) => value === undefined) ? undefined : generationConfig,
    labels: writeLabels(request.metadata, target.drop),
    serviceTier: writeServiceTier(request.serviceTier, target.drop),
  };
}

function writeConfig(
  request: ChatRequest,
  functions: readonly FunctionTool[],
  facts: ModelFacts,
  drop: (field: string) => void,
): JsonObject {
  const { outputFormat, logprobs } = request;
  if (outputFormat !== undefined && functions.length > 0 && !facts.isThirdGeneration)
    throw new PosternError(
      "cannot_translate",
      `Cannot ask ${request.model} for JSON output: it takes no tools beside it; use Gemini 3 or later, or leave one of them out`,
      { param: "response_format" },
    );
  const thinkingConfig = writeThinking(request.reasoning, facts);
  if (thinkingConfig === null) drop("reasoning");
  return {
    maxOutputTokens: request.maxTokens,
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    seed: request.seed,
    frequencyPenalty: request.frequencyPenalty,
    presencePenalty: request.presencePenalty,
    stopSequences: writeStops(request.stop),
    responseLogprobs: logprobs === undefined ? undefined : true,
    logprobs: logprobs === undefined || logprobs === 0 ? undefined : logprobs,
    responseMimeType: outputFormat === undefined ? undefined : "application/json",
    responseJsonSchema: outputFormat?.kind === "schema" ? writeSchema(outputFormat.schema) : undefined,
    thinkingConfig: thinkingConfig ?? undefined,
  };
}

function writeStops(stop: ChatRequest["stop"]): readonly string[] | undefined {
  const stops = stop?.filter((text) => text !== "") ?? [];
  if (stops.length > mostStops)
    throw new PosternError(
      "cannot_translate",
      `Cannot pass on ${stops.length} stop sequences: Gemini takes at most ${mostStops}; send fewer`,
      {
        param: "stop",
      },
    );
  return stops.length === 0 ? undefined : stops;
}

function writeDeclaration(tool: FunctionTool): JsonObject {
  const schema = tool.parameters;
  return {
    name: tool.name,
    description: tool.description,
    parametersJsonSchema: schema === undefined || hasNoParameters(schema) ? undefined : { type: "object", ...writeSchema(schema) },
  };
}

/** `VALIDATED` with names lets the model call one of them or none: https://ai.google.dev/api/caching#FunctionCallingConfig */
function writeToolConfig(request: ChatRequest): JsonObject | undefined {
  const choice = request.toolChoice;
  switch (choice?.kind) {
    case undefined:
    case "auto":
      return undefined;
    case "none":
      return { functionCallingConfig: { mode: "NONE" } };
    case "required":
      return { functionCallingConfig: { mode: "ANY" } };
    case "tool":
      return { functionCallingConfig: { mode: "ANY", allowedFunctionNames: [choice.name] } };
    case "allowed":
      return { functionCallingConfig: { mode: choice.required ? "ANY" : "VALIDATED", allowedFunctionNames: choice.names } };
    default:
      return choice satisfies never;
  }
}

function writeLabels(metadata: ChatRequest["metadata"], drop: (field: string) => void): JsonObject | undefined {
  if (metadata === undefined || Object.keys(metadata).length === 0) return undefined;
  if (Object.entries(metadata).every(([name, value]) => labelName.test(name) && labelValue.test(value))) return metadata;
  drop("metadata");
  return undefined;
}

function writeServiceTier(tier: string | undefined, drop: (field: string) => void): string | undefined {
  if (tier === undefined || tier === "auto") return undefined;
  if (tier === "default" || tier === "standard") return "standard";
  if (tier === "flex" || tier === "priority") return tier;
  drop("serviceTier");
  return undefined;
}

function nameDropped(request: ChatRequest, functions: readonly FunctionTool[], drop: (field: string) => void): void {
  if (request.verbosity !== undefined) drop("verbosity");
  if (request.endUser !== undefined) drop("endUser");
  if (request.cacheKey !== undefined) drop("cacheKey");
  if (request.parallelToolCalls === false) drop("parallelToolCalls");
  if (functions.some((tool) => tool.strict === true)) drop("strict");
  let hasMarks = functions.some((tool) => tool.cache !== undefined);
  let hasDetail = false;
  let asksCitations = false;
  for (const message of request.messages) {
    for (const part of message.content) {
      if ("cache" in part && part.cache !== undefined) hasMarks = true;
      if (part.type === "image" && part.detail !== undefined && part.detail !== "auto") hasDetail = true;
      if (part.type === "document" && part.citations === true) asksCitations = true;
    }
  }
  if (hasMarks) drop("cache_control");
  if (hasDetail) drop("detail");
  if (asksCitations) drop("citations");
}
