import { PosternError } from "#shared/errors.ts";
import type { ChatRequest, OutputFormat } from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import { Fields, invalid } from "../fields.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { readMessages } from "./read-messages.ts";
import { readReasoning } from "./read-reasoning.ts";
import { readToolChoice, readTools } from "./read-tools.ts";

/**
 * Reads a client's `POST /chat/completions`, with what users of OpenRouter, Portkey and DeepSeek add to it.
 *
 * @throws {PosternError} `invalid_value`, or `cannot_translate` for several answers, spoken ones and moderation that blocks
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function readRequest(body: JsonObject, call: ReadCall): ChatRequest {
  const fields = new Fields(body);
  fields.ignore("model", "stream");
  refuseWhatNobodyElseHas(fields, call);
  readStreamOptions(fields, call);
  const request: ChatRequest = {
    model: call.model,
    stream: call.stream,
    messages: readMessages(fields, call),
    tools: readTools(fields, call),
    toolChoice: readToolChoice(fields),
    parallelToolCalls: readParallel(fields),
    maxTokens: fields.integer("max_completion_tokens", 1) ?? fields.integer("max_tokens", 1),
    temperature: fields.number("temperature"),
    topP: fields.number("top_p"),
    topK: readTopK(fields),
    seed: fields.integer("seed", Number.MIN_SAFE_INTEGER),
    frequencyPenalty: fields.number("frequency_penalty"),
    presencePenalty: fields.number("presence_penalty"),
    stop: fields.texts("stop"),
    logprobs: readLogprobs(fields, call),
    outputFormat: readOutputFormat(fields, call),
    verbosity: fields.choice("verbosity", ["low", "medium", "high"]),
    reasoning: readReasoning(fields, call),
    metadata: readMetadata(fields),
    endUser: fields.text("safety_identifier") ?? fields.text("user"),
    serviceTier: fields.text("service_tier"),
    cacheKey: fields.text("prompt_cache_key"),
  };
  // One of two names for the same thing was enough.
  fields.ignore("max_tokens", "user");
  ignoreDefaults(fields, body);
  for (const path of fields.rest()) call.drop(path);
  return request;
}

function refuseWhatNobodyElseHas(fields: Fields, call: ReadCall): void {
  const answers = fields.integer("n", 1);
  if (answers !== undefined && answers > 1) {
    throw cannotTranslate("n", "the chosen provider gives one answer a call; leave it out and call as often as you need answers");
  }
  const modalities = fields.texts("modalities");
  if (modalities?.includes("audio") === true) {
    throw cannotTranslate(
      "modalities",
      'the chosen provider answers in text; ask for ["text"], or choose a model that speaks chat completions',
    );
  }
  if (modalities?.every((modality) => modality === "text") === false) call.drop("modalities");
  const moderation = fields.fields("moderation");
  const policy = moderation?.fields("policy");
  if (policy?.fields("input")?.text("mode") === "block" || policy?.fields("output")?.text("mode") === "block") {
    throw cannotTranslate("moderation", "the chosen provider cannot block what it flags; choose one of OpenAI's models");
  }
  if (moderation !== undefined) call.drop("moderation");
}

function cannotTranslate(param: string, why: string): PosternError {
  return new PosternError("cannot_translate", `Cannot pass on "${param}": ${why}`, { param });
}

/** `include_usage` is the answer's business; obfuscation pads what OpenAI sends, which is nothing to a local client. */
function readStreamOptions(fields: Fields, call: ReadCall): void {
  const options = fields.fields("stream_options");
  if (options === undefined) return;
  options.flag("include_usage");
  options.ignore("include_obfuscation");
  for (const path of options.rest()) call.drop(path);
}

/** A client of the time before `tools` has place for one call in an answer. */
function readParallel(fields: Fields): boolean | undefined {
  const parallel = fields.flag("parallel_tool_calls");
  return parallel ?? (fields.has("functions") && !fields.has("tools") ? false : undefined);
}

/** vLLM and others take 0 and -1 for "all of them". */
function readTopK(fields: Fields): number | undefined {
  const topK = fields.integer("top_k", -1);
  return topK === undefined || topK < 1 ? undefined : topK;
}

function readLogprobs(fields: Fields, call: ReadCall): number | undefined {
  const isAsked = fields.flag("logprobs");
  const top = fields.integer("top_logprobs");
  if (isAsked === true) return top ?? 0;
  if (top !== undefined) call.drop("top_logprobs");
  return undefined;
}

/** https://platform.openai.com/docs/guides/structured-outputs */
function readOutputFormat(fields: Fields, call: ReadCall): OutputFormat | undefined {
  const format = fields.fields("response_format");
  if (format === undefined) return undefined;
  const type = format.needText("type");
  switch (type) {
    case "text":
      return undefined;
    case "json_object": {
      // Together and others take the schema here.
      const schema = format.object("schema");
      for (const path of format.rest()) call.drop(path);
      return schema === undefined ? { kind: "json" } : { kind: "schema", schema };
    }
    case "json_schema": {
      const wanted = format.needFields("json_schema");
      const name = wanted.text("name");
      const description = wanted.text("description");
      const schema = wanted.object("schema");
      const strict = wanted.flag("strict");
      for (const path of [...format.rest(), ...wanted.rest()]) call.drop(path);
      return schema === undefined ? { kind: "json" } : { kind: "schema", schema, name, description, strict };
    }
    default:
      throw cannotTranslate("response_format", 'the chosen provider knows "text", "json_object" and "json_schema"; ask for one of them');
  }
}

function readMetadata(fields: Fields): Readonly<Record<string, string>> | undefined {
  const metadata = fields.object("metadata");
  if (metadata === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => {
      if (typeof value === "string") return [key, value];
      throw invalid(`metadata.${key}`, "must be a string");
    }),
  );
}

/** Fields that ask for nothing when they have these values: clients send them all the same. */
function ignoreDefaults(fields: Fields, body: JsonObject): void {
  const { store, logit_bias: bias } = body;
  if (store === false) fields.ignore("store");
  if (isJsonObject(bias) && Object.keys(bias).length === 0) fields.ignore("logit_bias");
}
