import { ArrowUp, Paperclip, SlidersHorizontal, Square } from "lucide-react";
import { memo, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ChatSettings } from "#shared/schema/chat.ts";
import { wordsOf } from "../../../data/admin.ts";
import { useSettingValue } from "../../../data/settings.ts";
import { IconButton } from "../../../parts/button.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { isApple } from "../../../parts/keys.tsx";
import { needSoon } from "../../../parts/quiet-moment.ts";
import { tellNews } from "../../../parts/toasts.tsx";
import { useText } from "../../../text/texts.ts";
import { AttachmentView } from "../conversation/attachment-view.tsx";
import { ModelPicker } from "../models/model-picker.tsx";
import { changeSettings, sayIn, stopAnswers } from "../session/chat-actions.ts";
import { keepDraft, readDraft } from "./draft-text.ts";
import { useFiles } from "./use-files.ts";

interface ComposerProps {
  readonly chatId: string;
  readonly isTemporary: boolean;
  readonly settings: ChatSettings;
  readonly isWriting: boolean;
  readonly inputRef: RefObject<HTMLTextAreaElement | null>;
  readonly onSettings: () => void;
  /** After something was said. */
  readonly onSaid: () => void;
}

/** Where a person writes: words and files, who answers and how, send and stop. */
export const Composer = memo(function Composer({
  chatId,
  isTemporary,
  settings,
  isWriting,
  inputRef,
  onSettings,
  onSaid,
}: ComposerProps): ReactNode {
  const say = useText("chat");
  const [text, setText] = useState(() => readDraft(chatId));
  const [isOver, setOver] = useState(false);
  const files = useFiles();
  const picker = useRef<HTMLInputElement>(null);
  const sendWith = useSettingValue<"enter" | "mod-enter">("shortcuts", "sendWith", "enter");
  const { models } = settings;
  const isSendable = (text.trim() !== "" || files.attachments.length > 0) && models.length > 0 && !isWriting;

  useLayoutEffect(() => {
    const input = inputRef.current;
    if (input === null) return;
    input.style.height = "auto";
    input.style.height = `${String(Math.min(input.scrollHeight, 240))}px`;
  }, [text, inputRef]);

  useEffect(() => {
    if (!isTemporary) keepDraft(chatId, text);
  }, [chatId, isTemporary, text]);

  // What an empty chat suggests is put here from outside.
  useEffect(() => {
    const input = inputRef.current;
    const hear = (event: Event): void => {
      if (event instanceof CustomEvent && typeof event.detail === "string") setText(event.detail);
    };
    input?.addEventListener("fill", hear);
    return () => input?.removeEventListener("fill", hear);
  }, [inputRef]);

  function send(): void {
    if (!isSendable) return;
    const said = { text: text.trim(), attachments: files.attachments };
    setText("");
    files.replace([]);
    sayIn(chatId, said, { untitled: say("newChat") }).then(onSaid, (error: unknown) => {
      setText(said.text);
      files.replace(said.attachments);
      tellNews(wordsOf(error), { isBad: true });
    });
  }

  return (
    <div className="shrink-0 px-6 pb-4">
      <div
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes("Files")) return;
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          setOver(false);
          if (event.dataTransfer.files.length === 0) return;
          event.preventDefault();
          files.add(event.dataTransfer.files);
        }}
        className={classNames(
          "mx-auto w-full max-w-[760px] rounded-card border bg-surface shadow-card transition-colors focus-within:border-accent",
          isOver ? "border-accent bg-accent-soft" : "border-line-strong/60",
        )}
      >
        {files.attachments.length === 0 ? null : (
          <ul aria-label={say("files")} className="flex flex-wrap gap-3 px-3 pt-3">
            {files.attachments.map((attachment) => (
              <li key={attachment.hash}>
                <AttachmentView attachment={attachment} onRemove={() => files.remove(attachment.hash)} />
              </li>
            ))}
          </ul>
        )}
        <textarea
          ref={inputRef}
          aria-label={say("messageLabel")}
          placeholder={say(isOver ? "dropHere" : "placeholder")}
          rows={1}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            // An answer will come of it.
            needSoon();
          }}
          onPaste={(event) => {
            if (event.clipboardData.files.length === 0) return;
            event.preventDefault();
            files.add(event.clipboardData.files);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape" && stopAnswers(chatId)) event.preventDefault();
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            const hasMod = isApple ? event.metaKey : event.ctrlKey;
            if (sendWith === "mod-enter" ? !hasMod : hasMod) return;
            event.preventDefault();
            send();
          }}
          className="block w-full resize-none bg-transparent px-3.5 pt-3 pb-1 text-prose outline-none"
        />
        <div className="flex items-center gap-1 px-2 pb-2">
          <IconButton size="small" label={say("attach")} icon={<Paperclip className="size-4" />} onClick={() => picker.current?.click()} />
          <ModelPicker kind="chat" chosen={models} onChoose={(next) => changeSettings(chatId, { models: next })} />
          <IconButton
            size="small"
            label={say("settings")}
            icon={<SlidersHorizontal className={classNames("size-4", isTuned(settings) && "text-accent-ink")} />}
            onClick={onSettings}
          />
          <div className="ml-auto flex items-center gap-2">
            {isWriting ? (
              <IconButton
                kind="plain"
                size="small"
                label={say("stop")}
                shortcut="escape"
                icon={<Square className="size-3.5 fill-current" />}
                onClick={() => stopAnswers(chatId)}
              />
            ) : (
              <IconButton
                kind="primary"
                size="small"
                label={say("send")}
                shortcut={sendWith === "enter" ? "enter" : "mod+enter"}
                icon={<ArrowUp className="size-4" />}
                disabled={!isSendable}
                focusableWhenDisabled
                onClick={send}
              />
            )}
          </div>
        </div>
        <input
          ref={picker}
          type="file"
          multiple
          aria-label={say("chooseFiles")}
          className="hidden"
          onChange={(event) => {
            files.add([...(event.target.files ?? [])]);
            // The same file may be chosen again.
            event.target.value = "";
            inputRef.current?.focus();
          }}
        />
      </div>
    </div>
  );
});

/** Whether an answer will be other than the model would give it by itself. */
function isTuned({ system, parameters }: ChatSettings): boolean {
  return system.trim() !== "" || Object.keys(parameters).length > 0;
}
