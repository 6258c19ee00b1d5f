import type { AssistantPart, Message, Signature, TextPart, ToolResultPart, UserPart } from "../chat.ts";
import type { Fields } from "../fields.ts";
import type { JsonObject } from "../json.ts";
import { numberCalls, type Calls } from "./calls.ts";
import { joinModelTurns } from "./join-turns.ts";
import { readFileData, readInlineData, type MediaPart } from "./media.ts";
import { listOf, spelling } from "./members.ts";
import { unsigned } from "./unsigned.ts";

type Drop = (field: string) => void;

/**
 * Reads `contents`: the turns of `user` and `model`, and of `function`, as older clients call the turn with results.
 *
 * @see https://ai.google.dev/api/caching#Content
 */
export function readContents(contents: readonly Fields[], drop: Drop): readonly Message[] {
  const calls = numberCalls();
  const messages = contents.map((content): Message => {
    const parts = listOf(content, "parts");
    // Without a role it is the user's, but only a model calls functions.
    const isCall = parts.some((part) => part.has(spelling(part, "functionCall")));
    const role = content.choice("role", ["user", "model", "function"]) ?? (isCall ? "model" : "user");
    if (role === "model") {
      const read = parts.flatMap((part) => readModelPart(part, calls, drop));
      dropRest(content, drop);
      return { role: "assistant", content: read };
    }
    const read = parts.flatMap((part) => readUserPart(part, calls, drop));
    dropRest(content, drop);
    return { role: "user", content: read };
  });
  return joinModelTurns(messages);
}

/** Reads `systemInstruction`: a content of texts, or a string as the SDKs allow. */
export function readSystem(body: Fields, drop: Drop): readonly TextPart[] {
  const key = spelling(body, "systemInstruction");
  const value = body.any(key);
  if (value === undefined) return [];
  if (typeof value === "string") return [{ type: "text", text: value }];
  const content = body.needFields(key);
  content.ignore("role");
  const parts = content.has("text") ? [content] : listOf(content, "parts");
  const texts: TextPart[] = [];
  for (const part of parts) {
    const text = part.text("text");
    if (text !== undefined) texts.push({ type: "text", text });
    dropRest(part, drop);
  }
  dropRest(content, drop);
  return texts;
}

/** Names what of an object nobody read. */
export function dropRest(fields: Fields, drop: Drop): void {
  for (const path of fields.rest()) drop(path);
}

function readModelPart(part: Fields, calls: Calls, drop: Drop): readonly AssistantPart[] {
  const signature = readSignature(part);
  const isThought = part.flag("thought") === true;
  const read: AssistantPart[] = [];
  const text = part.text("text");
  const call = part.fields(spelling(part, "functionCall"));
  const media = readMedia(part);
  if (call !== undefined) {
    const name = call.needText("name");
    const id = calls.called(name, call.text("id"));
    read.push({ type: "tool-call", id, name, arguments: JSON.stringify(call.object("args") ?? {}), signature });
    dropRest(call, drop);
  } else if (isThought && text !== undefined) {
    read.push({ type: "reasoning", text, signature });
  } else {
    // The part's own words came of the thought that is signed.
    if (signature !== undefined) read.push({ type: "reasoning", text: "", signature: { ...signature, isRedacted: true } });
    if (text !== undefined && text !== "") read.push({ type: "text", text });
    if (media?.type === "image") read.push(media);
    else if (media !== undefined) drop(part.path);
  }
  dropRest(part, drop);
  return read;
}

function readUserPart(part: Fields, calls: Calls, drop: Drop): readonly UserPart[] {
  part.ignore("thought", spelling(part, "thoughtSignature"));
  const read: UserPart[] = [];
  const text = part.text("text");
  const result = part.fields(spelling(part, "functionResponse"));
  const media = readMedia(part);
  if (text !== undefined) read.push({ type: "text", text });
  if (media !== undefined) read.push(media);
  if (result !== undefined) read.push(readResult(result, calls, drop));
  dropRest(part, drop);
  return read;
}

function readResult(result: Fields, calls: Calls, drop: Drop): ToolResultPart {
  const name = result.needText("name");
  const callId = calls.answered(name, result.text("id"));
  const { text, isError } = readResponse(result.object("response") ?? {}, name);
  const content: (TextPart | MediaPart)[] = [{ type: "text", text }];
  for (const part of listOf(result, "parts")) {
    const media = readMedia(part);
    if (media?.type === "image" || media?.type === "document") content.push(media);
    else if (media !== undefined) drop(part.path);
    dropRest(part, drop);
  }
  // How a result is scheduled matters to calls that go on beside a live conversation only.
  result.ignore("scheduling", spelling(result, "willContinue"));
  dropRest(result, drop);
  return { type: "tool-result", callId, name, content: content as ToolResultPart["content"], isError };
}

/**
 * `output` and `error` hold the result; without them the whole object is it. Clients also say `result`, and the AI SDK
 * `content` beside the function's name.
 *
 * @see https://ai.google.dev/api/caching#FunctionResponse
 */
function readResponse(response: JsonObject, name: string): { readonly text: string; readonly isError: boolean } {
  const keys = Object.keys(response).filter((key) => key !== "name" || response["name"] !== name || !("content" in response));
  const key = keys.length === 1 ? (keys[0] as string) : "";
  const { error } = response;
  const isError = error !== undefined && error !== null && error !== "";
  const isNamed = keys.length < Object.keys(response).length;
  const holdsIt = (key === "error" && isError) || key === "output" || key === "result" || (key === "content" && isNamed);
  const value = holdsIt ? response[key] : keys.length === 0 ? "" : response;
  return { text: typeof value === "string" ? value : JSON.stringify(value), isError };
}

function readMedia(part: Fields): MediaPart | undefined {
  const inline = part.fields(spelling(part, "inlineData"));
  if (inline !== undefined) return readInlineData(inline);
  const file = part.fields(spelling(part, "fileData"));
  return file === undefined ? undefined : readFileData(file);
}

function readSignature(part: Fields): Signature | undefined {
  const value = part.text(spelling(part, "thoughtSignature"));
  // Clients put the stand-in there themselves where they lost the signature.
  return value === undefined || value === "" || value === unsigned ? undefined : { maker: "google", value };
}
