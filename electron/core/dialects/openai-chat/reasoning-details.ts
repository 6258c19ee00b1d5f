import type { ReasoningPart, Signature } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

/**
 * OpenRouter's `reasoning_details`: the one place in chat completions that carries whose a thought is and what proves it.
 *
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning
 */

/** One entry, read. `summary` and `text` are both what may be shown. */
export interface ReasoningDetail {
  readonly text: string;
  readonly signature: Signature | undefined;
  /** The thought, or the tool call, that it belongs to. */
  readonly id: string | undefined;
  /** Pieces of one thought share it. */
  readonly index: number | undefined;
}

/** Reads the entries that are understood; others are passed over. */
export function readReasoningDetails(details: JsonValue | undefined): readonly ReasoningDetail[] {
  if (!Array.isArray(details)) return [];
  return (details as readonly JsonValue[]).flatMap((entry) => (isJsonObject(entry) ? (readDetail(entry) ?? []) : []));
}

/** Joins the pieces of a message's thoughts, as a client may have collected them from a stream. */
export function joinDetails(details: readonly ReasoningDetail[]): readonly (ReasoningPart & { readonly id: string | undefined })[] {
  const joined: { type: "reasoning"; text: string; signature: Signature | undefined; id: string | undefined; index: number | undefined }[] =
    [];
  for (const detail of details) {
    const last = joined.at(-1);
    if (last !== undefined && last.signature === undefined && last.index === detail.index && detail.signature?.isRedacted !== true) {
      last.text += detail.text;
      last.signature = detail.signature;
      last.id ??= detail.id;
    } else {
      joined.push({ type: "reasoning", ...detail });
    }
  }
  return joined.map(({ text, signature, id }) => ({ type: "reasoning", text, signature, id }));
}

/** Writes a signed thought, or the last piece of one: its signature. */
export function writeReasoningDetail(text: string, signature: Signature | undefined, index: number): JsonObject {
  const format = signature === undefined ? null : formats[signature.maker];
  if (signature !== undefined && (signature.isRedacted === true || signature.maker !== "anthropic")) {
    return { type: "reasoning.encrypted", data: signature.value, id: signature.id ?? null, format, index };
  }
  return { type: "reasoning.text", text, signature: signature?.value ?? null, format, index };
}

const formats: Readonly<Record<Signature["maker"], string>> = {
  anthropic: "anthropic-claude-v1",
  google: "google-gemini-v1",
  openai: "openai-responses-v1",
};

function makerOf(format: JsonValue | undefined): Signature["maker"] | undefined {
  switch (format) {
    // The format was Anthropic's before it had a name.
    case undefined:
    case null:
    case "anthropic-claude-v1":
      return "anthropic";
    case "google-gemini-v1":
      return "google";
    case "openai-responses-v1":
    case "azure-openai-responses-v1":
      return "openai";
    default:
      return undefined;
  }
}

function readDetail(entry: JsonObject): ReasoningDetail | null {
  const maker = makerOf(entry["format"]);
  const id = textOf(entry["id"]);
  const index = typeof entry["index"] === "number" ? entry["index"] : undefined;
  switch (entry["type"]) {
    case "reasoning.text": {
      const value = textOf(entry["signature"]);
      return {
        text: textOf(entry["text"]) ?? "",
        signature: maker === undefined || value === undefined ? undefined : { maker, value },
        id,
        index,
      };
    }
    case "reasoning.summary":
      return { text: textOf(entry["summary"]) ?? "", signature: undefined, id, index };
    case "reasoning.encrypted": {
      const value = textOf(entry["data"]);
      if (maker === undefined || value === undefined) return null;
      const signature: Signature =
        maker === "anthropic"
          ? { maker, value, isRedacted: true }
          : { maker, value, ...(maker === "openai" && id !== undefined ? { id } : {}) };
      return { text: "", signature, id, index };
    }
    default:
      return null;
  }
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
