import type { ContentEvent } from "./chat.ts";

type Emit = (event: ContentEvent) => void;

/**
 * Puts a provider's blocks one behind the other. Some interleave them (parallel tool calls by index), some send deltas
 * of a block that was never opened, some close out of order; a client's stream has one block open at a time. The first
 * block is passed on as it comes; what belongs to another waits until that one is closed.
 */
export class BlockSequencer {
  /** The blocks that are not closed on the client's side, in their order; the first is the open one. */
  readonly #blocks = new Map<string | number, { readonly waiting: ContentEvent[]; closed: boolean }>();
  #open: string | number | null = null;

  /** Takes an event of the block that the provider calls `key`; a key that is new begins a block. */
  push(key: string | number, event: ContentEvent, emit: Emit): void {
    if (this.#open === key) return emit(event);
    if (this.#open === null) {
      this.#open = key;
      this.#blocks.set(key, { waiting: [], closed: false });
      return emit(event);
    }
    const block = this.#blocks.get(key);
    if (block === undefined) this.#blocks.set(key, { waiting: [event], closed: false });
    else block.waiting.push(event);
  }

  /** Whether a block has begun and is not closed. */
  has(key: string | number): boolean {
    return this.#blocks.has(key);
  }

  /** The key of the block that is passed on now; null where none is. */
  get open(): string | number | null {
    return this.#open;
  }

  /** Takes the end of a block; one that never began is no matter. */
  close(key: string | number, emit: Emit): void {
    const block = this.#blocks.get(key);
    if (block === undefined) return;
    block.closed = true;
    if (this.#open === key) this.#advance(emit);
  }

  /** Closes whatever is left, in order. */
  closeAll(emit: Emit): void {
    for (const block of this.#blocks.values()) block.closed = true;
    if (this.#open !== null) this.#advance(emit);
  }

  #advance(emit: Emit): void {
    emit({ type: "block-end" });
    this.#blocks.delete(this.#open as string | number);
    this.#open = null;
    for (const [key, block] of this.#blocks) {
      this.#open = key;
      for (const event of block.waiting) emit(event);
      block.waiting.length = 0;
      if (!block.closed) return;
      emit({ type: "block-end" });
      this.#blocks.delete(key);
      this.#open = null;
    }
  }
}
