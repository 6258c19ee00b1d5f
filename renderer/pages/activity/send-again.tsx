import { AlignLeft, Send, Square } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import type { LoggedCall } from "#shared/contract/calls.ts";
import { admin, wordsOf } from "../../data/admin.ts";
import { useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Field, Input, TextArea } from "../../parts/fields.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";
import { bodyAgain, modelIn, readObject, sampleBody, withModel } from "./body-again.ts";
import { callPath, namesModelInPath } from "./call-path.ts";
import { replayOfKey } from "./call-overview.tsx";
import { type SentCall, sendCall } from "./send-call.ts";
import { SentAnswer } from "./sent-answer.tsx";

interface SendAgainProps {
  readonly call: LoggedCall;
  /** How often "Replay" was pressed: each press sends what stands here. */
  readonly replays: number;
  readonly onOpen: (id: number) => void;
}

/** Sends a call again: as it was, to another model, or changed. */
export function SendAgain(props: SendAgainProps): ReactNode {
  const say = useText("activity");
  const { call } = props;
  const bodies = useAdmin("getCallBodies", { parameters: { id: String(call.id) } }, { enabled: call.hasBodies });
  if (callPath(call, "") === null) return <p className="text-ink-muted">{say("resendImpossible")}</p>;
  if (call.hasBodies && bodies.isError) return <ErrorState error={bodies.error} onRetry={() => void bodies.refetch()} />;
  if (call.hasBodies && bodies.data === undefined) return <SkeletonRows rows={8} height={24} />;
  if (bodies.data === undefined) {
    const sample = sampleBody(call, call.modelAsked ?? "");
    return <SendForm {...props} text={JSON.stringify(JSON.parse(sample), null, 2)} warning={say("resendSample")} isOwn={false} />;
  }
  const { text, problem } = bodyAgain(bodies.data);
  const warning = problem === null ? null : say(problem === "cut" ? "resendCut" : "resendScrubbed");
  return <SendForm {...props} text={text} warning={warning} isOwn={problem === null} />;
}

function SendForm({
  call,
  replays,
  onOpen,
  text: first,
  warning,
  isOwn,
}: SendAgainProps & {
  readonly text: string;
  readonly warning: string | null;
  /** Whether it is what the call sent: only that goes out without a look at it. */
  readonly isOwn: boolean;
}): ReactNode {
  const say = useText("activity");
  const inPath = namesModelInPath(call);
  const [text, setText] = useState(first);
  const [pathModel, setPathModel] = useState(call.modelAsked ?? "");
  const [sent, setSent] = useState<SentCall | null>(null);
  const sending = useRef<AbortController | null>(null);
  const answer = useRef<HTMLDivElement>(null);
  const hasAnswer = sent !== null;
  const model = inPath ? pathModel : (modelIn(text) ?? "");
  const isJson = readObject(text) !== null;
  const isSending = sent?.phase === "sending";
  const path = callPath(call, model);

  const send = useCallback((): void => {
    if (path === null) return;
    sending.current?.abort();
    const aborting = new AbortController();
    sending.current = aborting;
    const metadata = { ...call.metadata, [replayOfKey]: String(call.id) };
    // Of two that run, the later one is told of.
    void sendCall({ path, body: text, metadata, signal: aborting.signal }, (news) => {
      if (sending.current === aborting) setSent(news);
    });
  }, [path, text, call]);

  const handled = useRef(0);
  useEffect(() => {
    if (replays === handled.current) return;
    handled.current = replays;
    if (isOwn) send();
  }, [replays, isOwn, send]);
  useEffect(() => () => sending.current?.abort(), []);

  useEffect(() => {
    // Below a long body it would come where nobody sees it.
    if (hasAnswer) answer.current?.scrollIntoView({ block: "nearest" });
  }, [hasAnswer, sent?.phase]);

  async function show(traceId: string): Promise<void> {
    try {
      const { calls } = await admin("listCalls", { query: { trace: traceId, limit: 1 } });
      if (calls[0] !== undefined) onOpen(calls[0].id);
    } catch (error) {
      tellNews(wordsOf(error), { isBad: true });
    }
  }

  return (
    <div className="flex flex-col gap-4">
      {warning === null ? null : <p className="rounded-card border border-line bg-warn-soft px-3 py-2 text-warn">{warning}</p>}
      <Field label={say("resendModel")}>
        <Input
          value={model}
          disabled={!isJson && !inPath}
          onValueChange={(value) => (inPath ? setPathModel(value) : setText(withModel(text, value)))}
        />
      </Field>
      <Field label={say("resendBody")} error={isJson ? null : say("resendNotJson")}>
        <TextArea
          rows={12}
          value={text}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
          className="resize-y font-mono text-small leading-5"
        />
      </Field>
      <div className="flex items-center gap-2">
        {isSending ? (
          <Button icon={<Square aria-hidden="true" className="size-3.5" />} onClick={() => sending.current?.abort()}>
            {say("resendStop")}
          </Button>
        ) : (
          <Button kind="primary" icon={<Send aria-hidden="true" className="size-4" />} disabled={!isJson} onClick={send}>
            {say("resendSend")}
          </Button>
        )}
        <Button
          kind="quiet"
          icon={<AlignLeft aria-hidden="true" className="size-4" />}
          disabled={!isJson}
          onClick={() => setText(JSON.stringify(JSON.parse(text), null, 2))}
        >
          {say("resendFormat")}
        </Button>
        <p className="min-w-0 flex-1 text-right text-small text-ink-muted">{say("resendNote")}</p>
      </div>
      <div ref={answer}>{sent === null ? null : <SentAnswer sent={sent} onShow={() => void show(sent.traceId)} />}</div>
    </div>
  );
}
