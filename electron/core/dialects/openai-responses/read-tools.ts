import type { FunctionTool, Tool, ToolChoice } from "../chat.ts";
import type { Fields } from "../fields.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { clientToolsByType } from "./client-tools.ts";

/** The tools of a request, as they were found one after the other. */
export interface ToolList {
  readonly tools: readonly Tool[];
  /** Reads an array of tools and adds them. */
  add(tools: readonly Fields[], drop: (field: string) => void): void;
  /** The name that a tool has to other providers, by how the client calls it. */
  nameOf(name: string, namespace?: string): string;
  /** The name that a client tool such as `local_shell` has to other providers. */
  nameOfType(type: string): string;
  /** The types of the client tools, by the names that they have to other providers. */
  readonly typesByName: ReadonlyMap<string, string>;
}

/**
 * Begins a list of tools. Tools in a namespace become plain ones with the namespace before their name; a tool that was
 * there already is left out, since every provider refuses the second of a name.
 */
export function createToolList(): ToolList {
  const tools: Tool[] = [];
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const typesByName = new Map<string, string>();

  const claim = (key: string, wanted: string): string | null => {
    if (names.has(key)) return null;
    let name = wanted;
    for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
    names.set(key, name);
    taken.add(name);
    return name;
  };

  const add = (tool: Fields, namespace: Namespace | undefined, drop: (field: string) => void): void => {
    const type = tool.text("type") ?? "function";
    // These say when a tool is loaded, not what it is: here all of them are.
    tool.ignore("defer_loading");
    if (type === "namespace") {
      const name = tool.needText("name");
      const description = tool.text("description");
      for (const [index, nested] of tool.each("tools").entries()) {
        add(nested, { name, description: index === 0 ? description : undefined }, drop);
      }
    } else if (type === "function" || type === "custom") {
      const toolName = tool.needText("name");
      const name = claim(keyOf(toolName, namespace?.name), namespace === undefined ? toolName : flatName(namespace.name, toolName));
      const shared = {
        description: describe(tool.text("description"), namespace),
        namespace: namespace === undefined ? undefined : { name: namespace.name, toolName },
      };
      const read = type === "function" ? readFunction(tool) : { kind: "custom" as const, grammar: readGrammar(tool) };
      if (name === null) drop(tool.path);
      else tools.push({ name, ...shared, ...read });
    } else {
      addTyped(tool, type);
      return;
    }
    for (const path of tool.rest()) drop(path);
  };

  const addTyped = (tool: Fields, type: string): void => {
    const fields = tool.rest().map((path) => path.slice(tool.at("").length));
    const declared: JsonObject = Object.fromEntries(fields.map((key) => [key, tool.any(key)]));
    const client = clientToolsByType.get(type);
    if (client?.isClients(declared) !== true) {
      if (!tools.some((one) => one.kind === "hosted" && one.name === type)) tools.push({ kind: "hosted", name: type });
      return;
    }
    const name = claim(typeKey(type), client.type);
    if (name === null) return;
    typesByName.set(name, type);
    tools.push({ ...client.describe(declared), name });
  };

  return {
    tools,
    typesByName,
    add: (list, drop) => {
      for (const tool of list) add(tool, undefined, drop);
    },
    nameOf: (name, namespace) => names.get(keyOf(name, namespace)) ?? (namespace === undefined ? name : flatName(namespace, name)),
    nameOfType: (type) => names.get(typeKey(type)) ?? type,
  };
}

interface Namespace {
  readonly name: string;
  /** With the first of its tools only: it may be long. */
  readonly description: string | undefined;
}

/** Keys that no tool's name can be: names hold no control characters. */
const keyOf = (name: string, namespace: string | undefined): string => `${namespace ?? ""}\u0000${name}`;
const typeKey = (type: string): string => `\u0000\u0000${type}`;

/** Some namespaces end with the separator themselves: `mcp__files__`. */
function flatName(namespace: string, name: string): string {
  return namespace.endsWith("__") ? namespace + name : `${namespace}__${name}`;
}

/** What a namespace is for goes along with a tool, where nothing else would say it. */
function describe(description: string | undefined, namespace: Namespace | undefined): string | undefined {
  if (namespace?.description === undefined || namespace.description === "") return description;
  return description === undefined ? namespace.description : `${description}\n\n${namespace.name}: ${namespace.description}`;
}

function readFunction(tool: Fields): Pick<FunctionTool, "kind" | "parameters" | "strict"> {
  return { kind: "function", parameters: tool.object("parameters"), strict: tool.flag("strict") };
}

function readGrammar(tool: Fields): { readonly syntax: string; readonly definition: string } | undefined {
  const format = tool.fields("format");
  if (format?.text("type") !== "grammar") return undefined;
  return { syntax: format.needText("syntax"), definition: format.needText("definition") };
}

/**
 * Reads `tool_choice` in each of its forms.
 *
 * @param list knows what the tools are called elsewhere; a hosted tool is chosen by its type
 */
export function readToolChoice(body: Fields, list: ToolList): ToolChoice | undefined {
  const value = body.any("tool_choice");
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) {
    const mode = body.choice("tool_choice", ["auto", "none", "required"]);
    return mode === undefined ? undefined : { kind: mode };
  }
  const choice = body.needFields("tool_choice");
  if (choice.text("type") !== "allowed_tools") return { kind: "tool", name: readChosen(choice, list) };
  return {
    kind: "allowed",
    required: choice.choice("mode", ["auto", "required"]) === "required",
    names: choice.each("tools").map((tool) => readChosen(tool, list)),
  };
}

function readChosen(choice: Fields, list: ToolList): string {
  const type = choice.needText("type");
  if (type === "function" || type === "custom") return list.nameOf(choice.needText("name"), choice.text("namespace"));
  return list.nameOfType(type);
}
