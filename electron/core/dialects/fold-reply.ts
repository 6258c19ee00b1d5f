import type { ChatReply, Citation, CloseEvent, ReplyBlock, Signature, StartEvent, TokenLogprob, WriteEvent } from "./chat.ts";

type Open =
  | { readonly type: "text"; text: string; readonly citations: Citation[]; readonly logprobs: TokenLogprob[] }
  | { readonly type: "reasoning"; text: string; signature?: Signature }
  | { readonly type: "refusal"; text: string }
  | {
      readonly type: "tool-call";
      readonly id: string;
      readonly name: string;
      arguments: string;
      readonly signature?: Signature | undefined;
    };

/** Folds a whole answer's events into the answer; null where they do not `close`. */
export function foldReply(events: readonly WriteEvent[]): ChatReply | null {
  const blocks: (ReplyBlock | Open)[] = [];
  let open: Open | null = null;
  let start: StartEvent | null = null;
  let close: CloseEvent | null = null;
  const opened = <Kind extends Open["type"]>(kind: Kind, make: () => Extract<Open, { type: Kind }>): Extract<Open, { type: Kind }> => {
    if (open?.type === kind) return open as Extract<Open, { type: Kind }>;
    const block = make();
    open = block;
    blocks.push(block);
    return block;
  };
  const text = (): Extract<Open, { type: "text" }> => opened("text", () => ({ type: "text", text: "", citations: [], logprobs: [] }));
  for (const event of events) {
    switch (event.type) {
      case "start":
        start = event;
        break;
      case "text":
        text().text += event.text;
        break;
      case "citation":
        text().citations.push(event.citation);
        break;
      case "logprobs":
        text().logprobs.push(...event.tokens);
        break;
      case "reasoning":
        opened("reasoning", () => ({ type: "reasoning", text: "" })).text += event.text;
        break;
      case "signature":
        opened("reasoning", () => ({ type: "reasoning", text: "" })).signature = event.signature;
        break;
      case "refusal":
        opened("refusal", () => ({ type: "refusal", text: "" })).text += event.text;
        break;
      case "tool-call":
        open = { type: "tool-call", id: event.id, name: event.name, arguments: "", signature: event.signature };
        blocks.push(open);
        break;
      case "arguments":
        if ((open as Open | null)?.type === "tool-call") (open as unknown as { arguments: string }).arguments += event.json;
        break;
      case "media":
        blocks.push({ type: "media", mediaType: event.mediaType, data: event.data });
        open = null;
        break;
      case "block-end":
        open = null;
        break;
      case "close":
        close = event;
        break;
      default:
        event satisfies never;
    }
  }
  if (close === null) return null;
  return { id: start?.id, model: start?.model, blocks, reason: close.reason, stopSequence: close.stopSequence, usage: close.usage };
}
