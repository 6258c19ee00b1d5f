const recentsKey = "postern-recent-commands";
const mostRecents = 5;

/** The commands that were used last, the latest first, by id. Kept in this browser alone. */
export function readRecents(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(recentsKey) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string").slice(0, mostRecents) : [];
  } catch {
    return [];
  }
}

/** Remembers that a command was used. */
export function noteRecent(id: string): void {
  const next = [id, ...readRecents().filter((other) => other !== id)].slice(0, mostRecents);
  localStorage.setItem(recentsKey, JSON.stringify(next));
}
