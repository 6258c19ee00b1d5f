import type { CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import { type Fields, invalid } from "../fields.ts";
import { readCacheMark } from "./cache-mark.ts";

/**
 * Reads `tools`, and `functions` of the time before them. A tool of another type is one that its provider runs itself.
 *
 * @see https://platform.openai.com/docs/guides/function-calling
 */
export function readTools(body: Fields, call: ReadCall): readonly Tool[] {
  const tools: Tool[] = body.each("tools").map((tool) => {
    const read = readTool(tool, call);
    for (const path of tool.rest()) call.drop(path);
    return read;
  });
  for (const legacy of body.each("functions")) tools.push(readFunction(legacy, undefined, call));
  // A search that goes with every call of the search models, though it stands apart from the tools.
  if (body.has("web_search_options")) tools.push({ kind: "hosted", name: "web_search_options" });
  body.ignore("web_search_options");
  return tools;
}

/** Reads `tool_choice`, or `function_call` of the time before it. */
export function readToolChoice(body: Fields): ToolChoice | undefined {
  const key = body.has("tool_choice") || !body.has("function_call") ? "tool_choice" : "function_call";
  body.ignore("function_call");
  const choice = body.any(key);
  if (choice === undefined) return undefined;
  if (typeof choice === "string") {
    switch (choice) {
      case "auto":
      case "none":
        return { kind: choice };
      case "required":
      // Mistral's word for it.
      case "any":
        return { kind: "required" };
      default:
        body.refuse(key, 'must be "auto", "none", "required" or an object that names a tool');
    }
  }
  const fields = body.needFields(key);
  if (key === "function_call") return { kind: "tool", name: fields.needText("name") };
  return readChosen(fields);
}

function readChosen(choice: Fields): ToolChoice {
  const type = choice.needText("type");
  switch (type) {
    // Some clients put the words into an object.
    case "auto":
    case "none":
      return { kind: type };
    case "any":
    case "required":
      return { kind: "required" };
    case "function":
    case "custom":
      return { kind: "tool", name: choice.needFields(type).needText("name") };
    case "tool":
      return { kind: "tool", name: choice.needText("name") };
    case "allowed_tools": {
      const allowed = choice.needFields("allowed_tools");
      const names = allowed.each("tools").map(readAllowed);
      if (names.length === 0) throw invalid(allowed.at("tools"), "must name at least one tool");
      return { kind: "allowed", names, required: allowed.choice("mode", ["auto", "required"]) === "required" };
    }
    default:
      return { kind: "tool", name: type };
  }
}

function readAllowed(tool: Fields): string {
  const type = tool.needText("type");
  return type === "function" || type === "custom" ? tool.needFields(type).needText("name") : type;
}

function readTool(tool: Fields, call: ReadCall): Tool {
  const type = tool.text("type") ?? "function";
  switch (type) {
    case "function": {
      const cache = readCacheMark(tool, call.drop);
      return readFunction(tool.needFields("function"), cache, call);
    }
    case "custom":
      return readCustom(tool.needFields("custom"), call);
    default:
      return readHosted(tool, type);
  }
}

function readFunction(body: Fields, cache: FunctionTool["cache"], call: ReadCall): FunctionTool {
  const name = body.needText("name");
  if (name === "") body.refuse("name", "must not be empty");
  const tool: FunctionTool = {
    kind: "function",
    name,
    description: body.text("description"),
    parameters: body.object("parameters"),
    strict: body.flag("strict"),
    cache: cache ?? readCacheMark(body, call.drop),
  };
  for (const path of body.rest()) call.drop(path);
  return tool;
}

function readCustom(body: Fields, call: ReadCall): CustomTool {
  const format = body.fields("format");
  const isGrammar = format?.choice("type", ["text", "grammar"]) === "grammar";
  const grammar = isGrammar ? format?.needFields("grammar") : undefined;
  const tool: CustomTool = {
    kind: "custom",
    name: body.needText("name"),
    description: body.text("description"),
    grammar: grammar === undefined ? undefined : { syntax: grammar.needText("syntax"), definition: grammar.needText("definition") },
  };
  for (const path of body.rest()) call.drop(path);
  return tool;
}

/** The tool goes as a whole, so its settings are not named one by one. */
function readHosted(tool: Fields, name: string): HostedTool {
  tool.ignore(...tool.rest().map((path) => path.slice(tool.path.length + 1)));
  return { kind: "hosted", name };
}
