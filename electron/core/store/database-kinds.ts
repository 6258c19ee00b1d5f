import { chatMigrations } from "./chat-migrations.ts";
import { migrations } from "./migrations.ts";

/** What sets one of Postern's databases apart from the other. */
interface DatabaseAbout {
  /** Its history, oldest step first. */
  readonly steps: readonly string[];
  /** Tables by which a file is known to be one of it. */
  readonly tables: readonly string[];
  /** How the names of its copies in `backups/` begin: those made by hand, and those made daily. */
  readonly copies: { readonly made: string; readonly daily: string };
}

/**
 * The databases that there are. Calls, grants and the index of the keys are in `postern.db`; chats have a file of their own,
 * so that neither's damage, size or restoring touches the other.
 */
export const databaseKinds = {
  postern: { steps: migrations, tables: ["credentials", "grants", "calls"], copies: { made: "postern-", daily: "daily-" } },
  chats: { steps: chatMigrations, tables: ["chats", "messages", "attachments"], copies: { made: "chats-", daily: "daily-chats-" } },
} as const satisfies Readonly<Record<string, DatabaseAbout>>;

/** One of {@link databaseKinds}. */
export type DatabaseKind = keyof typeof databaseKinds;

/** Which database a file of `backups/` is a copy of, by its name. One that a person named is taken for the first, which had copies before. */
export function kindOfCopy(name: string): DatabaseKind {
  const { made, daily } = databaseKinds.chats.copies;
  return name.startsWith(made) || name.startsWith(daily) ? "chats" : "postern";
}
