import { useEffect } from "react";
import { useAdmin } from "../../data/queries.ts";
import { useLiveEvent } from "../../data/live.ts";
import { refresh } from "../../data/queries.ts";
import { type OpenChat, openStored, useOpenChats } from "./session/open-chat.ts";
import { hasUnsaved } from "./session/save-chat.ts";

/** A chat that is to be shown, and how far it is with that. */
export interface ShownChat {
  /** Undefined until it has come. */
  readonly chat: OpenChat | undefined;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** The chat of an id: as this page has it open, else as the core gives it. What other windows change in it is taken in. */
export function useOpenChat(chatId: string, isDraft: boolean): ShownChat {
  const chat = useOpenChats(({ chats }) => chats[chatId]);
  const isOwn = isDraft || (chat !== undefined && (chat.isTemporary || !chat.isSaved));
  const { data, error, refetch } = useAdmin("getChat", { parameters: { chat: chatId } }, { enabled: !isOwn });
  useEffect(() => {
    if (data === undefined || data.id !== chatId) return;
    // What this page is about to save is newer than what it has read.
    if (!hasUnsaved(chatId)) openStored(data);
  }, [data, chatId]);
  useLiveEvent("chats-changed", (event) => {
    if (event.chatId !== null && event.chatId !== chatId) return;
    const writing = useOpenChats.getState().chats[chatId]?.writing ?? {};
    if (!isOwn && !hasUnsaved(chatId) && Object.keys(writing).length === 0) void refresh("getChat");
  });
  return { chat, error: chat === undefined ? error : null, retry: () => void refetch() };
}
