import { type ReactNode, Suspense } from "react";
import { lazyPart } from "../../../parts/lazy-part.ts";

const DrawnMarkdown = lazyPart(async () => (await import("./drawn-markdown.tsx")).DrawnMarkdown);

/**
 * Text from a model, drawn by `drawn-markdown.tsx`. What draws it comes with the first answer, since a new chat has none; until
 * then the text stands there as it is.
 */
export function Markdown({ text, streaming = false }: { readonly text: string; readonly streaming?: boolean }): ReactNode {
  return (
    <Suspense fallback={<p className="text-prose break-words whitespace-pre-wrap">{text}</p>}>
      <DrawnMarkdown text={text} streaming={streaming} />
    </Suspense>
  );
}
