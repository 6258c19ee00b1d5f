import type { CallNeeds } from "#core/routing/route-types.ts";

const bytesPerToken = 4;

const imageNeedles = ['"image_url"', '"input_image"', '"inlineData"', '"inline_data"', '"image"'];

/**
 * What a chat asks of a model, read off its bytes only where the catalog has something to hold it against. A class, as
 * V8 puts a getter of an object literal into the old generation, with the whole call that it closes over.
 */
export class NeedsOfChat implements CallNeeds {
  readonly maxOutputTokens = null;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get vision(): boolean {
    return imageNeedles.some((needle) => this.#bytes.includes(needle));
  }

  get tools(): boolean {
    return this.#bytes.includes('"tools"') || this.#bytes.includes('"functions"');
  }

  get inputTokens(): number {
    return Math.ceil(this.#bytes.length / bytesPerToken);
  }
}
