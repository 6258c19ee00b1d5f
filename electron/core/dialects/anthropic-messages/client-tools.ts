import type { FunctionTool } from "../chat.ts";
import type { JsonObject } from "../json.ts";

/** A tool that Anthropic defines and the client runs: Claude knows its schema without being told. */
type ClientTool = Pick<FunctionTool, "description" | "parameters">;

const text = (description: string): JsonObject => ({ type: "string", description });
const path = text("Absolute path of the file or directory");
const lines: JsonObject = { type: "array", items: { type: "integer" }, description: "First and last line to show, from 1; -1 for the end" };

const edits: Readonly<Record<string, JsonObject>> = {
  path,
  view_range: lines,
  file_text: text("For create: the whole file"),
  old_str: text("For str_replace: the text to replace, which must occur once"),
  new_str: text("For str_replace: the text to put there; for insert where insert_text is not known"),
  insert_line: { type: "integer", description: "For insert: the line behind which to insert, 0 for the start" },
  insert_text: text("For insert: the text to insert"),
};

const withCommands = (commands: readonly string[], properties: JsonObject, required: readonly string[]): JsonObject => ({
  type: "object",
  properties: { command: { type: "string", enum: commands }, ...properties },
  required: ["command", ...required],
});

const known: readonly (readonly [prefix: string, tool: ClientTool])[] = [
  [
    "bash_",
    {
      description: "Runs a command in a bash session that stays open between calls.",
      parameters: {
        type: "object",
        properties: { command: text("The command to run"), restart: { type: "boolean", description: "Starts the session anew instead" } },
      },
    },
  ],
  [
    "text_editor_",
    {
      description: "Shows, creates and edits files.",
      parameters: withCommands(["view", "create", "str_replace", "insert"], edits, ["path"]),
    },
  ],
  [
    "memory_",
    {
      description: "Keeps notes in files under /memories, which outlast the conversation. Look there before starting a task.",
      parameters: withCommands(
        ["view", "create", "str_replace", "insert", "delete", "rename"],
        { ...edits, old_path: text("For rename"), new_path: text("For rename") },
        [],
      ),
    },
  ],
];

/**
 * Finds what another provider's model has to be told of one of Anthropic's own client tools; undefined for those that
 * Anthropic runs itself, and for those that nobody else can use.
 *
 * @param type such as `bash_20250124`
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/bash-tool
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/text-editor-tool
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/memory-tool
 */
export function clientTool(type: string): ClientTool | undefined {
  return known.find(([prefix]) => type.startsWith(prefix))?.[1];
}
