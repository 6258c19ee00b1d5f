import { RefreshCw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "../../../parts/button.tsx";
import { useText } from "../../../text/texts.ts";
import { useOpenChats } from "../session/open-chat.ts";
import { readChatSoon } from "../session/read-chat.ts";

/** Whoever writes an answer saves it several times in this span. */
const aliveMs = 5_000;
const lookEveryMs = 2_000;

/**
 * An answer that this page is not writing and that has no end: another window writes it, and its words are followed from there; or
 * its page was closed, or the machine went off.
 */
export function Unended({ chatId, onRetry }: { readonly chatId: string; readonly onRetry: () => void }): ReactNode {
  const say = useText("chat");
  const updatedAtMs = useOpenChats(({ chats }) => chats[chatId]?.updatedAtMs ?? 0);
  const [nowMs, setNowMs] = useState(() => Date.now());
  const isAlive = nowMs - updatedAtMs < aliveMs;
  useEffect(() => {
    if (!isAlive) return undefined;
    const timer = setInterval(() => {
      setNowMs(Date.now());
      readChatSoon(chatId);
    }, lookEveryMs);
    return () => clearInterval(timer);
  }, [isAlive, chatId]);
  if (isAlive) return <p className="my-1 text-small text-ink-muted">{say("writtenElsewhere")}</p>;
  return (
    <div className="my-2 flex flex-wrap items-center gap-3 rounded-card border border-line bg-warn-soft px-3 py-2">
      <p className="min-w-0 flex-1">{say("interrupted")}</p>
      <Button size="small" icon={<RefreshCw className="size-3.5" />} onClick={onRetry}>
        {say("askAgain")}
      </Button>
    </div>
  );
}
