import "katex/dist/katex.min.css";
import katex from "katex";

const longestSource = 10_000;

/**
 * Draws a formula into an element, node by node and never as HTML, with what a screen reader reads beside it. `\href`, `\includegraphics`
 * and the like stay off, and macros cannot grow without end.
 *
 * @returns false where it is no formula that KaTeX can read
 */
export function drawMaths(element: HTMLElement, { source, isDisplay }: { readonly source: string; readonly isDisplay: boolean }): boolean {
  if (source.length > longestSource) return false;
  try {
    katex.render(source, element, {
      displayMode: isDisplay,
      throwOnError: true,
      trust: false,
      strict: "ignore",
      maxSize: 20,
      maxExpand: 500,
    });
    return true;
  } catch {
    return false;
  }
}
