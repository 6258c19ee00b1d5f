import type { ReasoningPart, Signature } from "./chat.ts";
import type { JsonObject } from "./json.ts";

const mostEntries = 4_096;
const mostCharacters = 16_777_216;

/**
 * Remembers what a client refers to in its next turn and has no place to carry. In memory only, bounded, the oldest go
 * first; each caller finds only its own.
 */
export class ScopedMemory<Value> {
  readonly #sizeOf: (value: Value) => number;
  readonly #entries = new Map<string, { readonly value: Value; readonly size: number }>();
  #characters = 0;

  /** @param sizeOf in characters, about */
  constructor(sizeOf: (value: Value) => number) {
    this.#sizeOf = sizeOf;
  }

  /** @param scope whose it is: nothing is found under another one */
  remember(scope: string, id: string, value: Value): void {
    const key = `${scope}\n${id}`;
    this.#forget(key);
    const size = key.length + this.#sizeOf(value);
    if (size > mostCharacters / 16) return;
    this.#entries.set(key, { value, size });
    this.#characters += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= mostEntries && this.#characters <= mostCharacters) break;
      this.#forget(oldest);
    }
  }

  recall(scope: string, id: string): Value | undefined {
    return this.#entries.get(`${scope}\n${id}`)?.value;
  }

  #forget(key: string): void {
    const held = this.#entries.get(key);
    if (held === undefined) return;
    this.#characters -= held.size;
    this.#entries.delete(key);
  }
}

/** What a model thought before it called a tool, and what signed the call itself. */
export interface Thought {
  readonly reasoning: readonly ReasoningPart[];
  readonly signature?: Signature | undefined;
}

/** What outlives a call, for the conversation that it belongs to. */
export interface Memories {
  /** By the id of the tool call that followed: chat completions have no place for a signed thought. */
  readonly thoughts: ScopedMemory<Thought>;
  /** By item id: a Responses client may refer to an item of an answer instead of sending it. */
  readonly items: ScopedMemory<JsonObject>;
}

/** Opens empty memories. */
export function openMemories(): Memories {
  return { thoughts: new ScopedMemory(sizeOfThought), items: new ScopedMemory((item) => JSON.stringify(item).length) };
}

function sizeOfThought(thought: Thought): number {
  return thought.reasoning.reduce(
    (sum, part) => sum + part.text.length + (part.signature?.value.length ?? 0),
    thought.signature?.value.length ?? 0,
  );
}
