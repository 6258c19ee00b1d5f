import { EyeOff } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { CallBodies, LoggedCall } from "#shared/contract/calls.ts";
import { wordsOf } from "../../data/admin.ts";
import { useAdmin, useAdminAction } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Segmented } from "../../parts/choices.tsx";
import { CodeBlock } from "../../parts/code-block.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { formatBytes } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { readAnswer } from "./read-answer.ts";

/** Which of a call's two bodies. */
export type Side = "request" | "response";

type View = "text" | "pretty" | "raw";

/** What a call sent or got, where its person asked for it to be kept. */
export function CallBody({ call, side }: { readonly call: LoggedCall; readonly side: Side }): ReactNode {
  const say = useText("activity");
  const bodies = useAdmin("getCallBodies", { parameters: { id: String(call.id) } }, { enabled: call.hasBodies });
  if (!call.hasBodies) return <NotKept tool={call.tool} />;
  if (bodies.isError) return <ErrorState error={bodies.error} onRetry={() => void bodies.refetch()} />;
  if (bodies.data === undefined) return <SkeletonRows rows={8} height={24} />;
  const text = bodies.data[side];
  if (text === null || text === "") return <p className="text-ink-muted">{say("bodyEmpty")}</p>;
  return <KeptBody text={text} bodies={bodies.data} side={side} />;
}

function KeptBody({ text, bodies, side }: { readonly text: string; readonly bodies: CallBodies; readonly side: Side }): ReactNode {
  const say = useText("activity");
  const pretty = layOut(text);
  const answer = side === "response" ? readAnswer(text) : null;
  const views: readonly View[] = [
    ...(answer === null ? [] : (["text"] as const)),
    ...(pretty === null ? [] : (["pretty"] as const)),
    "raw",
  ];
  const [wanted, setWanted] = useState<View | null>(null);
  const view = wanted !== null && views.includes(wanted) ? wanted : (views[0] ?? "raw");
  const whole = side === "request" ? bodies.requestBytes : bodies.responseBytes;
  const kept = new TextEncoder().encode(text).length;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-3">
        {views.length < 2 ? (
          <span />
        ) : (
          <Segmented
            label={say("bodyView")}
            value={view}
            onChange={setWanted}
            choices={views.map((value) => ({
              value,
              words: say(value === "text" ? "bodyText" : value === "pretty" ? "bodyPretty" : "bodyRaw"),
            }))}
          />
        )}
        <span className="text-small text-ink-muted">
          {kept < whole * 0.98 ? say("bodyCut", { kept: formatBytes(kept), whole: formatBytes(whole) }) : formatBytes(whole)}
        </span>
      </div>
      {view === "text" ? (
        <div className="rounded-card border border-line bg-surface p-4 text-prose break-words whitespace-pre-wrap">{answer}</div>
      ) : (
        <CodeBlock title={say(side === "request" ? "bodyRequest" : "bodyResponse")} text={view === "pretty" ? (pretty ?? text) : text} />
      )}
    </div>
  );
}

function NotKept({ tool }: { readonly tool: string | null }): ReactNode {
  const say = useText("activity");
  const settings = useAdmin("listSettings", {});
  const keep = useAdminAction("putSetting", ["listSettings"]);
  const setting = settings.data?.settings.find(({ section, name }) => section === "usage" && name === "keepBodiesOf");
  const names = Array.isArray(setting?.value) ? setting.value.filter((name) => typeof name === "string") : [];
  const canAsk = tool !== null && setting !== undefined && setting.pinnedBy === null && !names.includes(tool) && !names.includes("*");
  return (
    <EmptyState
      icon={<EyeOff className="size-6" />}
      title={say("bodyNotKept")}
      actions={
        canAsk ? (
          <Button
            disabled={keep.isPending}
            onClick={() =>
              keep.mutate(
                { parameters: { section: "usage", name: "keepBodiesOf" }, body: { value: [...names, tool] } },
                {
                  onSuccess: () => tellNews(say("keepBodiesDone", { tool })),
                  onError: (error) => tellNews(wordsOf(error), { isBad: true }),
                },
              )
            }
          >
            {say("keepBodies", { tool })}
          </Button>
        ) : undefined
      }
    >
      {say("bodyNotKeptHelp")}
    </EmptyState>
  );
}

function layOut(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}
