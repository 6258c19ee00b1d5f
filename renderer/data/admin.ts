import { type AdminClient, createClient } from "#shared/contract/client.ts";
import { fetchOwn } from "./session.ts";

/** The admin API: `admin("listKeys", {})`. Outside of queries, for actions and streams. @throws {AdminError} with words for the person */
export const admin: AdminClient = createClient((path, init) => fetchOwn(path, init));

/** What went wrong, in words for the person. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
