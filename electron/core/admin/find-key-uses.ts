import type { Config } from "#core/config/live-config.ts";

/**
 * The aliases and stored configs that name a key, by `virtual_key` or as `@name` in the provider's place, as people call
 * them: `alias "fast"`.
 *
 * @param provider a row's id; a `virtual_key` beside another provider is another key
 */
export function findKeyUses(config: Pick<Config, "aliases" | "configs" | "rows">, provider: string, name: string): string[] {
  const isNamedIn = (value: unknown): boolean => {
    if (typeof value !== "object" || value === null) return false;
    if (Array.isArray(value)) return value.some(isNamedIn);
    const node = value as Readonly<Record<string, unknown>>;
    const asked = typeof node["provider"] === "string" ? node["provider"] : undefined;
    if (asked?.replace(/^@/, "") === name) return true;
    const isHere = asked === undefined || config.rows.find(asked.replace(/^@/, ""))?.id === provider;
    if (node["virtual_key"] === name && isHere) return true;
    return Object.values(node).some(isNamedIn);
  };
  const among = (what: string, stored: Readonly<Record<string, unknown>>): string[] =>
    Object.entries(stored).flatMap(([id, value]) => (isNamedIn(value) ? [`${what} "${id}"`] : []));
  return [...among("alias", config.aliases), ...among("config", config.configs)];
}
