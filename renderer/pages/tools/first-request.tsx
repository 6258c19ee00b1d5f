import { CircleAlert, CircleCheck, LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import type { ToolGuide } from "#shared/contract/connect.ts";
import { useLiveEvent } from "../../data/live.ts";
import { refresh, useAdmin } from "../../data/queries.ts";
import { useNow } from "../../parts/ago.tsx";
import { hashOf } from "../../shell/navigation.ts";
import { formatAgo, formatDuration, formatMoney } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";

interface FirstRequestProps {
  readonly grant: NonNullable<ToolGuide["grant"]>;
  /** Requests before this moment do not count: they came with an older key. */
  readonly sinceMs: number;
}

/** Waits for the tool's first request, and says how it went. */
export function FirstRequest({ grant, sinceMs }: FirstRequestProps): ReactNode {
  const say = useText("tools");
  const nowMs = useNow();
  const calls = useAdmin("listCalls", { query: { grant: grant.id, since: sinceMs, limit: 1 } });
  useLiveEvent("call-finished", (event) => {
    if (event.grantId === grant.id) void refresh("listCalls", "getTool", "listTools");
  });
  // Of a busy second not every call is told one by one.
  useLiveEvent("calls-changed", () => {
    if (calls.data?.calls.length === 0) void refresh("listCalls");
  });
  const call = calls.data?.calls[0];
  const isFine = call !== undefined && call.ending === "finished" && (call.status ?? 0) < 400;
  return (
    <div role="status" className="flex items-start gap-3 rounded-card border border-line bg-surface p-4">
      {call === undefined ? (
        <LoaderCircle aria-hidden="true" className="mt-0.5 size-4 shrink-0 animate-spin text-ink-muted motion-reduce:animate-none" />
      ) : isFine ? (
        <CircleCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ok" />
      ) : (
        <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
      )}
      <div className="min-w-0">
        <p className="font-medium">{say(call === undefined ? "waiting" : isFine ? "verified" : "failedRequest")}</p>
        <p className="mt-0.5 break-words text-ink-muted">
          {call === undefined
            ? say("waitingHelp")
            : isFine
              ? say(call.costMicroUsd === null ? "verifiedNoCost" : "verifiedWords", {
                  model: call.modelServed ?? call.modelAsked ?? "",
                  time: formatDuration(call.totalMs),
                  cost: formatMoney(call.costMicroUsd),
                })
              : say("failedWords", {
                  error: call.errorCode ?? String(call.status ?? call.ending),
                  ago: formatAgo(call.startedAtMs, nowMs),
                })}
        </p>
        {call === undefined || isFine ? null : (
          <a href={hashOf("activity")} className="mt-2 inline-block text-accent-ink underline underline-offset-2">
            {say("openActivity")}
          </a>
        )}
      </div>
    </div>
  );
}
