import "./markdown.css";
import { memo, type ReactNode, useMemo, useState } from "react";
import remend from "remend";
import { Code } from "./code.tsx";
import { BlockSplitter } from "./split-blocks.ts";
import { TextBlock } from "./text-block.tsx";
import { warmUp } from "./warm-up.ts";

warmUp();

/**
 * Text from a model, drawn: Markdown, tables, code, formulas. It is never trusted: no HTML, no script, no image from elsewhere, and links
 * that ask. While it streams, only its last block is drawn again, with its open marks closed.
 */
export const DrawnMarkdown = memo(function DrawnMarkdown({
  text,
  streaming = false,
}: {
  readonly text: string;
  readonly streaming?: boolean;
}): ReactNode {
  const [splitter] = useState(() => new BlockSplitter());
  const blocks = useMemo(() => splitter.split(text), [splitter, text]);
  return (
    <div className="text-prose">
      {blocks.map((block, index) => {
        const isOpen = streaming && index === blocks.length - 1;
        // Blocks only ever come at the end: their place is their name.
        if (block.kind === "code")
          return <Code key={index} text={block.text} language={block.language} isClosed={block.isClosed || !isOpen} />;
        return <TextBlock key={index} raw={isOpen ? remend(block.raw) : block.raw} isContinued={block.isContinued} />;
      })}
    </div>
  );
});
