import type { AssistantPart, ChatRequest, Message, TextPart, UserPart } from "./chat.ts";

/** A turn of a dialect that knows two roles only. */
export type Turn =
  | { readonly role: "user"; readonly content: readonly UserPart[] }
  | { readonly role: "assistant"; readonly content: readonly AssistantPart[] };

/**
 * Splits a conversation for dialects that keep the system's words apart (Anthropic, Gemini, Bedrock): all of them are
 * moved to the front, because their authority matters more than their place, and turns of one role that follow each
 * other become one, since those dialects want the roles to alternate. In a user's turn the tool results go first, as
 * Anthropic demands. Turns without content are left out.
 */
export function splitTurns(messages: ChatRequest["messages"]): { readonly system: readonly TextPart[]; readonly turns: readonly Turn[] } {
  const system: TextPart[] = [];
  const turns: { role: "user" | "assistant"; content: (UserPart | AssistantPart)[] }[] = [];
  for (const message of messages) {
    if (message.role === "system") {
      system.push(...message.content);
      continue;
    }
    if (message.content.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === message.role) last.content.push(...message.content);
    else turns.push({ role: message.role, content: [...message.content] });
  }
  for (const turn of turns) {
    if (turn.role === "user") turn.content.sort((one, other) => rank(one) - rank(other));
  }
  return { system, turns: turns as readonly Turn[] };
}

function rank(part: UserPart | AssistantPart): number {
  return part.type === "tool-result" ? 0 : 1;
}

/** The name of the tool that a result belongs to, by the calls of the turns before; undefined where nobody called it. */
export function toolNamesByCall(messages: readonly Message[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const message of messages) {
    if (message.role !== "assistant") continue;
    for (const part of message.content) if (part.type === "tool-call") names.set(part.id, part.name);
  }
  return names;
}

/** Whether a request says where a prompt cache may end: a provider that takes no such marks has to name them as dropped. */
export function hasCacheMarks({ messages, tools }: ChatRequest): boolean {
  const isMarked = (part: object): boolean => "cache" in part && part.cache !== undefined;
  return tools.some(isMarked) || messages.some(({ content }) => content.some(isMarked));
}
