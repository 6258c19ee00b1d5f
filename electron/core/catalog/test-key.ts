import { PosternError } from "#shared/errors.ts";
import type { KeyVerdict } from "#shared/contract/keys.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Connections } from "#core/upstream/connections.ts";
import { fetchForTest } from "./fetch-model-list.ts";

/** What a test of a key came to; `works` is that nothing speaks against it. */
export interface KeyTestResult {
  readonly works: boolean;
  readonly verdict: KeyVerdict;
  readonly words: string;
}

const timeoutMs = 10_000;
const openTimeoutMs = 3_000;

/**
 * Finds out whether a key works by asking its provider for its model list, or what the row says instead: it costs nothing
 * and changes nothing. Where the list is given, it is asked for once more without the key: a provider that gives it to
 * everybody makes every key look good.
 */
export async function testKey(
  row: ProviderRow,
  credential: { readonly secret: string; readonly origins: readonly string[] },
  connections: Connections,
): Promise<KeyTestResult> {
  if (!credential.origins.includes(row.origin)) {
    const words = `Not sent: the key is bound to ${credential.origins.join(", ") || "no address"}, and ${row.id} is now at ${row.origin}. Bind it anew if you meant that.`;
    return result("unclear", words);
  }
  if (row.checkPath === undefined && !row.endpoints.includes("models"))
    return result("untestable", `${row.name} has no model list to test a key with; send it a call instead.`);
  try {
    const answer = await fetchForTest(row, { connections, secret: credential.secret, timeoutMs });
    if (answer.kind === "refused") return judgeStatus(row, answer.status);
    if (row.checkPath !== undefined) return result("works", `${row.name} knows the key.`);
    if (!(await isOpen(row, connections))) return result("works", `${row.name} answered with its model list.`);
    return result(
      "open",
      `${row.name} answered with its model list, which it gives to everybody: it can be reached, and a call will show whether the key is good.`,
    );
  } catch (error) {
    if (error instanceof PosternError) return result("unclear", error.message);
    throw error;
  }
}

/** Of a question that holds nothing but the key, 400 too is about the key: Google says so of one that it does not know. */
function judgeStatus(row: ProviderRow, status: number): KeyTestResult {
  if (status === 400 || status === 401 || status === 403)
    return result(
      "refused",
      `${row.name} refused the key: it answered ${status}. Check that the whole key was copied, and that it was not revoked.`,
    );
  if (status === 402) return result("unclear", `${row.name} wants a payment first: it answered 402.`);
  if (status === 429)
    return result("unclear", `${row.name} asks to wait: it answered 429. Its limit for this key is reached; try again later.`);
  if (status === 404) return result("unclear", `${row.name} has no model list at ${row.origin}: it answered 404. Check its base URL.`);
  return result("unclear", `${row.name} could not say: it answered ${status}.`);
}

async function isOpen(row: ProviderRow, connections: Connections): Promise<boolean> {
  try {
    return (await fetchForTest(row, { connections, secret: null, timeoutMs: openTimeoutMs })).kind === "new";
  } catch {
    // It said yes with the key and nothing without it.
    return false;
  }
}

function result(verdict: KeyVerdict, words: string): KeyTestResult {
  return { works: verdict === "works" || verdict === "open", verdict, words };
}
