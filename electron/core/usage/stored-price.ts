import { hash } from "node:crypto";
import type { Statement } from "#core/store/store.ts";
import type { CallPrice } from "./cost.ts";

/** A row of the table `prices`. Nearly all calls have one of a few prices, and their rows only its id. */
export interface StoredPrice {
  /** The first 48 bits of the text's SHA-256: whoever has the text knows it without asking the database. */
  readonly id: number;
  /** JSON. */
  readonly text: string;
}

/** Each price is one object for all its calls. */
const storedPrices = new WeakMap<CallPrice, StoredPrice>();

/** Says how a price is stored; the same for prices that are alike. */
export function storedPrice(price: CallPrice): StoredPrice {
  let stored = storedPrices.get(price);
  if (stored === undefined) {
    const text = JSON.stringify(price);
    storedPrices.set(price, (stored = { id: hash("sha256", text, "buffer").readUIntBE(0, 6), text }));
  }
  return stored;
}

/** Writes a price, unless it is there. */
export function priceStatement({ id, text }: StoredPrice): Statement {
  return { sql: "INSERT OR IGNORE INTO prices (id, text) VALUES (?, ?)", parameters: [id, text] };
}
