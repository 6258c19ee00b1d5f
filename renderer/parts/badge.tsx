import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** What a badge or a dot means; the words beside it must say the same. */
export type Tone = "neutral" | "accent" | "ok" | "warn" | "bad" | "info";

const tones: Readonly<Record<Tone, string>> = {
  neutral: "bg-hover text-ink-soft",
  accent: "bg-accent-soft text-accent-ink",
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  info: "bg-info-soft text-info",
};

const dots: Readonly<Record<Tone, string>> = {
  neutral: "bg-ink-muted",
  accent: "bg-accent",
  ok: "bg-ok",
  warn: "bg-warn",
  bad: "bg-bad",
  info: "bg-info",
};

/** A word or two about a thing. */
export function Badge({ tone = "neutral", children }: { readonly tone?: Tone; readonly children: ReactNode }): ReactNode {
  return (
    <span
      className={classNames(
        "inline-flex h-5 shrink-0 items-center gap-1 rounded-full px-2 text-caption font-medium whitespace-nowrap",
        tones[tone],
      )}
    >
      {children}
    </span>
  );
}

/** A point of colour before the words that say what it means. */
export function StatusDot({ tone }: { readonly tone: Tone }): ReactNode {
  return <span aria-hidden="true" className={classNames("inline-block size-2 shrink-0 rounded-full", dots[tone])} />;
}
