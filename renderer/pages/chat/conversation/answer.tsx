import { GitBranch, RefreshCw } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { ChatMessage } from "#shared/schema/chat.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Button, IconButton } from "../../../parts/button.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { CopyButton } from "../../../parts/copy.tsx";
import { useText } from "../../../text/texts.ts";
import { ModelPicker } from "../models/model-picker.tsx";
import { answerAgain, showBranch, tryAgain } from "../session/chat-actions.ts";
import { useOpenChats } from "../session/open-chat.ts";
import { textOfMessage } from "../session/tree.ts";
import { AnswerError } from "./answer-error.tsx";
import { AnswerFigures } from "./answer-figures.tsx";
import { PartsView } from "./parts-view.tsx";
import { SiblingSwitch } from "./sibling-switch.tsx";
import { Unended } from "./unended.tsx";
import { Waiting } from "./waiting.tsx";

interface AnswerProps {
  readonly chatId: string;
  readonly message: ChatMessage;
  readonly siblings: readonly ChatMessage[];
  readonly onBranch: (messageId: string) => void;
  /** In a row of answers: which one the chat goes on from; null where it stands alone. */
  readonly isChosen?: boolean | null;
}

/** What a model said, what it took, and what can be done with it. */
export const Answer = memo(function Answer({ chatId, message, siblings, onBranch, isChosen = null }: AnswerProps): ReactNode {
  const say = useText("chat");
  const writing = useOpenChats(({ chats }) => chats[chatId]?.writing[message.id]);
  const { details, parts, ending } = message;
  const isWriting = writing !== undefined;
  const text = textOfMessage(message);
  const model = details.modelAsked ?? details.modelAnswered ?? say("model");
  const isEmpty = parts.length === 0;
  return (
    <article
      aria-label={say("modelSaid", { model })}
      aria-busy={isWriting}
      data-message={message.id}
      className={classNames(
        "group min-w-0",
        isChosen !== null && "flex flex-col rounded-card border bg-surface px-4 pt-3 pb-2",
        isChosen === true ? "border-accent" : "border-line",
      )}
    >
      <header className={classNames("mb-1 flex min-w-0 items-center gap-2 text-small", isChosen === null ? "min-h-5" : "min-h-7")}>
        <span className="truncate font-medium text-ink-soft" title={model}>
          {model}
        </span>
        {details.modelAnswered !== null && !model.endsWith(details.modelAnswered) ? (
          <span className="truncate text-ink-muted" title={details.provider ?? undefined}>
            {details.modelAnswered}
          </span>
        ) : null}
        {isChosen === true ? (
          <span className="ml-auto shrink-0">
            <Badge tone="accent">{say("chosen")}</Badge>
          </span>
        ) : null}
        {isChosen === false ? (
          <Button size="small" className="ml-auto" onClick={() => showBranch(chatId, message.id)}>
            {say("continueWith")}
          </Button>
        ) : null}
      </header>
      <PartsView parts={parts} isWriting={isWriting} />
      {isWriting && isEmpty ? <Waiting sinceMs={writing.startedAtMs} /> : null}
      {!isWriting && ending === null ? (
        <Unended chatId={chatId} onRetry={() => (isEmpty ? tryAgain(chatId, message) : answerAgain(chatId, message))} />
      ) : null}
      {ending === "stopped" ? <Note words={say(isEmpty ? "stoppedEmpty" : "stopped")} /> : null}
      {ending === "length" ? <Note words={say("tooLong")} /> : null}
      {ending === "finished" && isEmpty ? <Note words={say("saidNothing")} /> : null}
      {ending === "broken" && details.error !== null ? (
        <AnswerError error={details.error} onRetry={() => (isEmpty ? tryAgain(chatId, message) : answerAgain(chatId, message))} />
      ) : null}
      {isWriting ? null : (
        <footer className="mt-auto flex min-h-7 flex-wrap items-center gap-x-2 pt-1">
          <SiblingSwitch chatId={chatId} message={message} siblings={siblings} />
          <div className="-ml-1.5 flex items-center">
            {text === "" ? null : <CopyButton text={text} name={say("answer")} />}
            <IconButton
              size="small"
              label={say("again")}
              icon={<RefreshCw className="size-4" />}
              onClick={() => answerAgain(chatId, message)}
            />
            <ModelPicker kind="again" chosen={[]} onChoose={([other]) => other !== undefined && answerAgain(chatId, message, other)} />
            <IconButton size="small" label={say("branch")} icon={<GitBranch className="size-4" />} onClick={() => onBranch(message.id)} />
          </div>
          <AnswerFigures details={details} />
        </footer>
      )}
    </article>
  );
});

function Note({ words }: { readonly words: string }): ReactNode {
  return <p className="my-1 text-small text-ink-muted">{words}</p>;
}
