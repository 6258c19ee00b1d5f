import { PosternError } from "#shared/errors.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Connections } from "#core/upstream/connections.ts";
import { fetchModelList } from "./fetch-model-list.ts";

const timeoutMs = 10_000;

/**
 * Finds out whether a key works by asking its provider for the model list: it costs nothing and changes nothing.
 * A provider that serves its list to everybody makes every key look good; the words say only what was seen.
 */
export async function testKey(
  row: ProviderRow,
  credential: { readonly secret: string; readonly origins: readonly string[] },
  connections: Connections,
): Promise<{ works: boolean; words: string }> {
  if (!credential.origins.includes(row.origin)) {
    return {
      works: false,
      words: `Not sent: the key is bound to ${credential.origins.join(", ")}, and ${row.id} is now at ${row.origin}. Bind it anew if you meant that.`,
    };
  }
  if (!row.endpoints.includes("models"))
    return { works: false, words: `${row.name} has no model list to test a key with; send it a call instead.` };
  try {
    await fetchModelList(row, { connections, secret: credential.secret, timeoutMs });
    return { works: true, words: `${row.name} answered with its model list.` };
  } catch (error) {
    if (error instanceof PosternError) return { works: false, words: error.message };
    throw error;
  }
}
