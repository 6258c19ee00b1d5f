import { PosternError } from "#shared/errors.ts";
import type { ReasoningPart, TextPart, ToolCallPart } from "../chat.ts";
import { Fields, invalid } from "../fields.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { clientToolsByCall, clientToolsByOutput, type ClientTool } from "./client-tools.ts";
import type { Conversation } from "./conversation.ts";
import { readAssistantContent, readSystemContent, readToolOutput, readUserContent } from "./read-content.ts";
import type { ToolList } from "./read-tools.ts";

/** What the items of an input are read into. */
export interface ItemReading {
  readonly conversation: Conversation;
  readonly tools: ToolList;
  /** Names what is not understood, by its full path. */
  readonly drop: (field: string) => void;
  /** Gives back an item of an answer that went out before, by its id. */
  readonly recall: ((itemId: string) => JsonObject | undefined) | undefined;
}

/**
 * Reads the items of `input`, each into the turn that it belongs to. What providers did themselves (web searches and
 * the like) cannot be told to another and is named.
 *
 * @throws {PosternError} `invalid_value` with the item's path, or `cannot_translate` for a reference to what Postern
 *   does not have
 */
export function readItems(items: readonly Fields[], reading: ItemReading): void {
  // Tools may stand among the items, and calls before them may name them.
  for (const item of items) if (toolItems.has(item.text("type") ?? "")) reading.tools.add(item.each("tools"), reading.drop);
  /** Some results name the call's item and not the call. */
  const callIds = new Map<string, string>();
  for (const item of items) readItem(item, reading, callIds);
}

/** Items that bring tools along. */
const toolItems: ReadonlySet<string> = new Set(["additional_tools", "tool_search_output"]);

function readItem(item: Fields, reading: ItemReading, callIds: Map<string, string>): void {
  const { conversation, tools, drop } = reading;
  // An item's id and status are about the provider's copy of it; the passthrough is Codex's note to itself.
  item.ignore("id", "status", "caller", "created_by", "metadata", "internal_chat_message_metadata_passthrough");
  const type = item.text("type") ?? (item.has("role") ? "message" : "item_reference");
  switch (type) {
    case "message":
      readMessage(item, reading);
      break;
    case "function_call": {
      const name = tools.nameOf(item.needText("name"), item.text("namespace"));
      conversation.answer({ type: "tool-call", id: item.needText("call_id"), name, arguments: readArguments(item) });
      item.ignore("async");
      break;
    }
    case "custom_tool_call": {
      const name = tools.nameOf(item.needText("name"), item.text("namespace"));
      const call: ToolCallPart = {
        type: "tool-call",
        id: item.needText("call_id"),
        name,
        arguments: item.needText("input"),
        isCustom: true,
      };
      conversation.answer(call);
      item.ignore("async");
      break;
    }
    case "function_call_output":
    case "custom_tool_call_output":
      readOutput(item, reading);
      break;
    case "reasoning":
      readReasoning(item, reading);
      break;
    case "item_reference":
      readReference(item, reading, callIds);
      break;
    case "additional_tools":
      item.ignore("role", "tools");
      break;
    default: {
      const calls = clientToolsByCall.get(type);
      const outputs = clientToolsByOutput.get(type);
      if (calls !== undefined && isClients(item)) readClientCall(item, calls, reading, callIds);
      else if (outputs !== undefined && isClients(item)) readClientOutput(item, outputs, reading, callIds);
      else {
        drop(item.path);
        return;
      }
    }
  }
  for (const path of item.rest()) drop(path);
}

/** A search for tools may be the provider's own: then both of its items are. */
function isClients(item: Fields): boolean {
  return item.text("execution") !== "server";
}

function readMessage(item: Fields, { conversation, drop }: ItemReading): void {
  // Only OpenAI's own models know whether a message was commentary or the answer.
  item.ignore("phase");
  const role = item.choice("role", ["user", "assistant", "system", "developer"]);
  switch (role) {
    case "user":
      conversation.say({ role, content: readUserContent(item, drop) });
      break;
    case "assistant":
      conversation.answer(...readAssistantContent(item, drop));
      break;
    case undefined:
      item.refuse("role", 'is missing; send "user", "assistant", "system" or "developer"');
      break;
    default:
      conversation.say({ role: "system", authority: role, content: readSystemContent(item, drop) });
  }
}

/** Arguments are JSON text; some clients send none where a tool takes none. */
function readArguments(item: Fields): string {
  const text = item.text("arguments") ?? "";
  return text.trim() === "" ? "{}" : text;
}

function readOutput(item: Fields, { conversation, tools, drop }: ItemReading): void {
  const content = readToolOutput(item, drop);
  const callId = item.text("call_id");
  const name = item.text("name");
  const namespace = item.text("namespace");
  // What a tool sends unasked belongs to no call: it is told as the user's words.
  if (callId === undefined) conversation.say({ role: "user", content });
  else {
    const toolName = name === undefined ? undefined : tools.nameOf(name, namespace);
    conversation.giveBack({ type: "tool-result", callId, name: toolName, content, isError: false });
  }
}

/** Reads a thought: its summary, or where there is none its text, and what proves it. */
function readReasoning(item: Fields, { conversation }: ItemReading): void {
  const id = item.text("id");
  const value = item.text("encrypted_content");
  const summary = item.each("summary").map((part) => part.needText("text"));
  const content = item.each("content").map((part) => part.needText("text"));
  const text = (summary.length > 0 ? summary : content).join("\n\n");
  if (text === "" && value === undefined) return;
  const part: ReasoningPart = {
    type: "reasoning",
    text,
    signature: value === undefined ? undefined : { maker: "openai", value, id, isRedacted: text === "" ? true : undefined },
  };
  conversation.answer(part);
}

function readReference(item: Fields, reading: ItemReading, callIds: Map<string, string>): void {
  const id = item.needText("id");
  const recalled = reading.recall?.(id);
  if (recalled !== undefined) {
    readItem(new Fields(recalled, item.path), { ...reading, recall: undefined }, callIds);
    return;
  }
  throw new PosternError(
    "cannot_translate",
    `Cannot use "${item.path}": it refers to an item that is stored elsewhere; send the item itself, with store set to false`,
    { param: item.path },
  );
}

function readClientCall(item: Fields, tool: ClientTool, { conversation, tools }: ItemReading, callIds: Map<string, string>): void {
  const itemId = item.text("id");
  const id = item.text("call_id") ?? itemId;
  if (id === undefined) throw invalid(item.at("call_id"), "is missing; send a string");
  if (itemId !== undefined) callIds.set(itemId, id);
  const input = tool.readArguments({
    action: item.object("action"),
    operation: item.object("operation"),
    arguments: item.any("arguments"),
  });
  item.ignore("environment", "execution");
  conversation.answer({ type: "tool-call", id, name: tools.nameOfType(tool.type), arguments: JSON.stringify(input) });
}

function readClientOutput(item: Fields, tool: ClientTool, { conversation, tools }: ItemReading, callIds: Map<string, string>): void {
  const itemId = item.text("id");
  const id = item.text("call_id") ?? (itemId === undefined ? undefined : (callIds.get(itemId) ?? itemId));
  if (id === undefined) throw invalid(item.at("call_id"), "is missing; send a string");
  item.ignore("max_output_length", "execution", "tools");
  const content: TextPart = { type: "text", text: outputText(item, tool, tools) };
  const isError = item.text("status") === "failed";
  conversation.giveBack({ type: "tool-result", callId: id, name: tools.nameOfType(tool.type), content: [content], isError });
}

function outputText(item: Fields, tool: ClientTool, tools: ToolList): string {
  if (tool.type === "tool_search") {
    const found = item.each("tools").flatMap((one) => {
      const name = one.text("name") ?? one.text("type") ?? "";
      return one.text("type") === "namespace"
        ? one.each("tools").map((nested) => tools.nameOf(nested.needText("name"), name))
        : [tools.nameOf(name)];
    });
    return JSON.stringify({ tools: found });
  }
  const output: JsonValue | undefined = item.any("output");
  return typeof output === "string" ? output : output === undefined ? "" : JSON.stringify(output);
}
