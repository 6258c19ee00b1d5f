/**
 * The row whose keys begin as this one does; undefined where none says so. Of several, the longest beginning wins:
 * OpenRouter's `sk-or-` is no key of OpenAI's.
 */
export function guessProvider<Row extends { readonly keyPrefixes: readonly string[] }>(
  secret: string,
  rows: readonly Row[],
): Row | undefined {
  let best: { readonly row: Row; readonly length: number } | undefined;
  for (const row of rows) {
    for (const prefix of row.keyPrefixes) {
      if (secret.startsWith(prefix) && prefix.length > (best?.length ?? 0)) best = { row, length: prefix.length };
    }
  }
  return best?.row;
}
