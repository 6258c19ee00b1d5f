import type { ChatInfo } from "#shared/contract/chats.ts";
import { type ChatMessage, chatMessageSchema, type ChatSettings, chatSettingsSchema, type MessageInput } from "#shared/schema/chat.ts";
import { withoutMarks } from "./marked-text.ts";

/** A chat as its table has it. */
export interface ChatRow {
  readonly id: number;
  readonly uid: string;
  readonly title: string;
  readonly pinned: number;
  readonly settings: string;
  readonly leaf_uid: string | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

/** A message as its table has it. */
export interface MessageRow {
  readonly uid: string;
  readonly parent_uid: string | null;
  readonly role: string;
  readonly parts: string;
  readonly details: string;
  readonly ending: string | null;
  readonly created_at_ms: number;
}

/** What a list shows of a chat. */
export function chatInfoOf(row: ChatRow): ChatInfo {
  return { id: row.uid, title: row.title, pinned: row.pinned === 1, createdAtMs: row.created_at_ms, updatedAtMs: row.updated_at_ms };
}

/** A chat's settings; the defaults where somebody else has written into the database. */
export function settingsOf(row: ChatRow): ChatSettings {
  return chatSettingsSchema.safeParse(parse(row.settings)).data ?? chatSettingsSchema.parse({});
}

/** A message; null where somebody else has written into the database, and it is none. */
export function messageOf(row: MessageRow): ChatMessage | null {
  const { uid: id, parent_uid: parentId, role, ending, created_at_ms: createdAtMs } = row;
  const message = { id, parentId, role, parts: parse(row.parts), details: parse(row.details), ending, createdAtMs };
  return chatMessageSchema.safeParse(message).data ?? null;
}

/** What of a message can be searched: its text, and the names of its files; not what a model thought on the way. */
export function wordsOf({ parts }: Pick<MessageInput, "parts">): string {
  const words = parts.flatMap((part) => (part.type === "text" ? [part.text] : part.type === "attachment" ? [part.name] : []));
  return withoutMarks(words.join("\n"));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
