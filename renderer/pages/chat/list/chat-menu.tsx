import { FileJson, FileText, Pencil, Pin, PinOff, Trash2 } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import type { ChatInfo } from "#shared/contract/chats.ts";
import { Menu } from "../../../parts/menu.tsx";
import { useGo, useItem } from "../../../shell/navigation.ts";
import { useText } from "../../../text/texts.ts";
import { deleteChat, exportChat, pinChat } from "./chat-deeds.ts";

/** What can be done with a chat. */
export function ChatMenu({
  chat,
  trigger,
  onRename,
}: {
  readonly chat: Pick<ChatInfo, "id" | "title" | "pinned">;
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly onRename: () => void;
}): ReactNode {
  const say = useText("chat");
  const go = useGo();
  const shownId = useItem();
  const icon = "size-4";
  return (
    <Menu
      trigger={trigger}
      items={[
        { words: say("rename"), icon: <Pencil className={icon} />, onSelect: onRename },
        chat.pinned
          ? { words: say("unpin"), icon: <PinOff className={icon} />, onSelect: () => void pinChat(chat, false) }
          : { words: say("pin"), icon: <Pin className={icon} />, onSelect: () => void pinChat(chat, true) },
        null,
        { words: say("exportMarkdown"), icon: <FileText className={icon} />, onSelect: () => void exportChat(chat, "markdown") },
        { words: say("exportJson"), icon: <FileJson className={icon} />, onSelect: () => void exportChat(chat, "json") },
        null,
        {
          words: say("delete"),
          icon: <Trash2 className={icon} />,
          isDanger: true,
          onSelect: () => {
            if (shownId === chat.id) go("chat");
            void deleteChat(chat);
          },
        },
      ]}
    />
  );
}
