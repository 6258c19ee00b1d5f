import type { Statement, Store } from "#core/store/store.ts";
import type { ExportedChat } from "#shared/schema/chat-export.ts";
import type { AttachmentFiles } from "./attachment-files.ts";
import { withoutMarks } from "./marked-text.ts";
import { cellsOfPreset, putPresetSql } from "./preset-table.ts";
import { readImport } from "./read-import.ts";
import { addMessage } from "./write-message.ts";

/** What an import brought. */
export interface ImportReport {
  readonly format: "postern" | "chatgpt" | "open-webui";
  readonly added: number;
  readonly merged: number;
  readonly messages: number;
  readonly presets: number;
  readonly attachments: number;
}

/**
 * Takes a file of chats in: all of it in one transaction, or nothing. Chats are known by their ids: one that is there gets
 * the messages that it lacks, and one that was deleted comes back.
 *
 * @throws {PosternError} as {@link readImport}
 */
export async function importChats(
  store: Pick<Store, "all" | "transaction">,
  bytes: Uint8Array,
  { attachments, nowMs }: { readonly attachments: AttachmentFiles; readonly nowMs: () => number },
): Promise<ImportReport> {
  const file = await readImport(bytes);
  // Before the chats that name them. Where the rest fails, no message names them, and they go by themselves.
  for (const attachment of file.attachments) await attachments.add(attachment.bytes);
  const there = await knownMessages(store, file.chats);
  const statements: Statement[] = [];
  const report = { added: 0, merged: 0, messages: 0 };
  for (const chat of file.chats) {
    const known = there.get(chat.id);
    const lacking = chat.messages.filter(({ id }) => known?.has(id) !== true);
    statements.push(...addChat(chat), ...lacking.flatMap(({ id, ...message }) => addMessage({ chatId: chat.id, messageId: id }, message)));
    report.messages += lacking.length;
    if (known === undefined) report.added += 1;
    else if (lacking.length > 0) report.merged += 1;
  }
  for (const preset of file.presets) statements.push({ sql: putPresetSql("IGNORE"), parameters: cellsOfPreset(preset, nowMs()) });
  await store.transaction(statements);
  return { format: file.format, ...report, presets: file.presets.length, attachments: file.attachments.length };
}

function addChat(chat: ExportedChat): Statement[] {
  return [
    {
      sql: `INSERT INTO chats (uid, title, pinned, settings, leaf_uid, created_at_ms, updated_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (uid) DO UPDATE SET updated_at_ms = max(updated_at_ms, excluded.updated_at_ms), deleted_at_ms = NULL`,
      parameters: [
        chat.id,
        withoutMarks(chat.title),
        Number(chat.pinned),
        JSON.stringify(chat.settings),
        chat.leafId ?? chat.messages.at(-1)?.id ?? null,
        chat.createdAtMs,
        chat.updatedAtMs,
      ],
    },
  ];
}

async function knownMessages(store: Pick<Store, "all">, chats: readonly ExportedChat[]): Promise<Map<string, Set<string>>> {
  const known = new Map<string, Set<string>>();
  const rows = await store.all<{ chat: string; message: string | null }>(
    `SELECT chats.uid AS chat, messages.uid AS message FROM chats LEFT JOIN messages ON messages.chat_id = chats.id
     WHERE chats.uid IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(chats.map(({ id }) => id))],
  );
  for (const { chat, message } of rows) {
    const messages = known.get(chat) ?? new Set();
    known.set(chat, messages);
    if (message !== null) messages.add(message);
  }
  return known;
}
