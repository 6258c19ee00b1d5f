import type { NameRule } from "./dialect.ts";

/**
 * Gives every name a form that a provider takes, and finds the client's form again: `mcp.files/read` is
 * `mcp_files_read` to most. The same names always become the same, so that prompt caches hold; two that would fall
 * together are told apart by a hash.
 */
export class SafeNames {
  readonly #rule: NameRule;
  readonly #safe = new Map<string, string>();
  readonly #original = new Map<string, string>();

  constructor(rule: NameRule) {
    this.#rule = rule;
  }

  /** The provider's form of the client's name. */
  safe(name: string): string {
    const known = this.#safe.get(name);
    if (known !== undefined) return known;
    let safe = this.#fits(name) ? name : this.#shorten(name.replaceAll(/[^a-zA-Z0-9_-]/g, "_"), name, false);
    if (this.#original.has(safe)) safe = this.#shorten(safe, name, true);
    this.#safe.set(name, safe);
    this.#original.set(safe, name);
    return safe;
  }

  /** The client's form of the provider's name; one that was never given is left as it is. */
  original(name: string): string {
    return this.#original.get(name) ?? name;
  }

  #fits(name: string): boolean {
    return name.length <= this.#rule.maxLength && this.#rule.pattern.test(name);
  }

  #shorten(text: string, name: string, always: boolean): string {
    if (!always && this.#fits(text)) return text;
    const hash = hashOf(name);
    const short = `${text.slice(0, Math.max(0, this.#rule.maxLength - hash.length - 1))}_${hash}`;
    if (this.#fits(short)) return short;
    // Some take letters and digits only (Mistral's call ids: nine of them).
    return (hash + hash).slice(0, Math.min(this.#rule.maxLength, 16));
  }
}

/** FNV-1a over UTF-16 code units, twice 32 bits from different starts, as 16 hexadecimal digits. It guards nothing. */
export function hashOf(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x1000193;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x01000193) ^ low;
  }
  return (low >>> 0).toString(16).padStart(8, "0") + (high >>> 0).toString(16).padStart(8, "0");
}
