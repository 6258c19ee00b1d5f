import type { ChatReply, ReplyBlock, WriteEvent } from "../chat.ts";
import type { ReplyMeta } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { AnswerWriter } from "./answer-writer.ts";

/** Writes a whole answer: the response object that its stream would have ended with. */
export function writeReply(reply: ChatReply, meta: ReplyMeta): JsonObject {
  const writer = new AnswerWriter(meta);
  const emit = (): void => {};
  const write = (event: WriteEvent): void => writer.write(event, emit);
  write({ type: "start", id: reply.id, model: reply.model });
  for (const block of reply.blocks) {
    writeBlock(block, write);
    write({ type: "block-end" });
  }
  write({ type: "close", reason: reply.reason, stopSequence: reply.stopSequence, usage: reply.usage });
  return writer.response;
}

function writeBlock(block: ReplyBlock, write: (event: WriteEvent) => void): void {
  switch (block.type) {
    case "text":
      write({ type: "text", text: block.text });
      if (block.logprobs.length > 0) write({ type: "logprobs", tokens: block.logprobs });
      for (const citation of block.citations) write({ type: "citation", citation });
      break;
    case "reasoning":
      if (block.text !== "") write({ type: "reasoning", text: block.text });
      if (block.signature !== undefined) write({ type: "signature", signature: block.signature });
      break;
    case "tool-call":
      write({ type: "tool-call", id: block.id, name: block.name });
      write({ type: "arguments", json: block.arguments });
      break;
    case "refusal":
    case "media":
      write(block);
      break;
    default:
      block satisfies never;
  }
}
