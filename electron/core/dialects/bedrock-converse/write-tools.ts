import type { ChatRequest, FunctionTool, ToolChoice } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import type { Turn } from "../turns.ts";
import { pushCachePoint, type ContentContext } from "./write-content.ts";

/**
 * Writes `toolConfig`; undefined where nothing is about tools. A conversation that holds calls or results needs one in
 * any case, and Converse cannot say "no tools now".
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
 */
export function writeTools(request: ChatRequest, turns: readonly Turn[], context: ContentContext): JsonObject | undefined {
  const called = calledNames(turns);
  const choice = request.toolChoice;
  if (choice?.kind === "none") {
    if (called.size === 0) return undefined;
    context.drop("tool_choice");
  }
  const offered = request.tools.filter((tool) => tool.kind === "function");
  const functions = choice?.kind === "allowed" ? offered.filter((tool) => choice.names.includes(tool.name)) : offered;
  const tools: JsonObject[] = [];
  for (const tool of functions) {
    tools.push(writeTool(tool, context));
    pushCachePoint(tools, tool.cache, context, "tools");
  }
  // The history's tools are gone: they are named again, because Bedrock refuses a call of a tool without any.
  if (tools.length === 0) for (const name of called) tools.push(writeTool({ kind: "function", name }, context));
  if (tools.length === 0) return undefined;
  return { tools, toolChoice: functions.length === 0 ? undefined : writeToolChoice(choice) };
}

/** Whether the model has no choice but to call a tool, beside which Claude may not think. */
export function forcesTool(choice: ToolChoice | undefined): boolean {
  return choice?.kind === "required" || choice?.kind === "tool" || (choice?.kind === "allowed" && choice.required);
}

function calledNames(turns: readonly Turn[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const turn of turns) for (const part of turn.content) if (part.type === "tool-call") names.add(part.name);
  return names;
}

function writeTool(tool: FunctionTool, { traits, drop }: ContentContext): JsonObject {
  if (tool.strict === true && !traits.structured) drop("strict");
  return {
    toolSpec: {
      name: tool.name,
      // An empty description is refused; none at all is taken.
      description: tool.description === "" ? undefined : tool.description,
      inputSchema: { json: { type: "object", ...tool.parameters } },
      strict: tool.strict === true && traits.structured ? true : undefined,
    },
  };
}

function writeToolChoice(choice: ToolChoice | undefined): JsonObject | undefined {
  switch (choice?.kind) {
    case "required":
      return { any: {} };
    case "tool":
      return { tool: { name: choice.name } };
    case "allowed":
      if (!choice.required) return { auto: {} };
      return choice.names.length === 1 ? { tool: { name: choice.names[0] } } : { any: {} };
    case "auto":
      return { auto: {} };
    case "none":
    case undefined:
      return undefined;
  }
}
