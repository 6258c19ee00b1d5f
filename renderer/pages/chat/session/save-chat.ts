import { AdminError } from "#shared/contract/client.ts";
import type { ChatChange } from "#shared/contract/chats.ts";
import { admin, wordsOf } from "../../../data/admin.ts";
import { fetchOwn } from "../../../data/session.ts";
import { changeChat, openChatOf, useOpenChats } from "./open-chat.ts";

/** While an answer grows it is saved so often: what a crash can take. */
const saveEveryMs = 800;
const firstRetryMs = 1_000;
const longestRetryMs = 15_000;
/** What browsers let a page send as it goes. */
const keepaliveBytes = 60_000;

interface Unsaved {
  /** In the order in which they came to be: a parent is saved before its children. */
  readonly messages: Set<string>;
  change: ChatChange;
  timer: ReturnType<typeof setTimeout> | undefined;
  running: Promise<void> | null;
  retryMs: number;
}

const unsaved = new Map<string, Unsaved>();

/** Saves what changed of a chat, soon; nothing of a temporary one. */
export function saveChatSoon(chatId: string, change: ChatChange, afterMs = 0): void {
  if (openChatOf(chatId)?.isTemporary !== false) return;
  const waiting = waitingOf(chatId);
  waiting.change = { ...waiting.change, ...change };
  schedule(chatId, waiting, afterMs);
}

/** Saves a message as it is when its turn comes. @param isGrowing whether more of it will follow in a moment */
export function saveMessageSoon(chatId: string, messageId: string, isGrowing = false): void {
  if (openChatOf(chatId)?.isTemporary !== false) return;
  const waiting = waitingOf(chatId);
  waiting.messages.add(messageId);
  schedule(chatId, waiting, isGrowing ? saveEveryMs : 0);
}

/** Resolves when everything of this chat is on disk, or could not be saved. */
export async function settleChat(chatId: string): Promise<void> {
  const waiting = unsaved.get(chatId);
  if (waiting === undefined) return;
  await (waiting.running ?? flush(chatId, waiting));
}

/** Whether something of a chat is not on disk yet. */
export function hasUnsaved(chatId: string): boolean {
  const waiting = unsaved.get(chatId);
  return waiting !== undefined && (waiting.running !== null || waiting.messages.size > 0 || Object.keys(waiting.change).length > 0);
}

/** Forgets what was to be saved, of a chat that was deleted. */
export function forgetUnsaved(chatId: string): void {
  clearTimeout(unsaved.get(chatId)?.timer);
  unsaved.delete(chatId);
}

/** Sends off what is not saved yet, as the page goes: such requests outlive it. */
export function saveOnLeaving(): void {
  for (const [chatId, { messages }] of unsaved) {
    for (const messageId of messages) {
      const body = bodyOf(chatId, messageId);
      if (body === null || body.length > keepaliveBytes) continue;
      const path = `/admin/chats/${chatId}/messages/${messageId}`;
      const headers = { "content-type": "application/json" };
      fetchOwn(path, { method: "PUT", headers, body, keepalive: true }).catch(() => undefined);
    }
  }
}

function waitingOf(chatId: string): Unsaved {
  const known = unsaved.get(chatId);
  if (known !== undefined) return known;
  const fresh: Unsaved = { messages: new Set(), change: {}, timer: undefined, running: null, retryMs: firstRetryMs };
  unsaved.set(chatId, fresh);
  return fresh;
}

function schedule(chatId: string, waiting: Unsaved, afterMs: number): void {
  if (afterMs > 0 && waiting.timer !== undefined) return;
  clearTimeout(waiting.timer);
  waiting.timer = setTimeout(() => void flush(chatId, waiting), afterMs);
}

async function flush(chatId: string, waiting: Unsaved): Promise<void> {
  clearTimeout(waiting.timer);
  waiting.timer = undefined;
  if (waiting.running !== null) {
    await waiting.running;
    if (unsaved.get(chatId) === waiting && hasUnsaved(chatId)) schedule(chatId, waiting, saveEveryMs);
    return;
  }
  waiting.running = saveAll(chatId, waiting);
  try {
    await waiting.running;
    waiting.retryMs = firstRetryMs;
    if (useOpenChats.getState().saveError !== null) useOpenChats.setState({ saveError: null });
  } catch (error) {
    useOpenChats.setState({ saveError: wordsOf(error) });
    // What the API refuses it refuses again: a chat that was deleted elsewhere, or chats that are no longer kept.
    if (error instanceof AdminError && error.status < 500) return forgetUnsaved(chatId);
    waiting.timer = setTimeout(() => void flush(chatId, waiting), waiting.retryMs);
    waiting.retryMs = Math.min(longestRetryMs, waiting.retryMs * 2);
  } finally {
    waiting.running = null;
  }
}

async function saveAll(chatId: string, waiting: Unsaved): Promise<void> {
  const chat = openChatOf(chatId);
  if (chat === undefined) return;
  const isNew = !chat.isSaved;
  const change = isNew ? { title: chat.title, settings: chat.settings, ...waiting.change } : waiting.change;
  // A leaf can only be set once its message is there.
  const { leafId, ...first } = change;
  if (isNew || Object.keys(first).length > 0) {
    await admin("putChat", { parameters: { chat: chatId }, body: first });
    waiting.change = leafId === undefined ? {} : { leafId };
    changeChat(chatId, { isSaved: true });
  }
  for (const messageId of waiting.messages) {
    // Taken out first: what is said while it is on its way has to be saved once more.
    waiting.messages.delete(messageId);
    const message = openChatOf(chatId)?.messages.find(({ id }) => id === messageId);
    if (message === undefined) continue;
    const { id: _id, ...body } = message;
    try {
      await admin("putMessage", { parameters: { chat: chatId, message: messageId }, body });
    } catch (error) {
      const others = [...waiting.messages];
      waiting.messages.clear();
      for (const one of [messageId, ...others]) waiting.messages.add(one);
      throw error;
    }
  }
  if (waiting.change.leafId !== undefined) {
    const { leafId: shown } = waiting.change;
    waiting.change = {};
    await admin("putChat", { parameters: { chat: chatId }, body: { leafId: shown } });
  }
}

function bodyOf(chatId: string, messageId: string): string | null {
  const message = openChatOf(chatId)?.messages.find(({ id }) => id === messageId);
  if (message === undefined) return null;
  const { id: _id, ...body } = message;
  return JSON.stringify(body);
}
