import { CloudAlert } from "lucide-react";
import { type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { lazyPart } from "../../parts/lazy-part.ts";
import { wordsOf } from "../../data/admin.ts";
import { Button } from "../../parts/button.tsx";
import { refresh } from "../../data/queries.ts";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useGo, useItem, usePageSearch } from "../../shell/navigation.ts";
import { useText } from "../../text/texts.ts";
import { Composer } from "./composer/composer.tsx";
import { ChatHeader } from "./conversation/chat-header.tsx";
import { NewChat } from "./conversation/new-chat.tsx";
import { ChatList } from "./list/chat-list.tsx";
import { chatSearchSchema } from "./search.ts";
import { branchFrom } from "./session/chat-actions.ts";
import { changeChat, renewDraft, useOpenChats } from "./session/open-chat.ts";
import { saveOnLeaving } from "./session/save-chat.ts";
import { useDraft } from "./use-draft.ts";
import { useOpenChat } from "./use-open-chat.ts";

// A new chat has no messages yet, and few open its settings: both come when they are there to be shown.
const Conversation = lazyPart(async () => (await import("./conversation/conversation.tsx")).Conversation);
const ChatSettingsSheet = lazyPart(async () => (await import("./settings/chat-settings.tsx")).ChatSettingsSheet);

const listKey = "postern-chat-list";

/** The chats: all of them at the left, one of them, and where one writes. */
export function PageView(): ReactNode {
  const say = useText("chat");
  const go = useGo();
  const item = useItem();
  const [search] = usePageSearch(chatSearchSchema);
  const draftId = useOpenChats((state) => state.draftId);
  const saveError = useOpenChats((state) => state.saveError);
  const chatId = item ?? draftId;
  const isDraft = item === null;
  const { keeps } = useDraft({ draftId, isShown: isDraft, model: search.model ?? null });
  const { chat, error, retry } = useOpenChat(chatId, isDraft);
  const [isListOpen, setListOpen] = useState(() => localStorage.getItem(listKey) !== "closed");
  const [isSettingsOpen, setSettingsOpen] = useState(false);
  const [hasSettings, setHasSettings] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const [said, setSaid] = useState("");

  useEffect(() => {
    addEventListener("pagehide", saveOnLeaving);
    return () => removeEventListener("pagehide", saveOnLeaving);
  }, []);

  const fill = useCallback((text: string) => {
    input.current?.dispatchEvent(new CustomEvent("fill", { detail: text }));
    input.current?.focus();
  }, []);

  const isReady = chat !== undefined;
  useEffect(() => {
    if (isReady && search.message === undefined) input.current?.focus();
  }, [chatId, isReady, search.message]);

  // A link may bring words along; they are put where one writes, and wait there.
  const { prompt } = search;
  useEffect(() => {
    if (isReady && prompt !== undefined) fill(prompt);
  }, [isReady, prompt, fill]);

  const startNew = useCallback(() => {
    renewDraft();
    go("chat");
    input.current?.focus();
  }, [go]);

  // The end of an answer is said once, and not each of its words.
  const isWriting = chat !== undefined && Object.keys(chat.writing).length > 0;
  const wasWriting = useRef(false);
  const ending = chat?.messages.find(({ id }) => id === chat.leafId)?.ending ?? "finished";
  useEffect(() => {
    if (wasWriting.current && !isWriting) setSaid(say(`ended_${ending}`));
    else if (isWriting) setSaid(say("answering"));
    wasWriting.current = isWriting;
  }, [isWriting, ending, say]);

  const branch = useCallback(
    (messageId: string) => {
      branchFrom(chatId, messageId).then(
        (newId) => {
          void refresh("listChats");
          go("chat", isDraft ? {} : { item: newId });
          tellNews(say("branched"));
        },
        (failure: unknown) => tellNews(wordsOf(failure), { isBad: true }),
      );
    },
    [chatId, go, isDraft, say],
  );

  function toggleList(): void {
    setListOpen(!isListOpen);
    localStorage.setItem(listKey, isListOpen ? "closed" : "open");
  }

  const isKept = isDraft && chat?.isTemporary === false;
  const afterSaid = useCallback(() => {
    // A new chat that is kept has an address of its own from its first message on.
    if (isKept) go("chat", { item: chatId, isReplacing: true });
  }, [isKept, chatId, go]);
  // Only then is the next new chat another one: the page goes on with the same chat, and nothing of it is made anew.
  useEffect(() => {
    if (item === draftId) renewDraft();
  }, [item, draftId]);
  const openSettings = useCallback(() => {
    setHasSettings(true);
    setSettingsOpen(true);
  }, []);

  const isEmpty = chat?.messages.length === 0;
  const canToggle = isDraft && isEmpty && keeps === true && chat !== undefined;
  return (
    <div className="flex h-full">
      {isListOpen ? <ChatList shownId={item} onNew={startNew} /> : null}
      <section aria-label={say("chat")} className="flex min-w-0 flex-1 flex-col">
        <ChatHeader
          key={`header-${chatId}`}
          chat={chat}
          isListOpen={isListOpen}
          onToggleList={toggleList}
          onToggleTemporary={canToggle ? () => changeChat(chatId, { isTemporary: !chat.isTemporary }) : undefined}
        />
        {saveError === null ? null : (
          <p role="alert" className="flex items-center gap-2.5 border-y border-line bg-warn-soft px-6 py-2">
            <CloudAlert aria-hidden="true" className="size-4 shrink-0 text-warn" />
            <span>{say("notSaved", { why: saveError })}</span>
          </p>
        )}
        {error !== null ? (
          <div className="flex-1 px-6">
            <ErrorState
              error={error}
              onRetry={retry}
              actions={
                <Button size="small" onClick={startNew}>
                  {say("newChat")}
                </Button>
              }
            />
          </div>
        ) : chat === undefined ? (
          <SkeletonRows rows={8} className="mx-auto max-w-[760px] flex-1 px-6" />
        ) : (
          <>
            {isEmpty ? (
              <NewChat isTemporary={chat.isTemporary} onSuggest={fill} />
            ) : (
              <Suspense fallback={<div className="flex-1" />}>
                <Conversation key={chatId} chat={chat} soughtId={search.message ?? null} onBranch={branch} />
              </Suspense>
            )}
            <Composer
              key={`composer-${chatId}`}
              chatId={chatId}
              isTemporary={chat.isTemporary}
              settings={chat.settings}
              isWriting={isWriting}
              inputRef={input}
              onSettings={openSettings}
              onSaid={afterSaid}
            />
            {hasSettings ? (
              <Suspense>
                <ChatSettingsSheet chat={chat} isOpen={isSettingsOpen} onClose={() => setSettingsOpen(false)} />
              </Suspense>
            ) : null}
          </>
        )}
        <p role="status" className="sr-only">
          {said}
        </p>
      </section>
    </div>
  );
}
