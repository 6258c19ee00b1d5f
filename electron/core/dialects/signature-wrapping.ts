import type { DialectId } from "#shared/schema/provider.ts";
import type { Signature } from "./chat.ts";
import { parseJsonObject } from "./json.ts";

/** Whose signatures a dialect carries; null where it has no place for any. */
export const signatureMakers: Readonly<Record<DialectId, Signature["maker"] | null>> = {
  "openai-chat": null,
  "openai-responses": "openai",
  "anthropic-messages": "anthropic",
  "gemini-generate": "google",
  // Converse passes on what Claude signed: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-reasoning.html
  "bedrock-converse": "anthropic",
  "cohere-chat": null,
};

const mark = "postern.";
/** How every wrapped signature begins in base64: 8 bytes of mark make 10 characters that what follows cannot change. */
export const wrappedPrefix = Buffer.from(mark).toString("base64").slice(0, 10);

/**
 * Puts a signature where a client of another maker's dialect keeps its own: base64 (Gemini's clients decode the field)
 * of a mark and the signature. The client hands it back in the next turn, so nothing needs to be stored.
 */
export function wrapSignature(signature: Signature, maker: Signature["maker"]): Signature {
  if (signature.maker === maker) return signature;
  const { maker: m, value: v, isRedacted: r, id: i } = signature;
  return { maker, value: Buffer.from(mark + JSON.stringify({ m, v, r, i })).toString("base64") };
}

/** Takes a signature out of its wrapping; one that is not wrapped comes back as it is, a broken wrapping as undefined. */
export function unwrapSignature(signature: Signature): Signature | undefined {
  if (!signature.value.startsWith(wrappedPrefix)) return signature;
  const text = Buffer.from(signature.value, "base64").toString("utf8");
  const inner = text.startsWith(mark) ? parseJsonObject(text.slice(mark.length)) : null;
  const maker = inner?.["m"];
  if (inner === null || (maker !== "anthropic" && maker !== "google" && maker !== "openai") || typeof inner["v"] !== "string")
    return undefined;
  return {
    maker,
    value: inner["v"],
    ...(inner["r"] === true ? { isRedacted: true } : {}),
    ...(typeof inner["i"] === "string" ? { id: inner["i"] } : {}),
  };
}
