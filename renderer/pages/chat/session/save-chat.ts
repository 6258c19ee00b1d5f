import { AdminError } from "#shared/contract/client.ts";
import type { ChatChange } from "#shared/contract/chats.ts";
import type { MessageInput } from "#shared/schema/chat.ts";
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
  /** Those that are on their way. */
  sending: readonly string[];
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
  await waiting.running?.catch(() => undefined);
  if (hasUnsaved(chatId)) await flush(chatId, waiting);
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
  useOpenChats.setState({ saveError: null });
}

/** Sends off what is not saved yet, as the page goes: such requests outlive it. */
export function saveOnLeaving(): void {
  for (const [chatId, { messages, sending }] of unsaved) {
    const chat = openChatOf(chatId);
    if (chat === undefined) continue;
    const path = `/admin/chats/${chatId}`;
    if (!chat.isSaved) sendOff(path, { title: chat.title, settings: chat.settings } satisfies ChatChange);
    for (const messageId of new Set([...sending, ...messages])) {
      const content = contentOf(chatId, messageId);
      if (content !== null) sendOff(`${path}/messages/${messageId}`, content);
    }
  }
}

function sendOff(path: string, value: object): void {
  const body = JSON.stringify(value);
  if (body.length > keepaliveBytes) return;
  fetchOwn(path, { method: "PUT", headers: { "content-type": "application/json" }, body, keepalive: true }).catch(() => undefined);
}

function waitingOf(chatId: string): Unsaved {
  const known = unsaved.get(chatId);
  if (known !== undefined) return known;
  const fresh: Unsaved = { messages: new Set(), sending: [], change: {}, timer: undefined, running: null, retryMs: firstRetryMs };
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
    // Its failure is told where it began.
    await waiting.running.catch(() => undefined);
    if (unsaved.get(chatId) === waiting && hasUnsaved(chatId)) schedule(chatId, waiting, saveEveryMs);
    return;
  }
  waiting.running = saveAll(chatId, waiting);
  try {
    await waiting.running;
    waiting.retryMs = firstRetryMs;
    if (useOpenChats.getState().saveError !== null) useOpenChats.setState({ saveError: null });
  } catch (error) {
    // What the API refuses it refuses again: a chat that was deleted elsewhere, or chats that are no longer kept.
    const isRefused = error instanceof AdminError && error.status < 500;
    if (isRefused) forgetUnsaved(chatId);
    useOpenChats.setState({ saveError: wordsOf(error) });
    if (isRefused) return;
    waiting.timer = setTimeout(() => void flush(chatId, waiting), waiting.retryMs);
    waiting.retryMs = Math.min(longestRetryMs, waiting.retryMs * 2);
  } finally {
    waiting.running = null;
  }
}

async function saveAll(chatId: string, waiting: Unsaved): Promise<void> {
  const chat = openChatOf(chatId);
  if (chat === undefined) return;
  // Taken out first: what changes while this is on its way has to be saved once more.
  const { leafId, ...change } = waiting.change;
  waiting.change = {};
  const messages = [...waiting.messages];
  waiting.messages.clear();
  waiting.sending = messages;
  try {
    if (!chat.isSaved || Object.keys(change).length > 0) {
      const body = chat.isSaved ? change : { title: chat.title, settings: chat.settings, ...change };
      await admin("putChat", { parameters: { chat: chatId }, body });
      changeChat(chatId, { isSaved: true });
    }
    while (messages.length > 0) {
      const [messageId = ""] = messages;
      const body = contentOf(chatId, messageId);
      if (body !== null) await admin("putMessage", { parameters: { chat: chatId, message: messageId }, body });
      messages.shift();
    }
    // A leaf can only be shown once its message is there.
    if (leafId !== undefined) await admin("putChat", { parameters: { chat: chatId }, body: { leafId } });
  } catch (error) {
    // Behind what is older, and before what is newer.
    waiting.change = { ...change, ...(leafId === undefined ? {} : { leafId }), ...waiting.change };
    const newer = [...waiting.messages];
    waiting.messages.clear();
    for (const messageId of [...messages, ...newer]) waiting.messages.add(messageId);
    throw error;
  } finally {
    waiting.sending = [];
  }
}

/** A message as it is now, without its id; null where it is gone. */
function contentOf(chatId: string, messageId: string): MessageInput | null {
  const message = openChatOf(chatId)?.messages.find(({ id }) => id === messageId);
  if (message === undefined) return null;
  const { id: _id, ...content } = message;
  return content;
}
