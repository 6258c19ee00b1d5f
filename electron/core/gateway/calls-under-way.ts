import type { Exchange } from "./exchange.ts";

/**
 * The calls that have no whole answer yet, in no order.
 *
 * An array with swapped removal, not a Set: V8 links each table of a busy Set to the next one, so a table that has
 * reached the old generation keeps the calls of all later ones alive until a full collection. Measured at 32
 * connections: 5 MB survived each minor collection with a Set, and nothing to speak of with this.
 */
export class CallsUnderWay {
  readonly #calls: Exchange[] = [];

  add(exchange: Exchange): void {
    exchange.slot = this.#calls.push(exchange) - 1;
  }

  /** Takes a call out; one that is not in stays out. */
  remove(exchange: Exchange): void {
    const { slot } = exchange;
    if (slot === -1) return;
    const last = this.#calls.pop();
    if (last !== undefined && last !== exchange) {
      this.#calls[slot] = last;
      last.slot = slot;
    }
    exchange.slot = -1;
  }

  get count(): number {
    return this.#calls.length;
  }

  /** A copy, so that calls may end while it is gone through. */
  all(): readonly Exchange[] {
    return [...this.#calls];
  }
}
