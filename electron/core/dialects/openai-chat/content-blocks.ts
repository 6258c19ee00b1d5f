import type { AssistantPart, ReplyBlock, Signature } from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import type { Fields } from "../fields.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { wrapSignature } from "../signature-wrapping.ts";
import { readThinking } from "./read-thoughts.ts";
import { readText } from "./read-parts.ts";

/**
 * Portkey's `content_blocks`: what an answer says and thinks, block by block in Anthropic's shape, for clients that
 * switched strict compliance off. Tool calls are not among them; they stand in `tool_calls` as ever.
 *
 * @see https://portkey.ai/docs/product/ai-gateway/multimodal-capabilities/thinking-mode
 */

/** Writes a whole answer's blocks. */
export function writeContentBlocks(blocks: readonly ReplyBlock[]): readonly JsonObject[] {
  return blocks.flatMap((block): readonly JsonObject[] => {
    if (block.type === "text") return [{ type: "text", text: block.text }];
    if (block.type !== "reasoning") return [];
    if (block.signature === undefined) return [{ type: "thinking", thinking: block.text }];
    const proof = writeProof(block.signature);
    return ["data" in proof ? { type: "redacted_thinking", ...proof } : { type: "thinking", thinking: block.text, ...proof }];
  });
}

/** Writes what a stream's delta holds of one block: Anthropic's own delta without its `type`. */
export function writeBlockDelta(index: number, delta: JsonObject): JsonObject {
  return { content_blocks: [{ index, delta }] };
}

/** What proves a thought: `signature`, or `data` where that is all of it. Another maker's goes wrapped, to come back whole. */
export function writeProof(signature: Signature): JsonObject {
  const { value, isRedacted } = wrapSignature(signature, "anthropic");
  return isRedacted === true ? { data: value } : { signature: value };
}

/**
 * Reads the blocks of an assistant's message in the history: as a whole answer had them, or as a stream's deltas that the
 * client collected. Tool calls among them are passed over, since they stand in `tool_calls`.
 *
 * @returns null where the message has none
 */
export function readContentBlocks(message: Fields, call: ReadCall): readonly AssistantPart[] | null {
  const blocks = message.each("content_blocks");
  if (blocks.length === 0) return null;
  const parts: AssistantPart[] = [];
  const streamed = new Map<number, JsonObject>();
  for (const block of blocks) {
    const delta = block.any("delta");
    if (isJsonObject(delta)) {
      const index = block.integer("index", 0) ?? 0;
      streamed.set(index, joinDeltas(streamed.get(index), delta));
      continue;
    }
    const type = block.needText("type");
    if (type === "text") parts.push(readText(block, type, call));
    else if (type === "thinking" || type === "redacted_thinking") parts.push(readThinking(block, call));
    else if (type !== "tool_use") call.drop(block.path);
  }
  for (const [, delta] of [...streamed].sort(([one], [other]) => one - other)) parts.push(...partOf(delta));
  return parts;
}

const pieces = ["text", "thinking", "signature", "data"] as const;

function joinDeltas(before: JsonObject | undefined, delta: JsonObject): JsonObject {
  const joined: Record<string, string> = {};
  for (const key of pieces) {
    const texts = [before?.[key], delta[key]].filter((piece) => typeof piece === "string");
    if (texts.length > 0) joined[key] = texts.join("");
  }
  return joined;
}

function partOf({ text, thinking, signature, data }: JsonObject): readonly AssistantPart[] {
  if (typeof data === "string") return [{ type: "reasoning", text: "", signature: { maker: "anthropic", value: data, isRedacted: true } }];
  if (typeof thinking === "string" || typeof signature === "string") {
    const proof: Signature | undefined =
      typeof signature === "string" && signature !== "" ? { maker: "anthropic", value: signature } : undefined;
    return [{ type: "reasoning", text: typeof thinking === "string" ? thinking : "", signature: proof }];
  }
  return typeof text === "string" && text !== "" ? [{ type: "text", text }] : [];
}
