import type { ChatRequest, Tool, ToolChoice } from "../chat.ts";
import type { Fields } from "../fields.ts";
import { clientTool } from "./client-tools.ts";
import { dropRest, readCache } from "./read-parts.ts";

type ToolFields = Pick<ChatRequest, "tools" | "toolChoice" | "parallelToolCalls">;

/**
 * Reads `tools` and `tool_choice`.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools
 */
export function readTools(body: Fields, drop: (field: string) => void): ToolFields {
  /** How the hosted tools are called in `tool_choice`, and what they are known by. */
  const hosted = new Map<string, string>();
  const tools = body.each("tools").map((tool): Tool => {
    const type = tool.text("type");
    if (type !== undefined && type !== "custom") {
      const defined = clientTool(type);
      if (defined !== undefined) return { kind: "function", name: tool.needText("name"), ...defined, cache: readCache(tool) };
      hosted.set(tool.text("name") ?? type, type);
      return { kind: "hosted", name: type };
    }
    // These tell how the arguments are sent, not what the tool is.
    tool.ignore("eager_input_streaming");
    const read: Tool = {
      kind: "function",
      name: tool.needText("name"),
      description: tool.text("description"),
      parameters: tool.object("input_schema"),
      strict: tool.flag("strict"),
      cache: readCache(tool),
    };
    dropRest(tool, drop);
    return read;
  });
  const choice = body.fields("tool_choice");
  if (choice === undefined) return { tools };
  const isSerial = choice.flag("disable_parallel_tool_use");
  const toolChoice = readChoice(choice, hosted);
  dropRest(choice, drop);
  return { tools, toolChoice, parallelToolCalls: isSerial === undefined ? undefined : !isSerial };
}

function readChoice(choice: Fields, hosted: ReadonlyMap<string, string>): ToolChoice {
  switch (choice.choice("type", ["auto", "any", "tool", "none"])) {
    case "auto":
      return { kind: "auto" };
    case "any":
      return { kind: "required" };
    case "none":
      return { kind: "none" };
    case "tool": {
      const name = choice.needText("name");
      return { kind: "tool", name: hosted.get(name) ?? name };
    }
    default:
      return choice.refuse("type", 'is missing; send "auto", "any", "tool" or "none"');
  }
}
