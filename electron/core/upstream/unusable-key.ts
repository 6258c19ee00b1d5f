import { PosternError } from "#shared/errors.ts";

/**
 * The failure of a key that can sign nothing, or that its maker refused. Another target may still answer.
 *
 * @param why the state and what would work; never a part of the key
 */
export function unusableKey(provider: string, why: string): PosternError {
  return new PosternError("provider_key_missing", `Cannot use the key of ${provider}: ${why}`);
}
