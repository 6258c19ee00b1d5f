import { ArrowDown } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { ChatMessage } from "#shared/schema/chat.ts";
import { pathTo } from "#shared/path-to.ts";
import { Button } from "../../../parts/button.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { useText } from "../../../text/texts.ts";
import type { OpenChat } from "../session/open-chat.ts";
import { childrenOf } from "../session/tree.ts";
import { Answer } from "./answer.tsx";
import { Question } from "./question.tsx";

/** As near to the end as this, somebody follows what is being written. */
const followWithin = 48;
/** So many messages at the end are always laid out; of the others only those in sight. All of them can be found and read aloud. */
const alwaysDrawn = 10;

/** The shown path of a chat, from the first message to the newest; it follows what is written while the person is at its end. */
export function Conversation({
  chat,
  soughtId,
  onBranch,
}: {
  readonly chat: OpenChat;
  /** The message that a search has found: it is brought into sight. */
  readonly soughtId: string | null;
  readonly onBranch: (messageId: string) => void;
}): ReactNode {
  const say = useText("chat");
  const { id, messages, leafId, writing } = chat;
  const path = useMemo(() => pathTo(messages, leafId), [messages, leafId]);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const [isAway, setAway] = useState(false);
  const isWriting = Object.keys(writing).length > 0;

  const toEnd = useCallback(() => {
    isFollowing.current = true;
    setAway(false);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, []);

  // Another chat, or something new that was said: to the end.
  const lastQuestion = path.findLast(({ role }) => role === "user")?.id;
  useLayoutEffect(() => {
    if (soughtId === null) toEnd();
  }, [id, lastQuestion, soughtId, toEnd]);

  useEffect(() => {
    if (soughtId === null) return;
    const found = content.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(soughtId)}"]`);
    if (found === null || found === undefined) return;
    isFollowing.current = false;
    found.scrollIntoView({ block: "center" });
    found.tabIndex = -1;
    found.focus({ preventScroll: true });
  }, [soughtId, id, messages.length]);

  useEffect(() => {
    const box = content.current;
    if (box === null) return undefined;
    // Whatever makes it longer: words, a picture that has come, code that was coloured.
    const observer = new ResizeObserver(() => {
      if (isFollowing.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, []);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="region"
        aria-label={say("conversation")}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          isFollowing.current = scrollHeight - scrollTop - clientHeight <= followWithin;
          setAway(!isFollowing.current);
        }}
        className="h-full [scrollbar-gutter:stable_both-edges] overflow-y-auto overscroll-contain px-6 outline-offset-[-2px]"
      >
        <div ref={content} className="flex w-full flex-col gap-3 pt-4 pb-6">
          {path.map((message, index) => (
            <div
              key={message.id}
              className={classNames(
                "mx-auto w-full",
                // Side by side, every answer needs a column of its own.
                message.details.comparisonId === null ? "max-w-[760px]" : "max-w-[1280px]",
                message.role === "user" && index > 0 && "pt-3",
                index < path.length - alwaysDrawn && "[contain-intrinsic-size:auto_160px] [content-visibility:auto]",
              )}
            >
              <Turn chat={chat} message={message} onBranch={onBranch} />
            </div>
          ))}
        </div>
      </div>
      {isAway ? (
        <div className="pointer-events-none absolute inset-x-0 bottom-2 flex justify-center">
          <Button
            size="small"
            className="pointer-events-auto !rounded-full !bg-raised shadow-raised"
            icon={<ArrowDown className="size-3.5" />}
            onClick={toEnd}
          >
            {say(isWriting ? "toNewest" : "toEnd")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

/** A message of the path; where several answers were asked for at once, all of them side by side. */
function Turn({
  chat,
  message,
  onBranch,
}: {
  readonly chat: OpenChat;
  readonly message: ChatMessage;
  readonly onBranch: (messageId: string) => void;
}): ReactNode {
  const say = useText("chat");
  const siblings = useSteady(childrenOf(chat.messages, message.parentId));
  if (message.role === "user") return <Question chatId={chat.id} message={message} siblings={siblings} onBranch={onBranch} />;
  const { comparisonId } = message.details;
  const together = comparisonId === null ? [message] : chat.messages.filter(({ details }) => details.comparisonId === comparisonId);
  if (together.length < 2) return <Answer chatId={chat.id} message={message} siblings={siblings} onBranch={onBranch} />;
  return (
    <div role="group" aria-label={say("sideBySide")} className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,240px),1fr))] gap-3">
      {together.map((one) => (
        <Answer key={one.id} chatId={chat.id} message={one} siblings={alone} onBranch={onBranch} isChosen={one.id === message.id} />
      ))}
    </div>
  );
}

const alone: readonly ChatMessage[] = [];

/** The same list as before while it has the same messages, by their ids: what draws nothing else of them may then stay as it is. */
function useSteady(list: readonly ChatMessage[]): readonly ChatMessage[] {
  const former = useRef(list);
  // Which messages they are is what matters here; while one is written only that one changes.
  if (former.current.length !== list.length || former.current.some(({ id }, index) => id !== list[index]?.id)) former.current = list;
  return former.current;
}
