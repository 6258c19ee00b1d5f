import type { AssistantPart, Message, ToolResultPart, UserPart } from "../chat.ts";
import type { WriteTarget } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { writeImage, writeInputPart, writeText, writeToolOutput } from "./write-content.ts";

/** Writes a conversation as the items of `input`. */
export function writeItems(messages: readonly Message[], target: WriteTarget): readonly JsonObject[] {
  const items: JsonObject[] = [];
  for (const message of messages) {
    switch (message.role) {
      case "system": {
        const role = message.authority === "developer" && target.quirks.developerRole ? "developer" : "system";
        const texts = message.content.filter((part) => part.text !== "").map((part) => writeText(part.text));
        if (texts.length > 0) items.push({ type: "message", role, content: texts });
        break;
      }
      case "user":
        writeUser(message.content, items);
        break;
      case "assistant":
        writeAssistant(message.content, items, target);
        break;
      default:
        message satisfies never;
    }
  }
  return items;
}

/** A result is an item of its own; what stands between two of them is a message. */
function writeUser(content: readonly UserPart[], items: JsonObject[]): void {
  let said: JsonObject[] = [];
  const flush = (): void => {
    if (said.length > 0) items.push({ type: "message", role: "user", content: said });
    said = [];
  };
  for (const part of content) {
    if (part.type === "tool-result") {
      flush();
      items.push(writeResult(part));
    } else {
      const written = writeInputPart(part);
      if (written !== undefined) said.push(written);
    }
  }
  flush();
}

function writeResult(result: ToolResultPart): JsonObject {
  return { type: "function_call_output", call_id: result.callId, output: writeToolOutput(result) };
}

function writeAssistant(content: readonly AssistantPart[], items: JsonObject[], target: WriteTarget): void {
  let said: JsonObject[] = [];
  const flush = (): void => {
    if (said.length > 0) items.push({ type: "message", role: "assistant", content: said });
    said = [];
  };
  for (const part of content) {
    switch (part.type) {
      case "text":
        if (part.text !== "") said.push({ type: "output_text", text: part.text, annotations: [] });
        break;
      case "refusal":
        said.push({ type: "refusal", refusal: part.text });
        break;
      case "reasoning": {
        flush();
        const { text, signature } = part;
        // A thought is taken back only with what proves it: without, the server looks for an item that it never stored.
        if (signature === undefined) target.drop("reasoning_content");
        else {
          const summary = text === "" ? [] : [{ type: "summary_text", text }];
          items.push({ type: "reasoning", id: signature.id, summary, encrypted_content: signature.value });
        }
        break;
      }
      case "tool-call":
        flush();
        items.push({ type: "function_call", call_id: part.id, name: part.name, arguments: part.arguments });
        break;
      case "image":
        flush();
        // An assistant's message holds no image here; as the user's the model at least sees it.
        items.push({ type: "message", role: "user", content: [writeImage(part)] });
        break;
      default:
        part satisfies never;
    }
  }
  flush();
}
