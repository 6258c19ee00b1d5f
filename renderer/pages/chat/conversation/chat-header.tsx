import { Ellipsis, EyeOff, PanelLeft } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Badge } from "../../../parts/badge.tsx";
import { IconButton } from "../../../parts/button.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { formatMoney } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import { ChatMenu } from "../list/chat-menu.tsx";
import { RenameField } from "../list/chat-row.tsx";
import type { OpenChat } from "../session/open-chat.ts";

interface ChatHeaderProps {
  readonly chat: OpenChat | undefined;
  readonly isListOpen: boolean;
  readonly onToggleList: () => void;
  /** Undefined where the chat has begun: then it is what it is. */
  readonly onToggleTemporary: (() => void) | undefined;
}

/** What stands above a chat: its name, what it came to, and what can be done with it. */
export function ChatHeader({ chat, isListOpen, onToggleList, onToggleTemporary }: ChatHeaderProps): ReactNode {
  const say = useText("chat");
  const [isRenaming, setRenaming] = useState(false);
  const title = chat === undefined ? say("chat") : chat.title === "" ? say("newChat") : chat.title;
  const costs = chat?.messages.flatMap(({ details }) => (details.costMicroUsd === null ? [] : [details.costMicroUsd])) ?? [];
  const isNamed = chat !== undefined && chat.messages.length > 0;
  return (
    <header className="flex h-13 shrink-0 items-center gap-2 px-4">
      <title>{`${title} · Postern`}</title>
      <IconButton
        label={say(isListOpen ? "hideList" : "showList")}
        icon={<PanelLeft className="size-4" />}
        aria-expanded={isListOpen}
        onClick={onToggleList}
      />
      {isRenaming && chat !== undefined ? (
        <div className="w-80 max-w-full">
          <RenameField chat={{ id: chat.id, title }} onDone={() => setRenaming(false)} />
        </div>
      ) : (
        <h1 className="min-w-0 truncate text-heading font-semibold" title={title} onDoubleClick={() => isNamed && setRenaming(true)}>
          {title}
        </h1>
      )}
      {chat?.isTemporary === true ? <Badge tone="info">{say("temporary")}</Badge> : null}
      <div className="ml-auto flex shrink-0 items-center gap-1">
        {costs.length === 0 ? null : (
          <span className="px-2 text-small text-ink-muted" title={say("chatCostHelp")}>
            {formatMoney(costs.reduce((sum, cost) => sum + cost, 0))}
          </span>
        )}
        {onToggleTemporary === undefined ? null : (
          <IconButton
            label={say("temporary")}
            aria-pressed={chat?.isTemporary === true}
            icon={<EyeOff className={classNames("size-4", chat?.isTemporary === true && "text-accent-ink")} />}
            onClick={onToggleTemporary}
          />
        )}
        {chat?.isSaved === true ? (
          <ChatMenu
            chat={chat}
            onRename={() => setRenaming(true)}
            trigger={<IconButton label={say("chatMenu", { title })} icon={<Ellipsis className="size-4" />} />}
          />
        ) : null}
      </div>
    </header>
  );
}
