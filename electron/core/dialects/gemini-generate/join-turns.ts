import type { AssistantPart, Message } from "../chat.ts";

/**
 * Joins the model's turns that follow each other, and in them the texts and thoughts that were one: Google's SDKs keep
 * every frame of a stream as a content of its own, and a thought counts elsewhere only whole, with its signature.
 */
export function joinModelTurns(messages: readonly Message[]): readonly Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (message.role !== "assistant") joined.push(message);
    else if (last?.role === "assistant")
      joined[joined.length - 1] = { role: "assistant", content: joinParts([...last.content, ...message.content]) };
    else joined.push({ role: "assistant", content: joinParts(message.content) });
  }
  return joined;
}

function joinParts(parts: readonly AssistantPart[]): readonly AssistantPart[] {
  const joined: AssistantPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.type === "text" && last?.type === "text") joined[joined.length - 1] = { type: "text", text: last.text + part.text };
    else if (part.type === "reasoning" && last?.type === "reasoning" && part.text !== "" && last.signature === undefined)
      joined[joined.length - 1] = { type: "reasoning", text: last.text + part.text, signature: part.signature };
    else joined.push(part);
  }
  return joined;
}
