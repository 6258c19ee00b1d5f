import type { ProviderInfo } from "#shared/contract/providers.ts";

/** The provider whose keys begin like this one, where it is another than the chosen one; undefined where nothing says so. */
export function otherOwner(secret: string, chosen: Pick<ProviderInfo, "id">, rows: readonly ProviderInfo[]): ProviderInfo | undefined {
  let best: { readonly row: ProviderInfo; readonly length: number } | undefined;
  for (const row of rows) {
    for (const prefix of row.keyPrefixes) {
      if (secret.trim().startsWith(prefix) && prefix.length > (best?.length ?? 0)) best = { row, length: prefix.length };
    }
  }
  // A row of one's own may well be a gateway before the provider.
  return best === undefined || best.row.id === chosen.id ? undefined : best.row;
}

/** Whether something stands between the beginning and the end of it that no key has. JSON may have spaces. */
export function hasGap(secret: string): boolean {
  const trimmed = secret.trim();
  return !trimmed.startsWith("{") && /\s/.test(trimmed);
}

/** A key as it is sent: without what pasting adds, and a JSON file in one line. */
export function tidySecret(secret: string): string {
  const trimmed = secret.trim();
  if (!trimmed.startsWith("{")) return trimmed;
  try {
    return JSON.stringify(JSON.parse(trimmed));
  } catch {
    return trimmed;
  }
}

/** Whether it can be a key's name. */
export function isKeyName(name: string): boolean {
  return /^[\w.-]{1,64}$/.test(name);
}
