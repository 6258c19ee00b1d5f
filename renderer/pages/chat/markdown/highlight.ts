import { startWorker } from "../../../data/start-worker.ts";
import workerUrl from "./highlight.worker.ts?worker&url";

/** Code to look through. */
export interface HighlightQuestion {
  readonly id: number;
  readonly text: string;
  readonly language: string;
}

/** What was found: for each kind of word (`keyword`, `string`) where it begins and ends, pair after pair, in UTF-16 units. */
export interface HighlightAnswer {
  readonly id: number;
  readonly spans: Readonly<Record<string, readonly number[]>>;
}

const longestCode = 200_000;
const waiting = new Map<number, (spans: HighlightAnswer["spans"]) => void>();
let worker: Worker | undefined;
let lastId = 0;

/**
 * Colours code that stands as one text node in an element, by the CSS custom highlight API: the text stays one piece, however
 * long it is, and nothing is drawn twice. The grammar works in a worker.
 *
 * @returns takes the colours away
 */
export function highlight(element: HTMLElement, { text, language }: { readonly text: string; readonly language: string }): () => void {
  if (!("highlights" in CSS) || language === "" || text.length > longestCode) return () => undefined;
  const id = ++lastId;
  const colored: (readonly [Highlight, AbstractRange])[] = [];
  waiting.set(id, (spans) => {
    const node = element.firstChild;
    if (node === null || node.textContent !== text) return;
    for (const [kind, places] of Object.entries(spans)) {
      const set = highlightOf(kind);
      for (let index = 0; index + 1 < places.length; index += 2) {
        // Static ranges: nothing of the text moves any more, and the browser need not follow them.
        const range = new StaticRange({
          startContainer: node,
          startOffset: places[index] ?? 0,
          endContainer: node,
          endOffset: places[index + 1] ?? 0,
        });
        set.add(range);
        colored.push([set, range]);
      }
    }
  });
  openWorker().postMessage({ id, text, language } satisfies HighlightQuestion);
  return () => {
    waiting.delete(id);
    for (const [set, range] of colored) set.delete(range);
  };
}

/** Starts the worker and has it load what every grammar needs, so that the first code of an answer does not wait for it. */
export function prepareHighlighter(): void {
  openWorker().postMessage({ id: 0, text: "let a;", language: "typescript" } satisfies HighlightQuestion);
}

function highlightOf(kind: string): Highlight {
  const name = `code-${kind}`;
  const known = CSS.highlights.get(name);
  if (known !== undefined) return known;
  const made = new Highlight();
  CSS.highlights.set(name, made);
  return made;
}

function openWorker(): Worker {
  if (worker !== undefined) return worker;
  worker = startWorker(workerUrl);
  worker.addEventListener("message", ({ data }: MessageEvent<HighlightAnswer>) => {
    waiting.get(data.id)?.(data.spans);
    waiting.delete(data.id);
  });
  return worker;
}
