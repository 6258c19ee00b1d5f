import { PosternError } from "#shared/errors.ts";
import type { ChatRequest, Message, OutputFormat, Reasoning, Tool, ToolChoice } from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import { Fields } from "../fields.ts";
import type { JsonObject } from "../json.ts";
import { needJsonObject, readAssistantContent, readCachePoint, readSystemContent, readUserContent } from "./read-content.ts";

type Drop = (field: string) => void;

/** What only Bedrock can do, and what would do instead. */
const boundFields: Readonly<Record<string, string>> = {
  guardrailConfig: "only Bedrock applies its guardrails; leave it out, or choose a model on Bedrock",
  promptVariables: "only Bedrock knows the prompt that they fill; send the prompt's text",
};

/**
 * Reads a request for Converse or ConverseStream.
 *
 * @throws {PosternError} `invalid_value` with the field's path; `cannot_translate` for what only Bedrock can do
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function readRequest(body: JsonObject, call: ReadCall): ChatRequest {
  const fields = new Fields(body);
  for (const key in boundFields) {
    if (fields.has(key)) throw new PosternError("cannot_translate", `Cannot pass on "${key}": ${boundFields[key]}`, { param: key });
  }
  const inference = fields.fields("inferenceConfig");
  const tools = fields.fields("toolConfig");
  const output = fields.fields("outputConfig");
  const additional = readAdditional(fields, call.drop);
  const effort = output?.choice("effort", efforts);
  const request: ChatRequest = {
    model: call.model,
    stream: call.stream,
    messages: readMessages(fields, call.drop),
    tools: tools === undefined ? [] : readTools(tools, call.drop),
    toolChoice: tools === undefined ? undefined : readToolChoice(tools),
    maxTokens: inference?.integer("maxTokens", 1),
    temperature: inference?.number("temperature"),
    topP: inference?.number("topP"),
    stop: inference?.texts("stopSequences"),
    topK: additional.topK,
    reasoning: effort === undefined ? additional.reasoning : { ...additional.reasoning, effort },
    outputFormat: output === undefined ? undefined : readOutputFormat(output, call.drop),
    metadata: readMetadata(fields),
    serviceTier: fields.fields("serviceTier")?.text("type"),
  };
  // Which sequence stopped the answer is told to every client.
  for (const path of fields.texts("additionalModelResponseFieldPaths") ?? [])
    if (path !== "/stop_sequence") call.drop("additionalModelResponseFieldPaths");
  for (const read of [inference, tools, output, fields]) for (const path of read?.rest() ?? []) call.drop(path);
  return request;
}

function readMessages(fields: Fields, drop: Drop): readonly Message[] {
  const messages: Message[] = [];
  if (fields.has("system")) messages.push({ role: "system", authority: "system", content: readSystemContent(fields, "system", drop) });
  if (!fields.has("messages")) fields.refuse("messages", "is missing; send an array of messages");
  for (const message of fields.each("messages")) {
    const role =
      message.choice("role", ["user", "assistant", "system"]) ?? message.refuse("role", 'is missing; send "user" or "assistant"');
    if (role === "user") messages.push({ role, content: readUserContent(message, drop) });
    else if (role === "assistant") messages.push({ role, content: readAssistantContent(message, drop) });
    else messages.push({ role, authority: "system", content: readSystemContent(message, "content", drop) });
    for (const path of message.rest()) drop(path);
  }
  return messages;
}

function readTools(config: Fields, drop: Drop): readonly Tool[] {
  const tools: Tool[] = [];
  for (const tool of config.each("tools")) {
    const spec = tool.fields("toolSpec");
    const system = tool.fields("systemTool");
    if (spec !== undefined) {
      tools.push({
        kind: "function",
        name: spec.needText("name"),
        description: spec.text("description"),
        parameters: spec.needFields("inputSchema").object("json"),
        strict: spec.flag("strict"),
      });
      for (const path of spec.rest()) drop(path);
    } else if (system !== undefined) {
      tools.push({ kind: "hosted", name: system.needText("name") });
    } else if (tool.has("cachePoint")) {
      const cache = readCachePoint(tool);
      const last = tools.at(-1);
      if (last?.kind === "function") tools[tools.length - 1] = { ...last, cache };
      else drop(tool.at("cachePoint"));
    }
    for (const path of tool.rest()) drop(path);
  }
  return tools;
}

function readToolChoice(config: Fields): ToolChoice | undefined {
  const choice = config.fields("toolChoice");
  if (choice === undefined) return undefined;
  const tool = choice.fields("tool");
  if (tool !== undefined) return { kind: "tool", name: tool.needText("name") };
  if (choice.object("any") !== undefined) return { kind: "required" };
  return choice.object("auto") === undefined ? config.refuse("toolChoice", 'must hold "auto", "any" or "tool"') : { kind: "auto" };
}

const efforts = ["low", "medium", "high", "xhigh", "max"] as const;

/** What goes to the model as it is: the fields that other dialects have as well are understood. */
function readAdditional(fields: Fields, drop: Drop): { readonly topK?: number | undefined; readonly reasoning?: Reasoning | undefined } {
  const additional = fields.fields("additionalModelRequestFields");
  if (additional === undefined) return {};
  const thinking = additional.fields("thinking");
  const nova = additional.fields("reasoningConfig");
  const inference = additional.fields("inferenceConfig");
  const output = additional.fields("output_config");
  const effort =
    output?.choice("effort", efforts) ??
    nova?.choice("maxReasoningEffort", ["low", "medium", "high"]) ??
    additional.choice("reasoning_effort", ["none", "minimal", ...efforts]);
  const kind = thinking?.choice("type", ["enabled", "disabled", "adaptive"]) ?? nova?.choice("type", ["enabled", "disabled"]);
  const reasoning: Reasoning = {
    effort: kind === "disabled" ? "none" : effort,
    budget: thinking?.integer("budget_tokens", 1),
    isAdaptive: kind === "adaptive" ? true : undefined,
    visible: thinking?.has("display") === true ? thinking.choice("display", ["summarized", "omitted"]) === "summarized" : undefined,
  };
  const topK = additional.integer("top_k") ?? inference?.integer("topK");
  for (const read of [thinking, nova, inference, output, additional]) for (const path of read?.rest() ?? []) drop(path);
  return { topK, reasoning: kind === undefined && effort === undefined ? undefined : reasoning };
}

function readOutputFormat(output: Fields, drop: Drop): OutputFormat | undefined {
  const format = output.fields("textFormat");
  if (format === undefined) return undefined;
  format.choice("type", ["json_schema"]);
  const structure = format.needFields("structure");
  const definition = structure.needFields("jsonSchema");
  const outputFormat: OutputFormat = {
    kind: "schema",
    schema: needJsonObject(definition, "schema"),
    name: definition.text("name"),
    description: definition.text("description"),
    strict: true,
  };
  for (const read of [definition, structure, format]) for (const path of read.rest()) drop(path);
  return outputFormat;
}

function readMetadata(fields: Fields): ChatRequest["metadata"] {
  const metadata = fields.object("requestMetadata");
  if (metadata === undefined) return undefined;
  const entries = new Fields(metadata, "requestMetadata");
  return Object.fromEntries(Object.keys(metadata).map((key) => [key, entries.needText(key)]));
}
