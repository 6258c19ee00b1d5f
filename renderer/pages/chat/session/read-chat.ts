import { admin } from "../../../data/admin.ts";
import { changedAtOf, openChatOf, openStored } from "./open-chat.ts";
import { hasUnsaved } from "./save-chat.ts";

const pauseMs = 400;
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/**
 * Reads a chat and opens it in this page, unless the page has changed it while it was read: then what is here is newer.
 *
 * @throws {AdminError} `not_found`
 */
export async function readChat(chatId: string): Promise<void> {
  const startedAt = performance.now();
  const chat = await admin("getChat", { parameters: { chat: chatId } });
  if (openChatOf(chatId) === undefined || (changedAtOf(chatId) < startedAt && !isBusy(chatId))) openStored(chat);
}

/** Reads an open chat again, once this page is done with it for a moment: another window may have changed it. */
export function readChatSoon(chatId: string): void {
  clearTimeout(waiting.get(chatId));
  const timer = setTimeout(() => {
    waiting.delete(chatId);
    if (isBusy(chatId)) readChatSoon(chatId);
    // Where it fails, what is here stays.
    else if (openChatOf(chatId) !== undefined) readChat(chatId).catch(() => undefined);
  }, pauseMs);
  waiting.set(chatId, timer);
}

function isBusy(chatId: string): boolean {
  return hasUnsaved(chatId) || Object.keys(openChatOf(chatId)?.writing ?? {}).length > 0;
}
