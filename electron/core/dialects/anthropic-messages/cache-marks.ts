import type { CacheMark } from "../chat.ts";
import type { JsonValue } from "../json.ts";

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
const mostMarks = 4;

/** A block as it is built. */
export type Block = Record<string, JsonValue | undefined>;

/** Puts cache breakpoints on the blocks of a request, and takes away the oldest where there are more than four. */
export class CacheMarks {
  readonly #marked: Block[] = [];

  /** Marks a block. They have to come in the order in which Anthropic reads them: tools, system, messages. */
  add(mark: CacheMark | undefined, block: Block): Block {
    if (mark !== undefined) {
      block["cache_control"] = mark.ttl === undefined ? { type: "ephemeral" } : { type: "ephemeral", ttl: mark.ttl };
      this.#marked.push(block);
    }
    return block;
  }

  /** Takes away what is too much. Those at the end are kept, because they cover the most. */
  limit(drop: (field: string) => void): void {
    const extra = this.#marked.slice(0, -mostMarks);
    for (const block of extra) delete block["cache_control"];
    if (extra.length > 0) drop("cache_control");
  }
}
