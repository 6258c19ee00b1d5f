import type { ReactNode } from "react";
import type { MessagePart } from "#shared/schema/chat.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { Reasoning } from "../markdown/reasoning.tsx";
import { ToolCall } from "../markdown/tool-call.tsx";
import { AttachmentView } from "./attachment-view.tsx";

/** The parts of an answer, in the order in which they came. */
export function PartsView({ parts, isWriting }: { readonly parts: readonly MessagePart[]; readonly isWriting: boolean }): ReactNode {
  return parts.map((part, index) => {
    const streaming = isWriting && index === parts.length - 1;
    // Parts only ever come at the end: their place is their name.
    switch (part.type) {
      case "text":
        return <Markdown key={index} text={part.text} streaming={streaming} />;
      case "reasoning":
        return <Reasoning key={index} text={part.text} durationMs={part.durationMs} streaming={streaming} />;
      case "tool-call":
        return <ToolCall key={index} name={part.name} text={part.arguments} result={part.result} streaming={streaming} />;
      case "attachment":
        return <AttachmentView key={index} attachment={part} />;
    }
  });
}
