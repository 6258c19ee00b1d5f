import type { ChatInfo } from "#shared/contract/chats.ts";
import { admin, wordsOf } from "../../../data/admin.ts";
import { refresh } from "../../../data/queries.ts";
import { datedName, saveFile } from "../../../parts/save-file.ts";
import { offerUndo, tellNews } from "../../../parts/toasts.tsx";
import { textOf } from "../../../text/texts.ts";
import { changeChat, closeChat } from "../session/open-chat.ts";
import { forgetUnsaved, settleChat } from "../session/save-chat.ts";

const say = textOf("chat");

async function attempt(deed: () => Promise<void>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    tellNews(wordsOf(error), { isBad: true });
  }
}

/** Pins a chat, or takes its pin out. */
export function pinChat({ id }: Pick<ChatInfo, "id">, pinned: boolean): Promise<void> {
  return attempt(async () => {
    changeChat(id, { pinned });
    await admin("putChat", { parameters: { chat: id }, body: { pinned } });
    await refresh("listChats");
  });
}

/** Deletes a chat, and offers to take that back. */
export function deleteChat({ id, title }: Pick<ChatInfo, "id" | "title">): Promise<void> {
  return attempt(async () => {
    await settleChat(id);
    forgetUnsaved(id);
    await admin("deleteChat", { parameters: { chat: id } });
    closeChat(id);
    await refresh("listChats", "searchChats");
    offerUndo(say("deleted", { title }), () => void attempt(() => bringBack([id])));
  });
}

/** Deletes every chat, and offers to take that back. */
export function deleteAllChats(): Promise<void> {
  return attempt(async () => {
    const { ids } = await admin("deleteChats", {});
    for (const id of ids) {
      forgetUnsaved(id);
      closeChat(id);
    }
    await refresh("listChats", "searchChats");
    offerUndo(say("deletedAll", { count: ids.length }), () => void attempt(() => bringBack(ids)));
  });
}

async function bringBack(ids: readonly string[]): Promise<void> {
  for (const chat of ids) await admin("restoreChat", { parameters: { chat } });
  await refresh("listChats", "searchChats");
}

/** Saves one chat as a file. */
export function exportChat({ id, title }: Pick<ChatInfo, "id" | "title">, form: "markdown" | "json"): Promise<void> {
  return attempt(async () => {
    await settleChat(id);
    const answer = await admin(form === "json" ? "exportChatJson" : "exportChatMarkdown", { parameters: { chat: id } });
    const stem =
      title
        .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
        .replaceAll(/^-+|-+$/g, "")
        .slice(0, 60)
        .toLowerCase() || "chat";
    await saveFile(`${stem}.${form === "json" ? "json" : "md"}`, answer);
  });
}

/** Saves every chat and preset as one file. */
export function exportAllChats(): Promise<void> {
  return attempt(async () => saveFile(datedName("chats", "json"), await admin("exportChats", {})));
}

/** Takes in chats from a file of Postern's, ChatGPT's or Open WebUI's. */
export function importChats(file: File): Promise<void> {
  return attempt(async () => {
    const report = await admin("importChats", { body: new Uint8Array(await file.arrayBuffer()) });
    await refresh("listChats", "searchChats", "listPresets");
    const count = report.added + report.merged;
    tellNews(count === 0 ? say("importedNothing") : say("imported", { count }));
  });
}
