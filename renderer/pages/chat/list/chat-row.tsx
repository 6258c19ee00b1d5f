import { Ellipsis, Pin } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import type { ChatInfo } from "#shared/contract/chats.ts";
import { wordsOf } from "../../../data/admin.ts";
import { refresh } from "../../../data/queries.ts";
import { classNames } from "../../../parts/class-names.ts";
import { inputClasses } from "../../../parts/input-classes.ts";
import { IconButton } from "../../../parts/button.tsx";
import { tellNews } from "../../../parts/toasts.tsx";
import { hashOf } from "../../../shell/navigation.ts";
import { useText } from "../../../text/texts.ts";
import { renameChat } from "../session/chat-actions.ts";
import { useOpenChats } from "../session/open-chat.ts";
import { ChatMenu } from "./chat-menu.tsx";

/** A chat in the list: its name, which can be changed in place, and a menu. */
export function ChatRow({ chat, isShown }: { readonly chat: ChatInfo; readonly isShown: boolean }): ReactNode {
  const say = useText("chat");
  const [isRenaming, setRenaming] = useState(false);
  const isWriting = useOpenChats(({ chats }) => Object.keys(chats[chat.id]?.writing ?? {}).length > 0);
  if (isRenaming) return <RenameField chat={chat} onDone={() => setRenaming(false)} />;
  return (
    <div
      className={classNames(
        "group relative flex h-8 items-center rounded-control transition-colors hover:bg-hover",
        isShown && "bg-hover font-medium before:absolute before:inset-y-2 before:left-0 before:w-0.5 before:rounded-full before:bg-accent",
      )}
    >
      <a
        href={hashOf("chat", chat.id)}
        aria-current={isShown ? "page" : undefined}
        title={chat.title}
        onDoubleClick={() => setRenaming(true)}
        onKeyDown={(event) => {
          if (event.key === "F2") setRenaming(true);
        }}
        className="flex h-full min-w-0 flex-1 items-center gap-1.5 rounded-control pr-1 pl-3 outline-offset-[-2px]"
      >
        {chat.pinned ? <Pin aria-label={say("pinnedMark")} className="size-3 shrink-0 text-ink-muted" /> : null}
        <span className="min-w-0 flex-1 truncate">{chat.title}</span>
        {isWriting ? (
          <span role="img" aria-label={say("isWriting")} className="size-1.5 shrink-0 animate-pulse rounded-full bg-accent" />
        ) : null}
      </a>
      <div className="mr-0.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-data-popup-open:opacity-100">
        <ChatMenu
          chat={chat}
          onRename={() => setRenaming(true)}
          trigger={<IconButton size="small" label={say("chatMenu", { title: chat.title })} icon={<Ellipsis className="size-4" />} />}
        />
      </div>
    </div>
  );
}

/** The name of a chat, being changed: Enter or leaving keeps it, Escape does not. */
export function RenameField({ chat, onDone }: { readonly chat: Pick<ChatInfo, "id" | "title">; readonly onDone: () => void }): ReactNode {
  const say = useText("chat");
  const [title, setTitle] = useState(chat.title);
  const isOver = useRef(false);

  function end(isKept: boolean): void {
    // Leaving the field follows Enter and Escape.
    if (isOver.current) return;
    isOver.current = true;
    onDone();
    const next = title.trim();
    if (!isKept || next === "" || next === chat.title) return;
    renameChat(chat.id, next)
      .then(() => refresh("listChats", "searchChats"))
      .catch((error: unknown) => tellNews(wordsOf(error), { isBad: true }));
  }

  return (
    <input
      aria-label={say("renameLabel")}
      autoFocus
      maxLength={200}
      value={title}
      onChange={(event) => setTitle(event.target.value)}
      onFocus={(event) => event.target.select()}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        if (event.key === "Enter") end(true);
        if (event.key === "Escape") {
          event.stopPropagation();
          end(false);
        }
      }}
      className={inputClasses}
    />
  );
}
