import type { ProviderInfo } from "#shared/contract/providers.ts";

/** The ones that most people look for, first where nothing is searched for. */
const wellKnown = ["openai", "anthropic", "google-ai", "openrouter", "groq", "deepseek", "mistral-ai", "xai"];

/** The providers whose name, id, address or variable holds every word; those whose name begins with it first. */
export function searchProviders(rows: readonly ProviderInfo[], text: string): readonly ProviderInfo[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => {
    const all = [row.name, row.id, row.origin, ...row.environment].join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const rank = (row: ProviderInfo): number => {
    if (words.length > 0) return row.name.toLowerCase().startsWith(words[0] ?? "") ? 0 : 1;
    const known = wellKnown.indexOf(row.id);
    return known === -1 ? wellKnown.length : known;
  };
  return found.toSorted((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
}
