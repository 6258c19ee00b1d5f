/**
 * A map with two texts for a key. One text made of the two would be a new one for each look-up, whose hash has to be
 * computed anew: half a microsecond, for what every call looks up several times.
 */
export class PairMap<Value> {
  readonly #maps = new Map<string, Map<string, Value>>();
  #size = 0;

  /** How many values it holds. */
  get size(): number {
    return this.#size;
  }

  /** Undefined where nothing was set. */
  get(first: string, second: string): Value | undefined {
    return this.#maps.get(first)?.get(second);
  }

  set(first: string, second: string, value: Value): void {
    let map = this.#maps.get(first);
    if (map === undefined) this.#maps.set(first, (map = new Map()));
    if (!map.has(second)) this.#size++;
    map.set(second, value);
  }

  /** @returns whether there was one */
  delete(first: string, second: string): boolean {
    const isGone = this.#maps.get(first)?.delete(second) === true;
    if (isGone) this.#size--;
    return isGone;
  }

  /** All of them, those of one first text together. */
  *entries(): Generator<readonly [first: string, second: string, value: Value]> {
    for (const [first, map] of this.#maps) for (const [second, value] of map) yield [first, second, value];
  }
}
