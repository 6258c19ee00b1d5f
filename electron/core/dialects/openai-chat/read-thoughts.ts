import type { ReasoningPart } from "../chat.ts";
import type { ReadCall } from "../dialect.ts";
import { type Fields, invalid } from "../fields.ts";
import { isJsonObject, type JsonValue } from "../json.ts";
import { joinDetails, readReasoningDetails, type ReasoningDetail } from "./reasoning-details.ts";

/** A thought, and the id that OpenRouter ties it to. */
export type Thought = ReasoningPart & { readonly id?: string | undefined };

/**
 * Reads what an assistant's message of the history thought, wherever the client keeps it: `reasoning_details`
 * (OpenRouter), `thinking_blocks` (LiteLLM), or `reasoning_content` and `reasoning`, which are text alone.
 */
export function readThoughts(message: Fields, call: ReadCall): readonly Thought[] {
  const content = message.text("reasoning_content");
  const reasoning = message.text("reasoning");
  const details = readReasoningDetails(message.array("reasoning_details"));
  const blocks = message.each("thinking_blocks").map((block) => readThinking(block, call));
  if (details.some(isProof)) return withText(joinDetails(details), content ?? reasoning);
  if (blocks.length > 0) return blocks;
  const text =
    content ??
    reasoning ??
    joinDetails(details)
      .map((detail) => detail.text)
      .join("");
  // Some send a space where a provider insists on the field.
  return text.trim() === "" ? [] : [{ type: "reasoning", text }];
}

/** Reads an Anthropic or Mistral thought that stands among the parts of the content or in `thinking_blocks`. */
export function readThinking(block: Fields, call: ReadCall): ReasoningPart {
  const type = block.choice("type", ["thinking", "redacted_thinking"]);
  if (type === "redacted_thinking") {
    const data = block.needText("data");
    for (const path of block.rest()) call.drop(path);
    return { type: "reasoning", text: "", signature: { maker: "anthropic", value: data, isRedacted: true } };
  }
  const thinking = block.any("thinking");
  const text = typeof thinking === "string" ? thinking : readPieces(block, thinking);
  const value = block.text("signature");
  block.ignore("cache_control", "closed");
  for (const path of block.rest()) call.drop(path);
  return { type: "reasoning", text, ...(value === undefined || value === "" ? {} : { signature: { maker: "anthropic", value } }) };
}

/** Mistral's thought is a list of texts: https://docs.mistral.ai/capabilities/reasoning */
function readPieces(block: Fields, pieces: JsonValue | undefined): string {
  if (!Array.isArray(pieces)) throw invalid(block.at("thinking"), "must be a string or a list of texts");
  return (pieces as readonly JsonValue[])
    .map((piece) => (isJsonObject(piece) && typeof piece["text"] === "string" ? piece["text"] : ""))
    .join("");
}

function isProof(detail: ReasoningDetail): boolean {
  return detail.signature !== undefined;
}

/** Some clients keep the proof in `reasoning_details` and the words beside it: the one thought without words gets them. */
function withText(thoughts: readonly Thought[], text: string | undefined): readonly Thought[] {
  if (text === undefined || text === "" || thoughts.some((thought) => thought.text !== "")) return thoughts;
  const at = thoughts.findIndex(({ signature }) => signature?.isRedacted !== true);
  return at === -1 ? thoughts : thoughts.map((thought, index) => (index === at ? { ...thought, text } : thought));
}
