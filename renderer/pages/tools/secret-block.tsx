import type { ReactNode } from "react";
import { keyPlaceholder } from "#shared/contract/connect.ts";
import { CodeBlock } from "../../parts/code-block.tsx";

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
  return <CodeBlock title={title} text={shown} copied={copied} />;
}

/** `postern_…4f2a` */
export function maskKey(key: string): string {
  return `postern_…${key.slice(-4)}`;
}
