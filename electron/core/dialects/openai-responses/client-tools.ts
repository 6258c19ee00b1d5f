import type { FunctionTool } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/**
 * Tools that the API knows by type, but that the client runs: a shell, a patch, a search for more tools. To any other
 * provider they are functions; their calls come back to the client as items of their own type.
 *
 * @see https://developers.openai.com/api/docs/guides/tools-local-shell
 * @see https://developers.openai.com/api/docs/guides/tools-shell
 * @see https://developers.openai.com/api/docs/guides/tools-apply-patch
 */
export interface ClientTool {
  /** The tool's `type`, which is also its name as a function. */
  readonly type: string;
  readonly callType: string;
  readonly outputType: string;
  readonly idPrefix: string;
  /** Whether the client runs it as it is declared; else it is the provider's. */
  readonly isClients: (tool: JsonObject) => boolean;
  readonly describe: (tool: JsonObject) => FunctionTool;
  /** The arguments of a call in the history. */
  readonly readArguments: (item: JsonObject) => JsonObject;
  /** The call's own members; null where the model's arguments do not make such a call. */
  readonly writeCall: (input: JsonObject) => JsonObject | null;
}

const text = { type: "string" } as const;
const whole = { type: "integer" } as const;
const texts = { type: "array", items: text } as const;

const localShell: ClientTool = {
  type: "local_shell",
  callType: "local_shell_call",
  outputType: "local_shell_call_output",
  idPrefix: "lsh_",
  isClients: () => true,
  describe: () => ({
    kind: "function",
    name: "local_shell",
    description: "Runs a command on the user's machine and returns its output.",
    parameters: {
      type: "object",
      properties: {
        command: { ...texts, description: 'The program and its arguments, such as ["bash", "-lc", "ls"].' },
        working_directory: text,
        timeout_ms: whole,
        env: { type: "object", additionalProperties: text },
        user: text,
      },
      required: ["command"],
    },
  }),
  readArguments: (item) => {
    const { type: _exec, ...input } = objectOf(item["action"]);
    return withoutNulls(input);
  },
  writeCall: (input) => {
    if (!isTexts(input["command"])) return null;
    return {
      action: {
        type: "exec",
        command: input["command"],
        env: objectOf(input["env"]),
        timeout_ms: input["timeout_ms"],
        user: input["user"],
        working_directory: input["working_directory"],
      },
    };
  },
};

const shell: ClientTool = {
  type: "shell",
  callType: "shell_call",
  outputType: "shell_call_output",
  idPrefix: "sh_",
  isClients: (tool) => {
    const environment = objectOf(tool["environment"])["type"];
    return environment === undefined || environment === "local";
  },
  describe: () => ({
    kind: "function",
    name: "shell",
    description: "Runs shell commands on the user's machine and returns what each of them printed.",
    parameters: {
      type: "object",
      properties: { commands: texts, timeout_ms: whole, max_output_length: whole },
      required: ["commands"],
    },
  }),
  readArguments: (item) => withoutNulls(objectOf(item["action"])),
  writeCall: (input) => {
    if (!isTexts(input["commands"])) return null;
    return {
      action: {
        commands: input["commands"],
        timeout_ms: input["timeout_ms"] ?? null,
        max_output_length: input["max_output_length"] ?? null,
      },
      environment: { type: "local" },
    };
  },
};

const applyPatch: ClientTool = {
  type: "apply_patch",
  callType: "apply_patch_call",
  outputType: "apply_patch_call_output",
  idPrefix: "apc_",
  isClients: () => true,
  describe: () => ({
    kind: "function",
    name: "apply_patch",
    description: "Creates, updates or deletes one file of the user's. `diff` is a V4A diff, and is left out to delete.",
    parameters: {
      type: "object",
      properties: { type: { ...text, enum: ["create_file", "update_file", "delete_file"] }, path: text, diff: text },
      required: ["type", "path"],
    },
  }),
  readArguments: (item) => withoutNulls(objectOf(item["operation"])),
  writeCall: ({ type, path, diff }) => {
    if (typeof type !== "string" || typeof path !== "string") return null;
    return { operation: type === "delete_file" ? { type, path } : { type, path, diff: typeof diff === "string" ? diff : "" } };
  },
};

const toolSearch: ClientTool = {
  type: "tool_search",
  callType: "tool_search_call",
  outputType: "tool_search_output",
  idPrefix: "tsc_",
  isClients: (tool) => tool["execution"] !== undefined && tool["execution"] !== "server",
  describe: (tool) => ({
    kind: "function",
    name: "tool_search",
    description: typeof tool["description"] === "string" ? tool["description"] : "Looks for more tools.",
    parameters: isJsonObject(tool["parameters"])
      ? tool["parameters"]
      : { type: "object", properties: { query: text }, required: ["query"] },
  }),
  readArguments: (item) => objectOf(item["arguments"]),
  writeCall: (input) => ({ execution: "client", arguments: input }),
};

const all: readonly ClientTool[] = [localShell, shell, applyPatch, toolSearch];

/** By the tool's `type`. */
export const clientToolsByType: ReadonlyMap<string, ClientTool> = new Map(all.map((tool) => [tool.type, tool]));
/** By the `type` of its calls. */
export const clientToolsByCall: ReadonlyMap<string, ClientTool> = new Map(all.map((tool) => [tool.callType, tool]));
/** By the `type` of its calls' results. */
export const clientToolsByOutput: ReadonlyMap<string, ClientTool> = new Map(all.map((tool) => [tool.outputType, tool]));

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));
}

function isTexts(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === "string");
}
