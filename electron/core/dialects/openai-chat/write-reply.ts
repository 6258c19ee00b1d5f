import type { ChatReply, ReplyBlock, TokenLogprob } from "../chat.ts";
import type { ReplyMeta } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { writeAnnotation } from "./citations.ts";
import { writeContentBlocks } from "./content-blocks.ts";
import { readCustomInput } from "./custom-input.ts";
import { writeFinishReason } from "./finish-reason.ts";
import { writeLogprobs } from "./logprobs.ts";
import { writeReasoningDetail } from "./reasoning-details.ts";
import { readFlavour, type ReplyFlavour } from "./reply-flavour.ts";
import { writeUsage } from "./usage.ts";

type CallBlock = Extract<ReplyBlock, { type: "tool-call" }>;

/**
 * Writes a whole `chat.completion`. Blocks of one kind become one field: texts, thoughts and calls each in their order.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object
 */
export function writeReply(reply: ChatReply, meta: ReplyMeta): JsonObject {
  const flavour = readFlavour(meta.body);
  const logprobs = reply.blocks.flatMap((block): readonly TokenLogprob[] => (block.type === "text" ? block.logprobs : []));
  const reason = flavour.isLegacy && reply.reason === "tool-calls" ? "function_call" : writeFinishReason(reply.reason);
  return {
    id: reply.id ?? meta.newId("chatcmpl-"),
    object: "chat.completion",
    created: meta.nowSeconds,
    model: reply.model ?? meta.request.model,
    choices: [
      {
        index: 0,
        message: writeMessage(reply.blocks, flavour, meta),
        logprobs: logprobs.length === 0 ? null : writeLogprobs(logprobs),
        finish_reason: reason,
      },
    ],
    usage: writeUsage(reply.usage),
  };
}

function writeMessage(blocks: readonly ReplyBlock[], flavour: ReplyFlavour, meta: ReplyMeta): JsonObject {
  const refusal = textOf(blocks, "refusal");
  const content = textOf(blocks, "text");
  const calls = blocks.filter((block) => block.type === "tool-call");
  const [first] = calls;
  return {
    role: "assistant",
    content: content ?? (refusal === undefined && first === undefined ? "" : null),
    refusal: refusal ?? null,
    ...writeReasoning(blocks, flavour),
    ...(meta.isStrict === false ? { content_blocks: writeContentBlocks(blocks) } : {}),
    annotations: writeAnnotations(blocks),
    images: writeImages(blocks),
    ...(first === undefined
      ? {}
      : flavour.isLegacy
        ? { function_call: { name: first.name, arguments: first.arguments } }
        : { tool_calls: writeCalls(calls, meta) }),
  };
}

/** The texts of one kind as one; undefined where there is none. */
function textOf(blocks: readonly ReplyBlock[], type: "text" | "refusal" | "reasoning"): string | undefined {
  const texts = blocks.flatMap((block) => (block.type === type ? [block.text] : []));
  return texts.length === 0 ? undefined : texts.join("");
}

function writeReasoning(blocks: readonly ReplyBlock[], flavour: ReplyFlavour): JsonObject {
  const text = textOf(blocks, "reasoning");
  if (text === undefined) return {};
  if (!flavour.hasDetails) return text === "" ? {} : { reasoning_content: text };
  const thoughts = blocks.filter((block) => block.type === "reasoning");
  const details = thoughts.flatMap((thought, index) => {
    const { signature } = thought;
    if (signature === undefined) return [writeReasoningDetail(thought.text, undefined, index)];
    const signed = writeReasoningDetail(thought.text, signature, index);
    // What is signed apart from its text stands behind it.
    const isApart = signed["type"] === "reasoning.encrypted" && thought.text !== "";
    return isApart ? [writeReasoningDetail(thought.text, undefined, index), signed] : [signed];
  });
  return { reasoning: text, reasoning_details: details };
}

function writeAnnotations(blocks: readonly ReplyBlock[]): readonly JsonObject[] {
  const annotations: JsonObject[] = [];
  let at = 0;
  for (const block of blocks) {
    if (block.type !== "text") continue;
    for (const citation of block.citations) {
      const start = at + (citation.start ?? 0);
      const end = at + (citation.end ?? block.text.length);
      const annotation = writeAnnotation(citation, { start, end });
      if (annotation !== undefined) annotations.push(annotation);
    }
    at += block.text.length;
  }
  return annotations;
}

/** OpenRouter's place for images that a model made; undefined where it made none. */
function writeImages(blocks: readonly ReplyBlock[]): readonly JsonObject[] | undefined {
  const urls = blocks.flatMap((block) =>
    block.type === "media" && block.mediaType.startsWith("image/") ? [`data:${block.mediaType};base64,${block.data}`] : [],
  );
  return urls.length === 0 ? undefined : urls.map((url, index) => ({ type: "image_url", index, image_url: { url } }));
}

function writeCalls(calls: readonly CallBlock[], meta: ReplyMeta): readonly JsonObject[] {
  const customTools = new Set(meta.request.tools.flatMap((tool) => (tool.kind === "custom" ? [tool.name] : [])));
  return calls.map(({ id, name, arguments: json, signature }) => {
    if (customTools.has(name)) return { id, type: "custom", custom: { name, input: readCustomInput(json) } };
    const extra = signature?.maker === "google" ? { google: { thought_signature: signature.value } } : undefined;
    return { id, type: "function", function: { name, arguments: json }, extra_content: extra };
  });
}
