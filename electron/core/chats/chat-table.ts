import type { Statement, Store } from "#core/store/store.ts";
import type { Chat, ChatChange, ChatInfo } from "#shared/contract/chats.ts";
import { PosternError } from "#shared/errors.ts";
import { type ChatMessage, chatSettingsSchema, type MessageInput } from "#shared/schema/chat.ts";
import { chatInfoOf, type ChatRow, messageOf, type MessageRow, settingsOf } from "./chat-rows.ts";
import { withoutMarks } from "./marked-text.ts";
import { pathTo } from "#shared/path-to.ts";
import { addMessage, upsertMessage } from "./write-message.ts";

/** A page of chats. */
export interface ChatPage {
  readonly pinned: ChatInfo[];
  readonly chats: ChatInfo[];
  readonly next: string | null;
}

/** Chats and their messages. Each method rejects with `not_found` where the chat is not there, or was deleted. */
export interface ChatTable {
  /** The newest first. @param page.before the `next` of the page before */
  list(page: { readonly before: string | null; readonly limit: number }): Promise<ChatPage>;
  get(id: string): Promise<Chat>;
  /** Changes what the change names; makes the chat where it is not there. One that was deleted stays deleted. */
  put(id: string, change: ChatChange): Promise<ChatInfo>;
  /** The first message of a chat makes it where it is not there. @throws {PosternError} `invalid_value` where the parent is not there, or another one than before */
  putMessage(id: string, messageId: string, message: MessageInput): Promise<void>;
  /** Takes it out of every list; {@link ChatTable.restore} brings it back until it is purged. @returns whether it was there */
  remove(id: string): Promise<boolean>;
  removeAll(): Promise<string[]>;
  restore(id: string): Promise<ChatInfo>;
  branch(id: string, to: { readonly messageId: string; readonly newChatId: string }): Promise<ChatInfo>;
  /** Deletes for good what was deleted before a moment. */
  purge(deletedBeforeMs: number): Promise<void>;
  /** Deletes chats in which nothing was said since a moment, but those that are pinned. @returns how many */
  removeOld(updatedBeforeMs: number): Promise<number>;
}

const untitled = "New chat";

/** @param options.onChange is told after each change that a list would show; null where it is more than one chat */
export function openChatTable(
  store: Pick<Store, "all" | "run" | "transaction">,
  options: { readonly nowMs: () => number; readonly onChange: (chatId: string | null) => void },
): ChatTable {
  const { nowMs, onChange } = options;

  async function find(id: string): Promise<ChatRow> {
    const [row] = await store.all<ChatRow>("SELECT * FROM chats WHERE uid = ? AND deleted_at_ms IS NULL", [id]);
    if (row !== undefined) return row;
    throw new PosternError("not_found", "Cannot find this chat: it is not there, or it was deleted");
  }

  async function messagesOf(row: ChatRow): Promise<ChatMessage[]> {
    const rows = await store.all<MessageRow>(
      "SELECT uid, parent_uid, role, parts, details, ending, created_at_ms FROM messages WHERE chat_id = ? ORDER BY created_at_ms, id",
      [row.id],
    );
    return rows.map(messageOf).filter((message) => message !== null);
  }

  async function get(id: string): Promise<Chat> {
    const row = await find(id);
    return { ...chatInfoOf(row), settings: settingsOf(row), leafId: row.leaf_uid, messages: await messagesOf(row) };
  }

  return {
    async list({ before, limit }) {
      const [atMs, rowId] = (before ?? `${Number.MAX_SAFE_INTEGER}-${Number.MAX_SAFE_INTEGER}`).split("-").map(Number);
      const rows = await store.all<ChatRow>(
        `SELECT * FROM chats WHERE deleted_at_ms IS NULL AND pinned = 0 AND (updated_at_ms, id) < (?, ?)
         ORDER BY updated_at_ms DESC, id DESC LIMIT ?`,
        [atMs ?? 0, rowId ?? 0, limit],
      );
      const pinned =
        before === null
          ? await store.all<ChatRow>("SELECT * FROM chats WHERE deleted_at_ms IS NULL AND pinned = 1 ORDER BY updated_at_ms DESC, id DESC")
          : [];
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        pinned: pinned.map(chatInfoOf),
        chats: rows.map(chatInfoOf),
        next: last === undefined ? null : `${last.updated_at_ms}-${last.id}`,
      };
    },
    get,
    async put(id, change) {
      const atMs = nowMs();
      await store.transaction([
        makeChat(id, atMs),
        {
          sql: `UPDATE chats SET title = coalesce(?, title), pinned = coalesce(?, pinned), settings = coalesce(?, settings),
                  leaf_uid = coalesce((SELECT uid FROM messages WHERE chat_id = chats.id AND uid = ?), leaf_uid)
                WHERE uid = ? AND deleted_at_ms IS NULL`,
          parameters: [
            change.title === undefined ? null : withoutMarks(change.title),
            change.pinned === undefined ? null : Number(change.pinned),
            change.settings === undefined ? null : JSON.stringify(change.settings),
            change.leafId ?? null,
            id,
          ],
        },
      ]);
      const row = await find(id);
      onChange(id);
      return chatInfoOf(row);
    },
    async putMessage(id, messageId, message) {
      // As a page goes, a chat and its first message may come in either order.
      if (message.parentId === null) await store.transaction([makeChat(id, nowMs())]);
      const chat = await find(id);
      const known = await store.all<{ uid: string; parent_uid: string | null }>(
        "SELECT uid, parent_uid FROM messages WHERE chat_id = ? AND uid IN (?, ?)",
        [chat.id, messageId, message.parentId],
      );
      const earlier = known.find(({ uid }) => uid === messageId);
      if (earlier !== undefined && earlier.parent_uid !== message.parentId)
        throw new PosternError("invalid_value", "Cannot save this message: it answers another one than before");
      if (message.parentId !== null && known.every(({ uid }) => uid !== message.parentId))
        throw new PosternError(
          "invalid_value",
          "Cannot save this message: the one that it answers is not in this chat; save that one first",
        );
      const isNew = earlier === undefined;
      await store.transaction([
        ...upsertMessage({ chatId: id, messageId }, message),
        {
          // Only a new message moves what is shown: the person may have gone elsewhere while this one grew.
          sql: `UPDATE chats SET updated_at_ms = max(updated_at_ms, ?), leaf_uid = ${isNew ? "?" : "coalesce(leaf_uid, ?)"} WHERE uid = ?`,
          parameters: [nowMs(), messageId, id],
        },
      ]);
      if (isNew || message.ending !== null) onChange(id);
    },
    async remove(id) {
      const removed = await store.run("UPDATE chats SET deleted_at_ms = ? WHERE uid = ? AND deleted_at_ms IS NULL", [nowMs(), id]);
      if (removed > 0) onChange(id);
      return removed > 0;
    },
    async removeAll() {
      const rows = await store.all<{ uid: string }>("UPDATE chats SET deleted_at_ms = ? WHERE deleted_at_ms IS NULL RETURNING uid", [
        nowMs(),
      ]);
      if (rows.length > 0) onChange(null);
      return rows.map(({ uid }) => uid);
    },
    async restore(id) {
      await store.run("UPDATE chats SET deleted_at_ms = NULL WHERE uid = ?", [id]);
      const row = await find(id);
      onChange(id);
      return chatInfoOf(row);
    },
    async branch(id, { messageId, newChatId }) {
      const chat = await get(id);
      const path = pathTo(chat.messages, messageId);
      if (path.length === 0) throw new PosternError("not_found", "Cannot branch from this message: it is not in this chat");
      const atMs = nowMs();
      await store.transaction([
        {
          sql: `INSERT INTO chats (uid, title, pinned, settings, leaf_uid, created_at_ms, updated_at_ms) VALUES (?, ?, 0, ?, ?, ?, ?)`,
          parameters: [newChatId, chat.title, JSON.stringify(chat.settings), messageId, atMs, atMs],
        },
        ...path.flatMap(({ id: one, ...message }) => addMessage({ chatId: newChatId, messageId: one }, message)),
      ]);
      onChange(newChatId);
      return chatInfoOf(await find(newChatId));
    },
    async purge(deletedBeforeMs) {
      await store.run("DELETE FROM chats WHERE deleted_at_ms < ?", [deletedBeforeMs]);
    },
    async removeOld(updatedBeforeMs) {
      const removed = await store.run(
        "UPDATE chats SET deleted_at_ms = ? WHERE deleted_at_ms IS NULL AND pinned = 0 AND updated_at_ms < ?",
        [nowMs(), updatedBeforeMs],
      );
      if (removed > 0) onChange(null);
      return removed;
    },
  };
}

/** Makes a chat where there is none of this id, deleted ones included. */
function makeChat(id: string, atMs: number): Statement {
  return {
    sql: `INSERT OR IGNORE INTO chats (uid, title, pinned, settings, created_at_ms, updated_at_ms) VALUES (?, ?, 0, ?, ?, ?)`,
    parameters: [id, untitled, JSON.stringify(chatSettingsSchema.parse({})), atMs, atMs],
  };
}
