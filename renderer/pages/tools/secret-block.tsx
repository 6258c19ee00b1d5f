import type { ReactNode } from "react";
import { keyPlaceholder } from "#shared/contract/connect.ts";
import { CopyButton } from "../../parts/copy.tsx";

/** A text with a key in it: shown with the key masked, copied with the real one. Without a key the placeholder stands in both. */
export function SecretBlock({
  title,
  text,
  secret,
}: {
  readonly title: string;
  readonly text: string;
  readonly secret: string | null;
}): ReactNode {
  const shown = secret === null ? text : text.replaceAll(keyPlaceholder, maskKey(secret));
  const copied = secret === null ? text : text.replaceAll(keyPlaceholder, secret);
  return (
    <figure className="overflow-hidden rounded-card border border-line bg-sunken">
      <figcaption className="flex h-8 items-center justify-between border-b border-line pr-1 pl-3 text-small text-ink-muted">
        {title}
        <CopyButton text={copied} name={title} />
      </figcaption>
      <pre
        tabIndex={0}
        role="region"
        aria-label={title}
        className="max-h-80 overflow-auto p-3 font-mono text-small leading-5 outline-offset-[-2px]"
      >
        <code>{shown}</code>
      </pre>
    </figure>
  );
}

/** `postern_…4f2a` */
export function maskKey(key: string): string {
  return `postern_…${key.slice(-4)}`;
}
