import type { SqlValue, Statement } from "#core/store/store.ts";
import type { MessageInput } from "#shared/schema/chat.ts";
import { wordsOf } from "./chat-rows.ts";

const insertInto = (verb: string): string =>
  `${verb} INTO messages (uid, chat_id, parent_uid, role, parts, words, details, ending, created_at_ms)
   VALUES (?, (SELECT id FROM chats WHERE uid = ?), ?, ?, ?, ?, ?, ?, ?)`;

const upsertSql = `${insertInto("INSERT")}
  ON CONFLICT (chat_id, uid) DO UPDATE SET
    parts = excluded.parts, words = excluded.words, details = excluded.details, ending = excluded.ending`;

const addSql = insertInto("INSERT OR IGNORE");

const messageSql = "(SELECT id FROM messages WHERE uid = ? AND chat_id = (SELECT id FROM chats WHERE uid = ?))";

/** Where a message belongs. */
export interface MessagePlace {
  readonly chatId: string;
  readonly messageId: string;
}

/** Saves a message, or what there is of it so far: its parts and figures are replaced, its parent, role and time stay. */
export function upsertMessage(place: MessagePlace, message: MessageInput): Statement[] {
  return [
    { sql: upsertSql, parameters: cellsOf(place, message) },
    { sql: `DELETE FROM message_attachments WHERE message_id = ${messageSql}`, parameters: [place.messageId, place.chatId] },
    ...attachmentsOf(place, message),
  ];
}

/** Adds a message, unless one of its id is there. */
export function addMessage(place: MessagePlace, message: MessageInput): Statement[] {
  return [{ sql: addSql, parameters: cellsOf(place, message) }, ...attachmentsOf(place, message)];
}

function cellsOf({ chatId, messageId }: MessagePlace, message: MessageInput): SqlValue[] {
  return [
    messageId,
    chatId,
    message.parentId,
    message.role,
    JSON.stringify(message.parts),
    wordsOf(message),
    JSON.stringify(message.details),
    message.ending,
    message.createdAtMs,
  ];
}

function attachmentsOf({ chatId, messageId }: MessagePlace, { parts }: MessageInput): Statement[] {
  return parts.flatMap((part) =>
    part.type === "attachment"
      ? [
          {
            sql: `INSERT OR IGNORE INTO message_attachments (message_id, hash) VALUES (${messageSql}, ?)`,
            parameters: [messageId, chatId, part.hash],
          },
        ]
      : [],
  );
}
