import type { ChatMessage } from "#shared/schema/chat.ts";

/** The children of one message, or the firsts, the oldest first: a message's siblings are its parent's children. */
export function childrenOf(messages: readonly ChatMessage[], parentId: string | null): ChatMessage[] {
  return messages.filter((message) => message.parentId === parentId);
}

/** The end of the branch that a message begins: at each fork the newest. */
export function leafBelow(messages: readonly ChatMessage[], id: string): string {
  const seen = new Set<string>();
  for (let at = id; !seen.has(at);) {
    seen.add(at);
    const next = childrenOf(messages, at).at(-1);
    if (next === undefined) return at;
    at = next.id;
  }
  return id;
}

/** A message's words, without what the model thought on the way. */
export function textOfMessage(message: ChatMessage): string {
  return message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
}

/** A short name for a chat, of what was first said in it. */
export function titleFrom(text: string, otherwise: string): string {
  const line = text
    .split("\n")
    .map((one) => one.replaceAll(/[#*_`>]+/g, "").trim())
    .find((one) => one !== "");
  if (line === undefined) return otherwise;
  if (line.length <= 60) return line;
  const cut = line.slice(0, 60);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), 40)).trimEnd()}…`;
}
