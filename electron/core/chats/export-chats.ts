import type { Chat } from "#shared/contract/chats.ts";
import { PosternError } from "#shared/errors.ts";
import type { ExportedChat } from "#shared/schema/chat-export.ts";
import type { AttachmentFiles } from "./attachment-files.ts";
import type { ChatTable } from "./chat-table.ts";
import type { PresetTable } from "./preset-table.ts";

interface Exporting {
  readonly table: Pick<ChatTable, "list" | "get">;
  readonly presets: Pick<PresetTable, "list">;
  readonly attachments: Pick<AttachmentFiles, "read">;
  readonly nowMs: () => number;
}

const pageSize = 100;

/** One chat, with every branch and its files, as `importChats` reads it. @throws {PosternError} `not_found` */
export async function exportChat(chatId: string, exporting: Exporting): Promise<ReadableStream<Uint8Array>> {
  // Before the stream begins, so that a chat that is not there is an error and no broken file.
  const chat = await exporting.table.get(chatId);
  return streamOf(writeExport([chat], { ...exporting, presets: { list: async () => [] } }));
}

/** All chats and presets with their files, one after the other: never all of them in memory. */
export function exportChats(exporting: Exporting): ReadableStream<Uint8Array> {
  return streamOf(writeExport(everyChat(exporting.table), exporting));
}

async function* everyChat(table: Exporting["table"]): AsyncGenerator<Chat> {
  for (let before: string | null = null; ;) {
    const page: Awaited<ReturnType<ChatTable["list"]>> = await table.list({ before, limit: pageSize });
    for (const { id } of [...page.pinned, ...page.chats]) {
      // One that is deleted meanwhile is left out.
      const chat = await table.get(id).catch((error: unknown) => {
        if (error instanceof PosternError && error.code === "not_found") return null;
        throw error;
      });
      if (chat !== null) yield chat;
    }
    if (page.next === null) return;
    before = page.next;
  }
}

async function* writeExport(chats: AsyncIterable<Chat> | Iterable<Chat>, exporting: Exporting): AsyncGenerator<string> {
  const hashes = new Set<string>();
  yield `{"format":"postern-chats","version":1,"exportedAtMs":${exporting.nowMs()},"presets":${JSON.stringify(await exporting.presets.list())},\n"chats":[`;
  let separator = "\n";
  for await (const chat of chats) {
    for (const { parts } of chat.messages) for (const part of parts) if (part.type === "attachment") hashes.add(part.hash);
    const { id, title, pinned, settings, leafId, createdAtMs, updatedAtMs, messages } = chat;
    yield separator + JSON.stringify({ id, title, pinned, settings, leafId, createdAtMs, updatedAtMs, messages } satisfies ExportedChat);
    separator = ",\n";
  }
  yield '\n],\n"attachments":[';
  separator = "\n";
  for (const hash of hashes) {
    // A file that is gone is gone; the chat that names it is worth exporting all the same.
    const bytes = await exporting.attachments.read(hash).catch(() => null);
    if (bytes === null) continue;
    yield `${separator}{"hash":"${hash}","base64":"${Buffer.from(bytes).toString("base64")}"}`;
    separator = ",\n";
  }
  yield "\n]}\n";
}

function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await texts.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await texts.return(undefined);
    },
  });
}
