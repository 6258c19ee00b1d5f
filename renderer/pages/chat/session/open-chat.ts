import { create } from "zustand";
import type { Chat } from "#shared/contract/chats.ts";
import { type ChatMessage, type ChatSettings, chatSettingsSchema } from "#shared/schema/chat.ts";

/** A chat as the page has it: what is stored, and what is happening to it. */
export interface OpenChat {
  readonly id: string;
  readonly title: string;
  readonly pinned: boolean;
  readonly settings: ChatSettings;
  readonly leafId: string | null;
  /** The oldest first. */
  readonly messages: readonly ChatMessage[];
  /** Lives in this page alone, and ends with it. */
  readonly isTemporary: boolean;
  /** Whether the core knows it: a new chat is saved with its first message. */
  readonly isSaved: boolean;
  /** When something was last said in it, as the core has it; 0 where it has nothing. */
  readonly updatedAtMs: number;
  /** Answers that are being written by this page, and what ends them. */
  readonly writing: Readonly<Record<string, Writing>>;
}

/** An answer that is being written. */
export interface Writing {
  readonly startedAtMs: number;
  readonly abort: AbortController;
}

interface OpenChats {
  /** By id. Chats stay open while the person looks at others, so that their answers go on. */
  readonly chats: Readonly<Record<string, OpenChat>>;
  /** The id that a new chat will have. */
  readonly draftId: string;
  /** Why the last save failed, in words; null while everything is on disk. */
  readonly saveError: string | null;
}

/** Every chat that this page has open. */
export const useOpenChats = create<OpenChats>(() => ({ chats: {}, draftId: crypto.randomUUID(), saveError: null }));

/** The chat of an id, where it is open. */
export function openChatOf(id: string): OpenChat | undefined {
  return useOpenChats.getState().chats[id];
}

/** When this page changed each chat last: what was read before that is older than what is here. */
const changedAt = new Map<string, number>();

/** When this page changed a chat last, by `performance.now()`; 0 where it never did. */
export function changedAtOf(id: string): number {
  return changedAt.get(id) ?? 0;
}

/** Changes an open chat; nothing happens where it is not open. */
export function changeChat(id: string, change: Partial<OpenChat> | ((chat: OpenChat) => Partial<OpenChat>)): void {
  changedAt.set(id, performance.now());
  useOpenChats.setState(({ chats }) => {
    const chat = chats[id];
    if (chat === undefined) return {};
    return { chats: { ...chats, [id]: { ...chat, ...(typeof change === "function" ? change(chat) : change) } } };
  });
}

/** Changes one message of an open chat, or adds it. */
export function putMessageInto(id: string, message: ChatMessage): void {
  changeChat(id, ({ messages }) => ({
    messages: messages.some((one) => one.id === message.id)
      ? messages.map((one) => (one.id === message.id ? message : one))
      : [...messages, message],
  }));
}

/** Opens a new, empty chat in this page. */
export function openDraft(id: string, settings: Partial<ChatSettings>, isTemporary: boolean): void {
  const chat: OpenChat = {
    id,
    title: "",
    pinned: false,
    settings: { ...chatSettingsSchema.parse({}), ...settings },
    leafId: null,
    messages: [],
    isTemporary,
    isSaved: false,
    updatedAtMs: 0,
    writing: {},
  };
  useOpenChats.setState(({ chats }) => ({ chats: { ...chats, [id]: chat } }));
}

/** Takes a chat in that the core has given. What this page is writing into it stays. */
export function openStored(stored: Chat): void {
  const former = openChatOf(stored.id);
  const own = new Map(former?.messages.filter(({ id }) => former.writing[id] !== undefined).map((message) => [message.id, message]));
  const messages = stored.messages.map((message) => own.get(message.id) ?? message);
  for (const message of own.values()) if (!messages.some(({ id }) => id === message.id)) messages.push(message);
  const { id, title, pinned, settings, leafId, updatedAtMs } = stored;
  const chat: OpenChat = {
    id,
    title,
    pinned,
    settings,
    leafId: leafId ?? messages.at(-1)?.id ?? null,
    messages,
    isTemporary: false,
    isSaved: true,
    updatedAtMs,
    writing: former?.writing ?? {},
  };
  useOpenChats.setState(({ chats }) => ({ chats: { ...chats, [id]: chat } }));
}

/** Forgets a chat of this page, and ends what is being written into it. */
export function closeChat(id: string): void {
  for (const { abort } of Object.values(openChatOf(id)?.writing ?? {})) abort.abort();
  useOpenChats.setState(({ chats: { [id]: _closed, ...chats } }) => ({ chats }));
}

/** Gives the next new chat an id of its own. */
export function renewDraft(): void {
  useOpenChats.setState({ draftId: crypto.randomUUID(), saveError: null });
}
