import { LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { CodeBlock } from "../../parts/code-block.tsx";
import { formatDuration, formatMoney } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { readAnswer } from "./read-answer.ts";
import type { SentCall } from "./send-call.ts";

/** What came of a call that was sent again, as it comes. */
export function SentAnswer({ sent, onShow }: { readonly sent: SentCall; readonly onShow: () => void }): ReactNode {
  const say = useText("activity");
  const isGood = sent.status !== null && sent.status < 400;
  const answer = isGood ? readAnswer(sent.body) : null;
  const figures = [
    sent.firstByteMs === null ? null : say("resendFirst", { time: formatDuration(sent.firstByteMs) }),
    sent.totalMs === null ? null : say("resendTotal", { time: formatDuration(sent.totalMs) }),
    sent.costUsd === null ? null : formatMoney(sent.costUsd * 1e6),
  ].filter((figure) => figure !== null);
  return (
    <section aria-label={say("resendAnswer")} className="flex flex-col gap-3 border-t border-line pt-4">
      <div className="flex min-h-7 items-center gap-2.5">
        <span role="status" className="flex items-center gap-2">
          {sent.phase === "sending" ? <LoaderCircle aria-hidden="true" className="size-4 animate-spin text-accent-ink" /> : null}
          {sent.phase === "sending" ? say("resendSending") : null}
          {sent.phase === "stopped" ? <Badge>{say("resendStopped")}</Badge> : null}
          {sent.status === null ? null : <Badge tone={isGood ? "ok" : "bad"}>{say("attemptStatus", { status: sent.status })}</Badge>}
        </span>
        <span className="text-small text-ink-muted">{figures.join(" · ")}</span>
        {sent.phase === "done" ? (
          <Button size="small" onClick={onShow} className="ml-auto">
            {say("resendShow")}
          </Button>
        ) : null}
      </div>
      {sent.problem === null || sent.phase === "stopped" ? null : (
        <p role="alert" className="text-bad">
          {sent.problem}
        </p>
      )}
      {answer !== null ? (
        <div className="rounded-card border border-line bg-surface p-4 text-prose break-words whitespace-pre-wrap">{answer}</div>
      ) : sent.body === "" ? null : (
        <CodeBlock title={say("resendAnswer")} text={sent.body} />
      )}
    </section>
  );
}
