import type { AssistantPart, Message, ReasoningPart, TextPart, ToolCallPart, ToolResultPart, UserPart } from "../chat.ts";
import { parseJsonObject, type JsonObject } from "../json.ts";
import { splitTurns, toolNamesByCall, type Turn } from "../turns.ts";
import { writeMedia } from "./media.ts";
import type { ModelFacts } from "./model-facts.ts";
import { unsigned } from "./unsigned.ts";

/** The conversation as Google takes it. */
export interface Contents {
  readonly contents: readonly JsonObject[];
  readonly systemInstruction: JsonObject | undefined;
}

/**
 * Writes the turns. Empty texts are refused there and left out; a conversation of nothing but system messages is asked
 * as a user's turn, since there has to be one.
 *
 * @throws {PosternError} `cannot_translate` for a file that Google cannot get
 */
export function writeContents(messages: readonly Message[], facts: ModelFacts): Contents {
  const { system, turns } = splitTurns(messages);
  const names = toolNamesByCall(messages);
  const order = new Map([...names.keys()].map((id, index) => [id, index]));
  const current = currentTurn(turns);
  const contents: JsonObject[] = [];
  for (const [index, turn] of turns.entries()) {
    const parts =
      turn.role === "assistant"
        ? writeModelParts(turn.content, facts.isThirdGeneration && index >= current)
        : writeUserParts(turn.content, names, order, facts);
    if (parts.length > 0) contents.push({ role: turn.role === "assistant" ? "model" : "user", parts });
  }
  const systemParts = system.filter((part) => part.text !== "").map((part): JsonObject => ({ text: part.text }));
  if (contents.length === 0 && systemParts.length > 0)
    return { contents: [{ role: "user", parts: systemParts }], systemInstruction: undefined };
  return { contents, systemInstruction: systemParts.length === 0 ? undefined : { parts: systemParts } };
}

/** Where the current turn begins: at the user's last words that answer no call. Calls before it are not checked for signatures. */
function currentTurn(turns: readonly Turn[]): number {
  return Math.max(
    0,
    turns.findLastIndex((turn) => turn.role === "user" && !turn.content.some((part) => part.type === "tool-result")),
  );
}

function writeModelParts(content: readonly AssistantPart[], mustSign: boolean): readonly JsonObject[] {
  const parts: Record<string, JsonObject[string]>[] = [];
  let loose: string | undefined;
  let isFirstCall = true;
  for (const part of content) {
    switch (part.type) {
      case "text":
      case "refusal":
        if (part.text === "") break;
        parts.push({ text: part.text, thoughtSignature: loose });
        loose = undefined;
        break;
      case "reasoning":
        if (part.text !== "") parts.push(writeThought(part));
        else if (part.signature !== undefined) loose = placeSignature(part.signature.value, parts, loose);
        break;
      case "tool-call":
        if (loose !== undefined) parts.push({ text: "", thoughtSignature: loose });
        loose = undefined;
        parts.push(writeCall(part, mustSign && isFirstCall));
        isFirstCall = false;
        break;
      case "image":
        parts.push({ ...writeMedia(part, true), thoughtSignature: loose });
        loose = undefined;
        break;
      default:
        part satisfies never;
    }
  }
  if (loose !== undefined) parts.push({ text: "", thoughtSignature: loose });
  return parts;
}

/** A signature without a thought belongs to words: to those before it, or else to those that come. */
function placeSignature(value: string, parts: Record<string, JsonObject[string]>[], loose: string | undefined): string | undefined {
  if (loose !== undefined) parts.push({ text: "", thoughtSignature: loose });
  const before = parts.at(-1);
  if (typeof before?.["text"] !== "string" || before["thought"] === true || before["thoughtSignature"] !== undefined) return value;
  before["thoughtSignature"] = value;
  return undefined;
}

function writeThought(part: ReasoningPart): Record<string, JsonObject[string]> {
  return { text: part.text, thought: true, thoughtSignature: part.signature?.value };
}

function writeCall(part: ToolCallPart, mustSign: boolean): Record<string, JsonObject[string]> {
  // Arguments that are no JSON were a model's mistake, which the conversation must outlive.
  const args = parseJsonObject(part.arguments) ?? { arguments: part.arguments };
  return {
    functionCall: { id: part.id, name: part.name, args },
    thoughtSignature: part.signature?.value ?? (mustSign ? unsigned : undefined),
  };
}

function writeUserParts(
  content: readonly UserPart[],
  names: ReadonlyMap<string, string>,
  order: ReadonlyMap<string, number>,
  facts: ModelFacts,
): readonly JsonObject[] {
  const results = content.filter((part) => part.type === "tool-result");
  // Google matches results to calls by their order where it does not by id.
  results.sort((one, other) => (order.get(one.callId) ?? order.size) - (order.get(other.callId) ?? order.size));
  const parts: JsonObject[] = results.map((result) => writeResult(result, names, facts));
  if (!facts.isThirdGeneration)
    for (const result of results) for (const file of filesOf(result)) parts.push(writeMedia(file, facts.fetchesUrls));
  for (const part of content) {
    if (part.type === "tool-result" || (part.type === "text" && part.text === "")) continue;
    parts.push(part.type === "text" ? { text: part.text } : writeMedia(part, facts.fetchesUrls));
  }
  return parts;
}

function writeResult(result: ToolResultPart, names: ReadonlyMap<string, string>, facts: ModelFacts): JsonObject {
  const text = result.content
    .filter((part): part is TextPart => part.type === "text")
    .map((part) => part.text)
    .join("\n");
  const files = facts.isThirdGeneration ? filesOf(result).map((file) => writeMedia(file, facts.fetchesUrls)) : [];
  return {
    functionResponse: {
      id: result.callId,
      name: result.name ?? names.get(result.callId) ?? "unknown",
      response: result.isError ? { error: text } : writeResponse(text),
      parts: files.length === 0 ? undefined : files,
    },
  };
}

/** An object stays one where nothing of it changes by being parsed (a large number would); anything else is the `output`. */
function writeResponse(text: string): JsonObject {
  const object = text.startsWith("{") ? parseJsonObject(text) : null;
  const isPlain = object !== null && object["output"] === undefined && object["error"] === undefined && object["result"] === undefined;
  return isPlain && JSON.stringify(object) === text ? object : { output: text };
}

function filesOf(result: ToolResultPart): readonly Exclude<ToolResultPart["content"][number], TextPart>[] {
  return result.content.filter((part) => part.type !== "text");
}
