import { Send, Square } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useModels } from "../../data/callable-models.ts";
import { Button } from "../../parts/button.tsx";
import { Field, TextArea } from "../../parts/fields.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { useText } from "../../text/texts.ts";
import { type Answer, streamAnswer } from "../chat/stream/stream-answer.ts";
import { CallReceipt } from "./call-receipt.tsx";
import { chooseFirst, helloModel } from "./first-model.ts";
import { ModelPicker } from "./model-picker.tsx";

/** The third step: one request, its answer as it comes, and its row in the log with what it cost. */
export function StepTest({
  onAnswered,
}: {
  /** A whole answer has come. */
  readonly onAnswered: () => void;
}): ReactNode {
  const say = useText("firstRun");
  const { models, isLoading, error, retry } = useModels();
  const [chosen, setChosen] = useState<string | null>(null);
  const [prompt, setPrompt] = useState(() => say("testPromptDefault"));
  /** The last request's answer; before its first piece there is none yet. */
  const [sent, setSent] = useState<Answer | "waiting" | null>(null);
  const call = useRef<AbortController | null>(null);
  useEffect(() => () => call.current?.abort(), []);
  if (error !== null) return <ErrorState error={error} onRetry={retry} />;
  if (isLoading) return <SkeletonRows rows={3} height={48} />;
  const listed = models.filter(({ kind }) => kind !== "alias").map(({ id }) => id);
  const names = listed.length === 0 ? [helloModel] : listed;
  const model = chosen ?? chooseFirst(names);
  const answer = sent === "waiting" ? null : sent;
  const isWaiting = sent === "waiting" || answer?.ending === null;
  const failure = answer?.details.error ?? null;
  const text = answer?.parts.map((part) => (part.type === "text" ? part.text : "")).join("") ?? "";

  const send = async (): Promise<void> => {
    call.current?.abort();
    const controller = new AbortController();
    call.current = controller;
    setSent("waiting");
    const messages = [{ role: "user", content: prompt }] as const;
    const { ending } = await streamAnswer({ model, messages, parameters: {}, signal: controller.signal }, (next) => {
      if (call.current === controller) setSent(next);
    });
    if (ending === "finished" || ending === "length") onAnswered();
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
              kind={answer !== null && failure === null ? "plain" : "primary"}
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
            {text === "" && isWaiting ? <span className="text-ink-muted">{say("testSending")}</span> : text}
            {failure === null ? null : (
              <span role="alert" className="block text-body">
                <span className="text-bad">{say("testFailed", { words: failure.message })}</span>
                <span className="mt-1 block text-ink-muted">{say("testFailedHelp")}</span>
              </span>
            )}
          </div>
          {answer === null || isWaiting ? null : <CallReceipt key={answer.traceId} traceId={answer.traceId} />}
        </section>
      )}
    </div>
  );
}
