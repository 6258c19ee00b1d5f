import type { ChatInfo } from "#shared/contract/chats.ts";

/** Chats of one stretch of time. */
export interface ChatGroup {
  /** The same for as long as the group is there, whatever is said in its chats. */
  readonly key: string;
  /** `month` is named by its date, the others by their words. */
  readonly kind: "pinned" | "today" | "yesterday" | "week" | "month";
  /** When the newest of them was last used. */
  readonly atMs: number;
  readonly chats: readonly ChatInfo[];
}

const dayMs = 86_400_000;

/** Groups chats, the newest first, by the days of this machine: today, yesterday, the week before, and then by month. */
export function groupByDay(chats: readonly ChatInfo[], nowMs: number): ChatGroup[] {
  const midnight = new Date(nowMs);
  midnight.setHours(0, 0, 0, 0);
  const todayMs = midnight.getTime();
  const groups = Map.groupBy(chats, ({ updatedAtMs }) => {
    if (updatedAtMs >= todayMs) return "today";
    if (updatedAtMs >= todayMs - dayMs) return "yesterday";
    if (updatedAtMs >= todayMs - 7 * dayMs) return "week";
    const at = new Date(updatedAtMs);
    return `${String(at.getFullYear())}-${String(at.getMonth())}`;
  });
  return [...groups].map(([key, members]) => ({
    key,
    kind: key === "today" || key === "yesterday" || key === "week" ? key : "month",
    atMs: members[0]?.updatedAtMs ?? nowMs,
    chats: members,
  }));
}
