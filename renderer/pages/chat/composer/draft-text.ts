const prefix = "postern-draft-";
const mostKept = 20;

/** What was typed into a chat and not sent, as this browser has kept it. */
export function readDraft(chatId: string): string {
  try {
    return localStorage.getItem(prefix + chatId) ?? "";
  } catch {
    return "";
  }
}

/** Keeps what is typed, so that closing the page loses none of it; the oldest of many drafts go. */
export function keepDraft(chatId: string, text: string): void {
  try {
    localStorage.removeItem(prefix + chatId);
    if (text === "") return;
    const others = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    for (const key of others.slice(0, Math.max(0, others.length + 1 - mostKept))) localStorage.removeItem(key);
    localStorage.setItem(prefix + chatId, text);
  } catch {
    // A browser that keeps nothing keeps no drafts.
  }
}
