import type { CallAttemptInfo } from "#shared/contract/calls.ts";

/** What a try was doing. */
export type StepKind = "connect" | "wait" | "hold" | "stream" | "failed";

/** A part of a try, in milliseconds from the call's start. */
export interface Step {
  readonly kind: StepKind;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Cuts a try into its steps, in their order; what took no time is left out, and a try without times is one step. */
export function attemptSteps(attempt: CallAttemptInfo): readonly Step[] {
  const { startMs, connectMs, headMs, firstByteMs, totalMs, status, errorCode } = attempt;
  const start = startMs ?? 0;
  const isAnswer = firstByteMs !== null;
  const end = totalMs ?? firstByteMs ?? headMs ?? connectMs ?? 0;
  const marks: readonly (readonly [StepKind, number | null])[] = [
    ["connect", connectMs],
    ["wait", headMs],
    ["hold", firstByteMs],
  ];
  const steps: Step[] = [];
  let from = 0;
  for (const [kind, at] of marks) {
    if (at === null) continue;
    if (at > from) steps.push({ kind, fromMs: start + from, toMs: start + at });
    from = Math.max(from, at);
  }
  const hasFailed = errorCode !== null || status === null || status >= 400;
  const last: StepKind = isAnswer && !hasFailed ? "stream" : hasFailed ? "failed" : "stream";
  if (end > from || steps.length === 0) steps.push({ kind: last, fromMs: start + from, toMs: start + Math.max(end, from) });
  return steps;
}
