import { existsSync } from "node:fs";
import path from "node:path";
import type { Chats, ChatsOptions } from "./open-chats.ts";

/** The chats, opened when they are first asked for: a gateway that nobody looks at needs no second database. */
export interface ChatsWhenAsked {
  /** @throws what opening the database throws; the next call tries again */
  open(): Promise<Chats>;
  /** Tidies up and makes today's copy, where there are chats at all. */
  keepHouse(dailyBackups: number): Promise<void>;
  /** Whether there is anything to back up. */
  readonly exist: boolean;
  close(): Promise<void>;
}

/** Nothing is loaded or opened yet. */
export function openChatsWhenAsked(options: ChatsOptions): ChatsWhenAsked {
  let opening: Promise<Chats> | null = null;

  function open(): Promise<Chats> {
    opening ??= import("./open-chats.ts")
      .then(({ openChats }) => openChats(options))
      .catch((error: unknown) => {
        opening = null;
        throw error;
      });
    return opening;
  }

  const exist = (): boolean => opening !== null || existsSync(path.join(options.dataFolder, "chats.db"));

  return {
    open,
    get exist() {
      return exist();
    },
    async keepHouse(dailyBackups) {
      if (!exist()) return;
      const chats = await open();
      await chats.backups.createDaily(dailyBackups);
      await chats.tidy();
    },
    async close() {
      // One that could not be opened has nothing to close.
      const chats = await opening?.catch(() => null);
      await chats?.close();
    },
  };
}
