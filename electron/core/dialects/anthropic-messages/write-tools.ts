import { PosternError } from "#shared/errors.ts";
import type { ChatRequest, FunctionTool, Message } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import type { CacheMarks } from "./cache-marks.ts";
import type { ModelTraits } from "./model-traits.ts";
import { fitSchema } from "./output-schema.ts";
import { forcesTool } from "./thinking.ts";

/** Anthropic compiles a grammar for each strict tool: https://platform.claude.com/docs/en/agents-and-tools/tool-use/strict-tool-use */
const mostStrictTools = 20;

/** What the tools' fields need to know. */
interface ToolCall {
  readonly request: ChatRequest;
  readonly traits: ModelTraits;
  readonly marks: CacheMarks;
  readonly drop: (field: string) => void;
}

/**
 * Writes `tools` and `tool_choice`.
 *
 * @throws {PosternError} `cannot_translate` where a call is forced and the model lets none be
 */
export function writeTools({ request, traits, marks, drop }: ToolCall): JsonObject {
  const choice = request.toolChoice;
  const functions = request.tools.filter((tool): tool is FunctionTool => tool.kind === "function");
  const offered = choice?.kind === "allowed" ? functions.filter(({ name }) => choice.names.includes(name)) : functions;
  // A history with tools in it is refused where none are declared.
  if (offered.length === 0) return writeForHistory(request.messages);
  if (forcesTool(request) && !traits.forcedTools) throw cannotForce(request.model);
  let strict = 0;
  const tools = offered.map(({ name, description, parameters, strict: isStrict, cache }) => {
    const schema = parameters ?? { type: "object", properties: {} };
    const fitted = isStrict === true && traits.structuredOutput && strict < mostStrictTools ? fitSchema(schema) : null;
    // A strict tool whose limits are not all known goes with the limits and without the guarantee.
    const keepsStrict = fitted !== null && JSON.stringify(sorted(fitted)) === JSON.stringify(sorted(schema));
    if (keepsStrict) strict++;
    else if (isStrict === true) drop(`tools.${name}.strict`);
    return marks.add(cache, {
      name,
      ...(description === undefined ? {} : { description }),
      input_schema: writeParameters(schema),
      ...(keepsStrict ? { strict: true } : {}),
    });
  });
  const tool_choice = writeChoice(request);
  return tool_choice === undefined ? { tools } : { tools, tool_choice };
}

/**
 * A tool's schema is an object's and has no alternatives at its top: their members are put together, and which belong
 * together is left to the description.
 */
function writeParameters(schema: JsonObject): JsonObject {
  const { anyOf, oneOf, allOf, ...rest } = schema;
  const variants = [anyOf, oneOf, allOf]
    .flatMap((list) => (Array.isArray(list) ? (list as readonly JsonValue[]) : []))
    .filter(isJsonObject);
  if (variants.length === 0) return schema["type"] === "object" ? schema : { ...schema, type: "object" };
  const members = [rest, ...variants].map(({ properties }) => (isJsonObject(properties) ? properties : {}));
  return { ...rest, type: "object", properties: Object.assign({}, ...members) as JsonObject };
}

function writeChoice({ toolChoice, parallelToolCalls }: ChatRequest): JsonObject | undefined {
  const serial = parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  switch (toolChoice?.kind) {
    case "none":
      return { type: "none" };
    case "required":
      return { type: "any", ...serial };
    case "tool":
      return { type: "tool", name: toolChoice.name, ...serial };
    case "allowed":
      // The others are not even offered.
      return { type: toolChoice.required ? "any" : "auto", ...serial };
    case "auto":
      return { type: "auto", ...serial };
    case undefined:
      return parallelToolCalls === false ? { type: "auto", ...serial } : undefined;
    default:
      return toolChoice satisfies never;
  }
}

function writeForHistory(messages: readonly Message[]): JsonObject {
  const names = new Set<string>();
  for (const message of messages) {
    if (message.role !== "assistant") continue;
    for (const part of message.content) if (part.type === "tool-call") names.add(part.name);
  }
  if (names.size === 0) return {};
  const tools = [...names].map((name) => ({ name, input_schema: { type: "object" } }));
  return { tools, tool_choice: { type: "none" } };
}

/** The same members in one order, for a comparison. */
function sorted(value: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sorted);
  if (!isJsonObject(value)) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

function cannotForce(model: string): PosternError {
  return new PosternError(
    "cannot_translate",
    `Cannot force a tool call: ${model.slice(0, 80)} always decides for itself; use "auto" and say in the prompt which tool to call, or choose another model`,
    { param: "tool_choice" },
  );
}
