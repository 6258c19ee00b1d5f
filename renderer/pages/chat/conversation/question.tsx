import { GitBranch, Pencil } from "lucide-react";
import { memo, type ReactNode, useState } from "react";
import type { ChatMessage } from "#shared/schema/chat.ts";
import { wordsOf } from "../../../data/admin.ts";
import { Button, IconButton } from "../../../parts/button.tsx";
import { CopyButton } from "../../../parts/copy.tsx";
import { inputClasses } from "../../../parts/input-classes.ts";
import { tellNews } from "../../../parts/toasts.tsx";
import { useText } from "../../../text/texts.ts";
import { sayIn } from "../session/chat-actions.ts";
import { textOfMessage } from "../session/tree.ts";
import { AttachmentView } from "./attachment-view.tsx";
import { SiblingSwitch } from "./sibling-switch.tsx";

interface QuestionProps {
  readonly chatId: string;
  readonly message: ChatMessage;
  readonly siblings: readonly ChatMessage[];
  readonly onBranch: (messageId: string) => void;
}

/** What a person said. It can be said differently, which begins another branch. */
export const Question = memo(function Question({ chatId, message, siblings, onBranch }: QuestionProps): ReactNode {
  const say = useText("chat");
  const [isEditing, setEditing] = useState(false);
  const text = textOfMessage(message);
  const attachments = message.parts.filter((part) => part.type === "attachment");
  return (
    <article aria-label={say("youSaid")} data-message={message.id} className="group flex flex-col items-end gap-1">
      {attachments.length === 0 ? null : (
        <div className="flex max-w-[85%] flex-wrap justify-end gap-2">
          {attachments.map((attachment) => (
            <AttachmentView key={attachment.hash} attachment={attachment} />
          ))}
        </div>
      )}
      {isEditing ? (
        <EditField
          text={text}
          onCancel={() => setEditing(false)}
          onSend={(next) => {
            setEditing(false);
            sayIn(chatId, { text: next, attachments }, { parentId: message.parentId, untitled: say("newChat") }).catch((error: unknown) =>
              tellNews(wordsOf(error), { isBad: true }),
            );
          }}
        />
      ) : text === "" ? null : (
        <div className="max-w-[85%] rounded-card bg-hover px-3.5 py-2 text-prose break-words whitespace-pre-wrap">{text}</div>
      )}
      {isEditing ? null : (
        <div className="-mb-3 flex h-7 items-center">
          <div className="flex items-center opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100">
            {text === "" ? null : <CopyButton text={text} name={say("message")} />}
            <IconButton size="small" label={say("edit")} icon={<Pencil className="size-4" />} onClick={() => setEditing(true)} />
            <IconButton size="small" label={say("branch")} icon={<GitBranch className="size-4" />} onClick={() => onBranch(message.id)} />
          </div>
          <SiblingSwitch chatId={chatId} message={message} siblings={siblings} />
        </div>
      )}
    </article>
  );
});

function EditField({
  text,
  onCancel,
  onSend,
}: {
  readonly text: string;
  readonly onCancel: () => void;
  readonly onSend: (text: string) => void;
}): ReactNode {
  const say = useText("chat");
  const [value, setValue] = useState(text);
  const isEmpty = value.trim() === "";
  return (
    <div className="w-full max-w-[85%] rounded-card border border-line bg-surface p-2">
      <textarea
        aria-label={say("editLabel")}
        autoFocus
        rows={Math.min(12, Math.max(2, value.split("\n").length))}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            onCancel();
          } else if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            if (!isEmpty) onSend(value.trim());
          }
        }}
        className={`${inputClasses} h-auto resize-none !border-transparent !bg-transparent py-1.5 !text-prose !shadow-none`}
      />
      <div className="mt-2 flex justify-end gap-2">
        <Button size="small" kind="quiet" onClick={onCancel}>
          {say("cancelEdit")}
        </Button>
        <Button size="small" kind="primary" disabled={isEmpty} onClick={() => onSend(value.trim())}>
          {say("sendEdit")}
        </Button>
      </div>
    </div>
  );
}
