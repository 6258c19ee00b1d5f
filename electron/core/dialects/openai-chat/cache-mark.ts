import type { CacheMark } from "../chat.ts";
import type { Fields } from "../fields.ts";
import type { JsonObject } from "../json.ts";

/**
 * Reads where a prompt cache may end: Anthropic's `cache_control`, which users of OpenRouter and Portkey send in chat
 * completions too, or OpenAI's `prompt_cache_breakpoint`, whose lifetimes are others: half an hour at least is an hour.
 *
 * @see https://platform.openai.com/docs/guides/prompt-caching
 */
export function readCacheMark(fields: Fields, drop: (field: string) => void): CacheMark | undefined {
  const control = fields.fields("cache_control");
  if (control !== undefined) {
    control.choice("type", ["ephemeral"]);
    const ttl = control.choice("ttl", ["5m", "1h"]);
    for (const path of control.rest()) drop(path);
    return ttl === undefined ? {} : { ttl };
  }
  const breakpoint = fields.fields("prompt_cache_breakpoint");
  if (breakpoint === undefined) return undefined;
  breakpoint.ignore("mode");
  const ttl = breakpoint.text("ttl");
  return ttl === undefined ? {} : { ttl: "1h" };
}

/** Writes `cache_control`. */
export function writeCacheMark(cache: CacheMark): JsonObject {
  return { type: "ephemeral", ttl: cache.ttl };
}
