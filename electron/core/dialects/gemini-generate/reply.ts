import type { ChatReply, ReadEvent } from "../chat.ts";
import type { ReplyMeta } from "../dialect.ts";
import { parseJsonObject, type JsonObject } from "../json.ts";
import { writeGrounding, type PlacedCitation } from "./citations.ts";
import { writeFinishReason } from "./finish.ts";
import { writeLogprobs } from "./logprobs.ts";
import { openAnswer } from "./read-answer.ts";
import { writeUsage } from "./usage.ts";

/** Reads a provider's whole answer as the events of the equal stream. */
export function readReply(body: JsonObject): readonly ReadEvent[] {
  const events: ReadEvent[] = [];
  const emit = (event: ReadEvent): void => void events.push(event);
  if (body["candidates"] === undefined && body["promptFeedback"] === undefined && body["error"] === undefined)
    return [{ type: "failure", failure: { status: 502, message: "The answer held no candidates" } }];
  const answer = openAnswer();
  answer.read(body, emit);
  answer.end(emit);
  return events;
}

/**
 * Writes a client's whole answer. A signature without a thought goes where Google has it: on the part that came of it, or
 * on an empty text at the end.
 */
export function writeReply(reply: ChatReply, meta: ReplyMeta): JsonObject {
  const parts: JsonObject[] = [];
  const citations: PlacedCitation[] = [];
  const logprobs = reply.blocks.flatMap((block) => (block.type === "text" ? block.logprobs : []));
  const showsThoughts = meta.request.reasoning?.visible !== false;
  let said = "";
  let loose: string | undefined;
  let malformed: string | undefined;
  const push = (part: JsonObject): void => {
    parts.push(loose === undefined ? part : { thoughtSignature: loose, ...part });
    loose = undefined;
  };
  for (const block of reply.blocks) {
    switch (block.type) {
      case "text":
        for (const citation of block.citations) citations.push({ citation, blockStart: said.length });
        said += block.text;
        if (block.text !== "") push({ text: block.text });
        break;
      case "refusal":
        said += block.text;
        if (block.text !== "") push({ text: block.text });
        break;
      case "reasoning":
        if (block.text !== "" && showsThoughts) parts.push({ text: block.text, thought: true, thoughtSignature: block.signature?.value });
        else if (block.signature !== undefined) {
          if (loose !== undefined) push({ text: "" });
          loose = block.signature.value;
        }
        break;
      case "tool-call": {
        const args = parseJsonObject(block.arguments);
        if (args === null) {
          malformed = block.name;
          break;
        }
        if (block.signature !== undefined && loose !== undefined) push({ text: "" });
        if (block.signature !== undefined) loose = block.signature.value;
        push({ functionCall: { id: block.id, name: block.name, args } });
        break;
      }
      case "media":
        push({ inlineData: { mimeType: block.mediaType, data: block.data } });
        break;
      default:
        block satisfies never;
    }
  }
  if (loose !== undefined) push({ text: "" });
  const isEmpty = parts.length === 0;
  return {
    candidates: [
      {
        // A filtered answer has no content at all; elsewhere clients look at the first part.
        content: isEmpty && reply.reason === "content-filter" ? undefined : { role: "model", parts: isEmpty ? [{ text: "" }] : parts },
        finishReason: malformed === undefined ? writeFinishReason(reply.reason) : "MALFORMED_FUNCTION_CALL",
        finishMessage: malformed === undefined ? undefined : malformedMessage(malformed),
        index: 0,
        groundingMetadata: writeGrounding(citations, said),
        logprobsResult: logprobs.length === 0 ? undefined : writeLogprobs(logprobs),
      },
    ],
    usageMetadata: writeUsage(reply.usage),
    modelVersion: reply.model ?? meta.request.model,
    responseId: reply.id ?? meta.newId("resp_"),
  };
}

/** Google's clients get a call whole or not at all. */
export function malformedMessage(name: string): string {
  return `The model's call of ${name} has arguments that are no JSON object`;
}
