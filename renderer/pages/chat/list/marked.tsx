import type { ReactNode } from "react";
import type { MarkedText } from "#shared/contract/chats.ts";

/** Text with what was found in it marked. */
export function Marked({ text, matches }: MarkedText): ReactNode {
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of matches) {
    pieces.push(text.slice(at, from));
    pieces.push(
      <mark key={from} className="rounded-[3px] bg-accent-soft text-accent-ink">
        {text.slice(from, to)}
      </mark>,
    );
    at = to;
  }
  return [...pieces, text.slice(at)];
}
