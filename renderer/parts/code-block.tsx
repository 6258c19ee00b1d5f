import type { ReactNode } from "react";
import { CopyButton } from "./copy.tsx";

/** Text that one copies: a command, a snippet, a config. Plain; the chat colours its own. */
export function CodeBlock({
  title,
  text,
  copied = text,
}: {
  readonly title: string;
  readonly text: string;
  /** What goes to the clipboard, where it is not what is shown. */
  readonly copied?: string;
}): ReactNode {
  return (
    <figure className="overflow-hidden rounded-card border border-line bg-sunken">
      <figcaption className="flex h-8 items-center justify-between border-b border-line pr-1 pl-3 text-small text-ink-muted">
        {title}
        <CopyButton text={copied} name={title} />
      </figcaption>
      {/* Scrolls, and so must be reachable by keyboard. */}
      <pre
        tabIndex={0}
        role="region"
        aria-label={title}
        className="max-h-80 overflow-auto p-3 font-mono text-small leading-5 outline-offset-[-2px]"
      >
        <code>{text}</code>
      </pre>
    </figure>
  );
}
