import type { ReactNode } from "react";
import type { CallAttemptInfo, LoggedCall } from "#shared/contract/calls.ts";
import { Badge } from "../../parts/badge.tsx";
import { classNames } from "../../parts/class-names.ts";
import { formatDuration } from "../../text/format.ts";
import { type Say, useText } from "../../text/texts.ts";
import { attemptSteps, type StepKind } from "./attempt-steps.ts";

/** Each step's look: told apart by lightness and pattern as well as by colour. */
const looks: Readonly<Record<StepKind, string>> = {
  connect: "bg-line-strong/45",
  wait: "bg-series-6/45",
  hold: "bg-series-6/75",
  stream: "bg-series-1",
  failed: "bg-bad/65",
};

const names = {
  connect: "stepConnect",
  wait: "stepWait",
  hold: "stepHold",
  stream: "stepStream",
  failed: "stepFailed",
} as const;

/** The tries of a call on one scale of time, and why each was followed by the next. */
export function Timeline({ call }: { readonly call: LoggedCall }): ReactNode {
  const say = useText("activity");
  if (call.attempts.length === 0) return <p className="text-ink-muted">{say("noAttempts")}</p>;
  const wholeMs = Math.max(1, call.totalMs ?? 0, ...call.attempts.map(({ startMs, totalMs }) => (startMs ?? 0) + (totalMs ?? 0)));
  const kinds = new Set(call.attempts.flatMap((attempt) => attemptSteps(attempt).map(({ kind }) => kind)));
  // The log lists tries as they ended; on a scale of time they stand as they began.
  const attempts = call.attempts.toSorted((one, other) => (one.startMs ?? 0) - (other.startMs ?? 0));
  return (
    <section aria-label={say("timeline")}>
      <div className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-small text-ink-muted">
        {(Object.keys(names) as StepKind[])
          .filter((kind) => kinds.has(kind))
          .map((kind) => (
            <span key={kind} className="flex items-center gap-1.5">
              <span aria-hidden="true" className={classNames("h-2 w-4 rounded-full", looks[kind])} />
              {say(names[kind])}
            </span>
          ))}
      </div>
      <Scale wholeMs={wholeMs} />
      <ol className="flex flex-col">
        {attempts.map((attempt, index) => (
          // A try has no name of its own; the list of a call that is over never changes.
          <AttemptRow key={`${String(index)} ${attempt.provider}`} attempt={attempt} number={index + 1} wholeMs={wholeMs} />
        ))}
      </ol>
    </section>
  );
}

function Scale({ wholeMs }: { readonly wholeMs: number }): ReactNode {
  return (
    <div aria-hidden="true" className="mb-1 flex justify-between border-b border-line pb-1 text-caption text-ink-muted">
      {[0, 0.25, 0.5, 0.75, 1].map((part) => (
        <span key={part}>{formatDuration(Math.round(wholeMs * part))}</span>
      ))}
    </div>
  );
}

function AttemptRow({
  attempt,
  number,
  wholeMs,
}: {
  readonly attempt: CallAttemptInfo;
  readonly number: number;
  readonly wholeMs: number;
}): ReactNode {
  const say = useText("activity");
  const steps = attemptSteps(attempt);
  return (
    <li className="border-b border-line/60 py-3 last:border-b-0">
      <div className="flex items-center gap-2">
        <span className="w-4 shrink-0 text-ink-muted">{number}</span>
        <span className="min-w-0 truncate">
          <span className="font-medium">{attempt.provider}</span>
          {attempt.model === null ? null : <span className="text-ink-soft"> / {attempt.model}</span>}
          {attempt.keyName === null ? null : <span className="text-ink-muted"> · {attempt.keyName}</span>}
        </span>
        <span className="ml-auto">
          <AttemptVerdict attempt={attempt} />
        </span>
      </div>
      <div aria-hidden="true" className="relative mt-2 h-3.5 overflow-hidden rounded-[4px] bg-sunken">
        {steps.map(({ kind, fromMs, toMs }) => (
          <span
            key={kind}
            className={classNames("absolute inset-y-0 min-w-0.5", looks[kind])}
            style={{ left: `${(fromMs / wholeMs) * 100}%`, width: `${((toMs - fromMs) / wholeMs) * 100}%` }}
          />
        ))}
      </div>
      <p className="mt-1.5 text-small text-ink-muted">{wordsOfTimes(attempt, say)}</p>
      {attempt.why === undefined ? null : <p className="mt-0.5 text-small break-words text-ink-soft">{sentence(attempt.why)}</p>}
    </li>
  );
}

function AttemptVerdict({ attempt: { status, errorCode } }: { readonly attempt: CallAttemptInfo }): ReactNode {
  const say = useText("activity");
  if (errorCode !== null) return <Badge tone="bad">{errorCode}</Badge>;
  if (status === null) return <Badge>{say("attemptGivenUp")}</Badge>;
  return (
    <Badge tone={status < 400 ? "ok" : "bad"}>
      {status < 400 ? `${say("attemptAnswered")} · ${status}` : say("attemptStatus", { status })}
    </Badge>
  );
}

function wordsOfTimes({ startMs, connectMs, headMs, firstByteMs, totalMs }: CallAttemptInfo, say: Say<"activity">): string {
  if (startMs === null)
    return totalMs === null ? say("noTimes") : `${say("noTimes")} ${say("attemptEnd", { time: formatDuration(totalMs) })}`;
  const parts = [
    say("attemptStart", { time: formatDuration(startMs) }),
    connectMs === null ? null : say("attemptConnected", { time: formatDuration(connectMs) }),
    headMs === null ? null : say("attemptHead", { time: formatDuration(headMs) }),
    firstByteMs === null ? null : say("attemptFirstByte", { time: formatDuration(firstByteMs) }),
    totalMs === null ? null : say("attemptEnd", { time: formatDuration(totalMs) }),
  ];
  return sentence(parts.filter((part) => part !== null).join(", "));
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
