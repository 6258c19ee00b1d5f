import { useCallback, useEffect, useState } from "react";
import { useLiveEvent } from "../../data/live.ts";
import { type OpenChat, useOpenChats } from "./session/open-chat.ts";
import { readChat, readChatSoon } from "./session/read-chat.ts";

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
  const [failure, setFailure] = useState<{ readonly chatId: string; readonly error: Error } | null>(null);
  const isMissing = !isDraft && chat === undefined;

  const load = useCallback(() => {
    setFailure(null);
    readChat(chatId).catch((error: unknown) => setFailure({ chatId, error: error instanceof Error ? error : new Error(String(error)) }));
  }, [chatId]);

  useEffect(() => {
    if (isMissing) load();
  }, [isMissing, load]);

  const isStored = chat?.isSaved === true;
  useEffect(() => {
    // It may have been open for hours while another window went on with it.
    if (isStored) readChatSoon(chatId);
  }, [isStored, chatId]);

  useLiveEvent("chats-changed", (event) => {
    if (isStored && (event.chatId === null || event.chatId === chatId)) readChatSoon(chatId);
  });
  return { chat, error: isMissing && failure?.chatId === chatId ? failure.error : null, retry: load };
}
