import path from "node:path";
import type { Clock } from "#core/platform.ts";
import { type Backups, openBackups } from "#core/store/backups.ts";
import { describeRecovery, openSoundStore } from "#core/store/open-sound-store.ts";
import { placeRestored } from "#core/store/place-restored.ts";
import type { FoundChat } from "#shared/contract/chats.ts";
import { PosternError } from "#shared/errors.ts";
import type { ChatKeeping } from "#shared/schema/chat.ts";
import { type AttachmentFiles, openAttachmentFiles } from "./attachment-files.ts";
import { type ChatTable, openChatTable } from "./chat-table.ts";
import { exportChat, exportChats } from "./export-chats.ts";
import { importChats, type ImportReport } from "./import-chats.ts";
import { openPresetTable, type PresetTable } from "./preset-table.ts";
import { searchChats } from "./search-chats.ts";
import { writeMarkdown } from "./write-markdown.ts";

/** Everything about chats: `chats.db` and `attachments/` of the data folder. */
export interface Chats extends Pick<ChatTable, "list" | "get" | "put" | "putMessage" | "remove" | "removeAll" | "restore" | "branch"> {
  /** False where the settings say that nothing is written; what would write is refused with `invalid_value` then. */
  readonly keeps: boolean;
  readonly presets: PresetTable;
  readonly attachments: Pick<AttachmentFiles, "add" | "read">;
  readonly backups: Backups;
  search(words: string, limit: number): Promise<FoundChat[]>;
  exportMarkdown(chatId: string): Promise<string>;
  exportJson(chatId: string): Promise<ReadableStream<Uint8Array>>;
  exportAll(): ReadableStream<Uint8Array>;
  import(bytes: Uint8Array): Promise<ImportReport>;
  /** Removes for good what was deleted a day ago, and what the settings call too old; files that nothing names go some days later. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** What chats need of everything else. */
export interface ChatsOptions {
  readonly dataFolder: string;
  readonly clock: Pick<Clock, "nowMs">;
  readonly settings: () => ChatKeeping;
  /** How many daily backups are kept: a file outlives the last one that may name it. */
  readonly dailyBackups: () => number;
  readonly onChange: (chatId: string | null) => void;
  readonly notify: (words: string) => void;
}

const dayMs = 86_400_000;

/** Where the chats are. */
export function chatsFileOf(dataFolder: string): string {
  return path.join(dataFolder, "chats.db");
}

/** Opens the chats; damage is answered as in the gateway's own database, which it never touches. */
export async function openChats(options: ChatsOptions): Promise<Chats> {
  const { clock, settings, notify, onChange } = options;
  const nowMs = (): number => clock.nowMs();
  const file = chatsFileOf(options.dataFolder);
  const kept = placeRestored(file, nowMs());
  if (kept !== null) notify(`The backup of the chats is restored; what was there before is ${kept}`);
  const { store, recovery } = await openSoundStore(file, nowMs(), "chats");
  if (recovery !== null) notify(describeRecovery(recovery, "chats"));
  const table = openChatTable(store, { nowMs, onChange });
  const presets = openPresetTable(store, nowMs);
  const attachments = openAttachmentFiles(store, { folder: options.dataFolder, nowMs });
  const exporting = { table, presets, attachments, nowMs };

  /** Held here and not by the window alone: the promise is that nothing is written. */
  function refuseUnkept(): void {
    if (settings().keep) return;
    throw new PosternError("invalid_value", 'Cannot save this: chats are not kept; switch "Keep chats" on in Settings');
  }

  return {
    list: (page) => table.list(page),
    get: (id) => table.get(id),
    remove: (id) => table.remove(id),
    removeAll: () => table.removeAll(),
    restore: (id) => table.restore(id),
    get keeps() {
      return settings().keep;
    },
    async put(id, change) {
      refuseUnkept();
      return table.put(id, change);
    },
    async putMessage(id, messageId, message) {
      refuseUnkept();
      await table.putMessage(id, messageId, message);
    },
    async branch(id, to) {
      refuseUnkept();
      return table.branch(id, to);
    },
    presets,
    attachments: {
      async add(bytes) {
        refuseUnkept();
        return attachments.add(bytes);
      },
      read: (hash) => attachments.read(hash),
    },
    backups: openBackups(store, { file, clock, kind: "chats" }),
    search: (words, limit) => searchChats(store, words, limit),
    exportMarkdown: async (chatId) => writeMarkdown(await table.get(chatId)),
    exportJson: (chatId) => exportChat(chatId, exporting),
    exportAll: () => exportChats(exporting),
    async import(bytes) {
      refuseUnkept();
      const report = await importChats(store, bytes, { attachments, nowMs });
      onChange(null);
      return report;
    },
    async tidy() {
      const { retentionDays } = settings();
      if (retentionDays > 0) await table.removeOld(nowMs() - retentionDays * dayMs);
      await table.purge(nowMs() - dayMs);
      await attachments.removeUnused(nowMs() - (options.dailyBackups() + 1) * dayMs);
    },
    close: () => store.close(),
  };
}
