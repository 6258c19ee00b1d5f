import type { AssistantPart, Message, ToolResultPart } from "../chat.ts";

/** The turns of a conversation, put together from its items. */
export interface Conversation {
  readonly messages: readonly Message[];
  /** Takes a turn that stands for itself: what the system or the user says. */
  say(message: Extract<Message, { role: "system" | "user" }>): void;
  /** Takes the next thing that the assistant did: all of them in a row are one turn, as parallel calls have to be. */
  answer(...parts: readonly AssistantPart[]): void;
  /** Takes what a tool gave back. */
  giveBack(result: ToolResultPart): void;
}

interface AssistantTurn {
  readonly role: "assistant";
  readonly content: AssistantPart[];
  /** What came back for its calls. */
  results: { readonly role: "user"; readonly content: ToolResultPart[] } | null;
}

/**
 * Begins a conversation. A result goes right behind the turn that called the tool, wherever its item stands: Codex
 * puts the developer's words between the two, and other APIs refuse a call whose result does not follow.
 */
export function createConversation(): Conversation {
  const turns: (Exclude<Message, { role: "assistant" }> | AssistantTurn)[] = [];
  const callers = new Map<string, AssistantTurn>();
  return {
    get messages() {
      return turns.flatMap((turn): readonly Message[] => {
        if (turn.role !== "assistant") return [turn];
        const { role, content, results } = turn;
        return results === null ? [{ role, content }] : [{ role, content }, results];
      });
    },
    say(message) {
      turns.push(message);
    },
    answer(...parts) {
      const last = turns.at(-1);
      let turn = last?.role === "assistant" && last.results === null ? last : undefined;
      if (turn === undefined) {
        turn = { role: "assistant", content: [], results: null };
        turns.push(turn);
      }
      turn.content.push(...parts);
      for (const part of parts) if (part.type === "tool-call") callers.set(part.id, turn);
    },
    giveBack(result) {
      const caller = callers.get(result.callId);
      // A result that nobody asked for stays where it is: what to make of it is the provider's to say.
      if (caller === undefined) turns.push({ role: "user", content: [result] });
      else (caller.results ??= { role: "user", content: [] }).content.push(result);
    },
  };
}
