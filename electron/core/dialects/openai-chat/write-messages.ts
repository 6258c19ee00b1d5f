import type { Quirks } from "#shared/schema/provider.ts";
import type { AssistantPart, DocumentPart, ImagePart, Message, ToolCallPart, ToolResultPart } from "../chat.ts";
import type { WriteTarget } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { openCallIds } from "./call-ids.ts";
import { writeReasoningDetail } from "./reasoning-details.ts";
import type { ContentPart } from "./read-parts.ts";
import { writeContent, writePart, writeTexts } from "./write-parts.ts";

/** What the messages of one request have in common. */
interface Writing {
  readonly target: WriteTarget;
  readonly quirks: Quirks;
  /** The form of a call's id that this provider takes. */
  readonly callId: (id: string) => string;
  readonly messages: JsonObject[];
  /** Media of tool results and of the assistant's own turns, which only a user's message can hold. */
  readonly waiting: JsonObject[];
}

/**
 * Writes `messages`. What another API says in one turn has to be taken apart: the results of tools are messages of their
 * own and must follow the calls at once, so they go before whatever else stands between two turns of the assistant.
 */
export function writeMessages(messages: readonly Message[], target: WriteTarget): readonly JsonObject[] {
  const { quirks } = target;
  const writing: Writing = {
    target,
    quirks,
    callId: quirks.shortCallIds ? openCallIds() : (id) => id,
    messages: [],
    waiting: [],
  };
  let between: Message[] = [];
  for (const message of messages) {
    if (message.role !== "assistant") {
      between.push(message);
      continue;
    }
    writeBetween(between, writing);
    between = [];
    writeAssistant(message.content, writing);
  }
  writeBetween(between, writing);
  return writing.messages;
}

function writeBetween(between: readonly Message[], writing: Writing): void {
  for (const message of between) {
    if (message.role !== "user") continue;
    for (const part of message.content) if (part.type === "tool-result") writeResult(part, writing);
  }
  if (writing.waiting.length > 0) writing.messages.push({ role: "user", content: writing.waiting.splice(0) });
  for (const message of between) {
    if (message.role === "assistant") continue;
    const role =
      message.role === "user" ? "user" : message.authority === "developer" && writing.quirks.developerRole ? "developer" : "system";
    const parts =
      message.role === "user" ? message.content.filter((part): part is ContentPart => part.type !== "tool-result") : message.content;
    const content = writeContent(parts, writing.target);
    if (content !== undefined) writing.messages.push({ role, content });
  }
}

/** A tool's message is text alone and has no mark for an error. */
function writeResult(part: ToolResultPart, writing: Writing): void {
  const id = writing.callId(part.callId);
  const texts: string[] = [];
  const media: (ImagePart | DocumentPart)[] = [];
  for (const piece of part.content) {
    if (piece.type === "text") texts.push(piece.text);
    else media.push(piece);
  }
  if (media.length > 0) {
    texts.push("(What belongs to this result follows in the user's next message.)");
    writing.waiting.push({ type: "text", text: `Belongs to the result of the tool call ${id}:` });
    for (const piece of media) writing.waiting.push(writePart(piece, writing.target));
  }
  const text = texts.join("\n");
  const said = part.isError && !/^error/i.test(text) ? `Error: ${text}` : text;
  const content =
    part.cache !== undefined && writing.quirks.cacheControl
      ? writeTexts([{ type: "text", text: said, cache: part.cache }], writing.quirks, "")
      : said;
  writing.messages.push({ role: "tool", tool_call_id: id, content });
}

function writeAssistant(parts: readonly AssistantPart[], writing: Writing): void {
  const { quirks, target } = writing;
  const calls = parts.filter((part) => part.type === "tool-call");
  for (const part of parts) {
    if (part.type !== "image") continue;
    writing.waiting.push({ type: "text", text: "Belongs to the assistant's message before:" }, writePart(part, target));
  }
  // A refusal is what the assistant said; few know the field that OpenAI keeps it in.
  const said = parts.flatMap((part) =>
    part.type === "text" ? [part] : part.type === "refusal" ? [{ type: "text" as const, text: part.text }] : [],
  );
  const content = writeTexts(said, quirks, "");
  if (content === undefined && calls.length === 0) return;
  writing.messages.push({
    role: "assistant",
    content: content ?? null,
    ...writeThoughts(parts, calls.length > 0, target),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call) => writeCall(call, writing)) }),
  });
}

function writeThoughts(parts: readonly AssistantPart[], hasCalls: boolean, { quirks, drop }: WriteTarget): JsonObject {
  const thoughts = parts.filter((part) => part.type === "reasoning");
  const details = thoughts.flatMap(({ text, signature }, index) =>
    signature === undefined ? [] : [writeReasoningDetail(text, signature, index)],
  );
  const proof = details.length === 0 ? {} : { reasoning_details: details };
  if (!quirks.replaysReasoning || !hasCalls) {
    if (thoughts.some(({ text, signature }) => text !== "" && signature === undefined)) drop("reasoning_content");
    return proof;
  }
  // With no thought at hand (another model called the tool) the field still has to be there, and not empty.
  const text = thoughts.map((thought) => thought.text).join("");
  return { ...proof, reasoning_content: text === "" ? " " : text };
}

function writeCall({ id, name, arguments: json, isCustom, signature }: ToolCallPart, writing: Writing): JsonObject {
  return {
    id: writing.callId(id),
    type: "function",
    function: { name, arguments: isCustom === true ? JSON.stringify({ input: json }) : json },
    ...(signature?.maker === "google" ? { extra_content: { google: { thought_signature: signature.value } } } : {}),
  };
}
