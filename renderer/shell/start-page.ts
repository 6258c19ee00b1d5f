import { pages } from "./page.ts";

/** The page that the window opens with: the first of the sidebar. */
export async function findStart(): Promise<string> {
  return Promise.resolve(pages[0]?.id ?? "chat");
}
