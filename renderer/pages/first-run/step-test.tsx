import { Send, Square } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { wordsOf } from "../../data/admin.ts";
import { Button } from "../../parts/button.tsx";
import { Field, TextArea } from "../../parts/fields.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { useText } from "../../text/texts.ts";
import { CallReceipt } from "./call-receipt.tsx";
import { chooseFirst, helloModel, readModels } from "./first-model.ts";
import { ModelPicker } from "./model-picker.tsx";
import { streamAnswer } from "./stream-answer.ts";

interface Sent {
  readonly traceId: string;
  readonly text: string;
  readonly state: "waiting" | "done" | "failed";
  readonly words: string | null;
}

/** The third step: one request, its answer as it comes, and its row in the log with what it cost. */
export function StepTest({
  ready,
  onAnswered,
}: {
  readonly ready: readonly ProviderInfo[];
  /** A whole answer has come. */
  readonly onAnswered: () => void;
}): ReactNode {
  const say = useText("firstRun");
  const ids = ready.map((row) => row.id).join(",");
  const models = useQuery({ queryKey: ["first-run-models", ids], queryFn: ({ signal }) => readModels(signal) });
  const [chosen, setChosen] = useState<string | null>(null);
  const [prompt, setPrompt] = useState(() => say("testPromptDefault"));
  const [sent, setSent] = useState<Sent | null>(null);
  const call = useRef<AbortController | null>(null);
  useEffect(() => () => call.current?.abort(), []);
  if (models.error !== null) return <ErrorState error={models.error} onRetry={() => void models.refetch()} />;
  if (models.data === undefined) return <SkeletonRows rows={3} height={48} />;
  const names = models.data.length === 0 ? [helloModel] : models.data;
  const model = chosen ?? chooseFirst(names);
  const isWaiting = sent?.state === "waiting";

  const send = async (): Promise<void> => {
    call.current?.abort();
    const controller = new AbortController();
    call.current = controller;
    const traceId = crypto.randomUUID();
    const tell = (change: Partial<Sent> | ((former: Sent) => Partial<Sent>)): void =>
      setSent((former) =>
        former === null || former.traceId !== traceId ? former : { ...former, ...(typeof change === "function" ? change(former) : change) },
      );
    setSent({ traceId, text: "", state: "waiting", words: null });
    try {
      await streamAnswer({ model, prompt, traceId, signal: controller.signal }, (text) => tell((former) => ({ text: former.text + text })));
      tell({ state: "done" });
      onAnswered();
    } catch (error) {
      tell(controller.signal.aborted ? { state: "done" } : { state: "failed", words: wordsOf(error) });
    }
  };

  return (
    <div className="flex flex-col gap-4">
      <form
        className="flex flex-col gap-4 rounded-card border border-line bg-surface p-4 shadow-card"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWaiting && prompt.trim() !== "") void send();
        }}
      >
        <div className="flex flex-col gap-1.5">
          <span aria-hidden="true" className="text-small font-medium text-ink-soft">
            {say("testModel")}
          </span>
          <ModelPicker names={names} value={model} onChange={setChosen} />
        </div>
        <Field label={say("testPrompt")}>
          <TextArea
            rows={2}
            value={prompt}
            className="resize-none"
            onChange={(event) => setPrompt(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
              event.preventDefault();
              event.currentTarget.form?.requestSubmit();
            }}
          />
        </Field>
        <div className="flex justify-end">
          {isWaiting ? (
            <Button icon={<Square className="size-3.5" />} onClick={() => call.current?.abort()}>
              {say("testStop")}
            </Button>
          ) : (
            <Button
              type="submit"
              kind={sent?.state === "done" ? "plain" : "primary"}
              icon={<Send className="size-4" />}
              disabled={prompt.trim() === ""}
            >
              {sent === null ? say("testSend") : say("testAgain")}
            </Button>
          )}
        </div>
      </form>
      {sent === null ? null : (
        <section aria-label={say("testAnswer")} className="rounded-card border border-line bg-surface shadow-card">
          <div aria-live="polite" aria-busy={isWaiting} className="min-h-14 p-4 text-prose break-words whitespace-pre-wrap">
            {sent.text === "" && isWaiting ? <span className="text-ink-muted">{say("testSending")}</span> : sent.text}
            {sent.state === "failed" ? (
              <span role="alert" className="block text-body">
                <span className="text-bad">{say("testFailed", { words: sent.words ?? "" })}</span>
                <span className="mt-1 block text-ink-muted">{say("testFailedHelp")}</span>
              </span>
            ) : null}
          </div>
          {isWaiting ? null : <CallReceipt key={sent.traceId} traceId={sent.traceId} />}
        </section>
      )}
    </div>
  );
}
