import { whenQuiet } from "../../../parts/quiet-moment.ts";
import { prepareHighlighter } from "./highlight.ts";
import { BlockSplitter } from "./split-blocks.ts";
import { readMarkdown } from "./text-block.tsx";

/** A piece of each kind that answers are made of. */
const samples = [
  "A *word*, a **strong** one, `code`, a [link](https://example.com) and ~~another~~.",
  "- one\n- two\n  1. three\n\n> quoted",
  "| a | b |\n|---|---|\n| 1 | 2 |",
  "### Head\n\n```ts\nlet a;\n```\n\n$$x^2$$",
];

/**
 * Reads samples in quiet moments, each in one of its own. The browser compiles what it runs for the first time, and the first words of
 * an answer would wait for it: 50 ms and more in one piece.
 */
export function warmUp(): void {
  whenQuiet(prepareHighlighter);
  for (const sample of samples) {
    whenQuiet(() => {
      for (const block of new BlockSplitter().split(sample)) if (block.kind === "text") readMarkdown(block.raw);
    });
  }
}
