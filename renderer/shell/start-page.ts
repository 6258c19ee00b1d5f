import { admin } from "../data/admin.ts";
import { queries, queryKeyOf } from "../data/queries.ts";
import { pages } from "./page.ts";

const firstRunId = "first-run";

/** The page that the window opens with: the first steps where nobody has taken or skipped them yet, else the first of the sidebar. */
export async function findStart(): Promise<string> {
  const usual = pages[0]?.id ?? "chat";
  if (!pages.some(({ id }) => id === firstRunId)) return usual;
  try {
    const [{ keys }, { settings }] = await Promise.all([
      queries.fetchQuery({ queryKey: queryKeyOf("listKeys", {}), queryFn: () => admin("listKeys", {}) }),
      queries.fetchQuery({ queryKey: queryKeyOf("listSettings", {}), queryFn: () => admin("listSettings", {}) }),
    ]);
    const isDone = settings.some(({ section, name, value }) => section === "window" && name === "firstRunDone" && value === true);
    return keys.length > 0 || isDone ? usual : firstRunId;
  } catch {
    // A Postern that does not answer is no reason to begin anew.
    return usual;
  }
}
