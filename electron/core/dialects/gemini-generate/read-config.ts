import { PosternError } from "#shared/errors.ts";
import type { ChatRequest, OutputFormat, Reasoning } from "../chat.ts";
import type { Fields } from "../fields.ts";
import { spelling } from "./members.ts";
import { dropRest } from "./read-contents.ts";
import { readSchema } from "./read-schema.ts";

type Settings = Pick<
  ChatRequest,
  | "maxTokens"
  | "temperature"
  | "topP"
  | "topK"
  | "seed"
  | "frequencyPenalty"
  | "presencePenalty"
  | "stop"
  | "logprobs"
  | "outputFormat"
  | "reasoning"
>;

const levels = { MINIMAL: "minimal", LOW: "low", MEDIUM: "medium", HIGH: "high", THINKING_LEVEL_UNSPECIFIED: undefined } as const;

/**
 * Reads `generationConfig`.
 *
 * @throws {PosternError} `cannot_translate` for several candidates and for answers that are no text
 * @see https://ai.google.dev/api/generate-content#GenerationConfig
 */
export function readConfig(config: Fields, drop: (field: string) => void): Settings {
  refuseCandidates(config);
  refuseModalities(config, drop);
  const settings: Settings = {
    maxTokens: config.integer(spelling(config, "maxOutputTokens"), 1),
    temperature: config.number("temperature"),
    topP: config.number(spelling(config, "topP")),
    topK: config.number(spelling(config, "topK")),
    seed: config.number("seed"),
    frequencyPenalty: config.number(spelling(config, "frequencyPenalty")),
    presencePenalty: config.number(spelling(config, "presencePenalty")),
    stop: config.texts(spelling(config, "stopSequences")),
    logprobs: readLogprobs(config),
    outputFormat: readOutputFormat(config, drop),
    reasoning: readThinking(config, drop),
  };
  dropRest(config, drop);
  return settings;
}

function refuseCandidates(config: Fields): void {
  const key = spelling(config, "candidateCount");
  const count = config.integer(key, 1);
  if (count !== undefined && count > 1)
    throw new PosternError(
      "cannot_translate",
      `Cannot pass on "${config.at(key)}": this provider gives one answer a call; send 1 and call again`,
      {
        param: config.at(key),
      },
    );
}

function refuseModalities(config: Fields, drop: (field: string) => void): void {
  const key = spelling(config, "responseModalities");
  const modalities = config.texts(key)?.map((modality) => modality.toUpperCase()) ?? [];
  const other = modalities.filter((modality) => modality !== "TEXT" && modality !== "MODALITY_UNSPECIFIED");
  if (other.length === 0) return;
  if (modalities.includes("TEXT") && !modalities.includes("AUDIO")) return drop(config.at(key));
  throw new PosternError("cannot_translate", `Cannot pass on "${config.at(key)}": this provider answers in text; ask for ["TEXT"]`, {
    param: config.at(key),
  });
}

function readLogprobs(config: Fields): number | undefined {
  const top = config.integer("logprobs");
  return config.flag(spelling(config, "responseLogprobs")) === true ? (top ?? 0) : undefined;
}

function readOutputFormat(config: Fields, drop: (field: string) => void): OutputFormat | undefined {
  const key = spelling(config, "responseMimeType");
  const mediaType = config.text(key);
  // A bare word of an enum: others can only say it inside JSON.
  if (mediaType === "text/x.enum")
    throw new PosternError(
      "cannot_translate",
      `Cannot pass on "${config.at(key)}": this provider knows no bare enums; use "application/json"`,
      {
        param: config.at(key),
      },
    );
  const openApi = config.object(spelling(config, "responseSchema"));
  const schema = config.object(spelling(config, "responseJsonSchema")) ?? config.object("_responseJsonSchema");
  if (schema !== undefined) return { kind: "schema", schema };
  if (openApi !== undefined) return { kind: "schema", schema: readSchema(openApi) };
  if (mediaType === "application/json") return { kind: "json" };
  if (mediaType !== undefined && mediaType !== "text/plain") drop(config.at(key));
  return undefined;
}

function readThinking(config: Fields, drop: (field: string) => void): Reasoning | undefined {
  const thinking = config.fields(spelling(config, "thinkingConfig"));
  if (thinking === undefined) return undefined;
  const levelKey = spelling(thinking, "thinkingLevel");
  const level = thinking.text(levelKey)?.toUpperCase();
  if (level !== undefined && !Object.hasOwn(levels, level)) thinking.refuse(levelKey, `must be one of ${Object.keys(levels).join(", ")}`);
  const budget = thinking.integer(spelling(thinking, "thinkingBudget"), -1);
  const visible = thinking.flag(spelling(thinking, "includeThoughts"));
  dropRest(thinking, drop);
  return {
    effort: level === undefined ? undefined : levels[level as keyof typeof levels],
    budget: budget === -1 ? undefined : budget,
    isAdaptive: budget === -1 ? true : undefined,
    visible,
  };
}
