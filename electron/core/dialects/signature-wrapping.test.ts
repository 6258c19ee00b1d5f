import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Signature } from "./chat.ts";
import { unwrapSignature, wrapSignature, wrappedPrefix } from "./signature-wrapping.ts";
import { stripForeignSignatures } from "./strip-signatures.ts";
import { openMemories } from "./scoped-memory.ts";

const google: Signature = { maker: "google", value: "EhYKFA==" };

describe("wrapSignature()", () => {
  it("leaves a signature of the client's own maker", () => {
    expect(wrapSignature(google, "google")).toBe(google);
  });

  it("comes back whole, as base64 that begins with the mark", () => {
    const maker = fc.constantFrom("anthropic", "google", "openai");
    fc.assert(
      fc.property(maker, maker, fc.string({ unit: "grapheme" }), fc.boolean(), (from, to, value, isRedacted) => {
        const signature: Signature = { maker: from, value, ...(isRedacted ? { isRedacted } : {}), id: "rs_1" };
        const wrapped = wrapSignature(signature, to);
        expect(unwrapSignature(wrapped)).toEqual(from === to ? wrapped : signature);
        expect(from === to || wrapped.value.startsWith(wrappedPrefix)).toBe(true);
      }),
    );
  });

  it("takes a wrapping that was tampered with for none", () => {
    expect(unwrapSignature({ maker: "anthropic", value: `${wrappedPrefix}!!` })).toBeUndefined();
  });
});

describe("stripForeignSignatures()", () => {
  const wrapped = wrapSignature(google, "anthropic").value;

  it("takes foreign thoughts out of a body that is relayed, and nothing else", () => {
    const body = {
      messages: [
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: wrapped },
            { type: "thinking", thinking: "own", signature: "EqQB" },
            { type: "redacted_thinking", data: wrapped },
            { type: "thinking", thinking: "of a provider that signs nothing", signature: "" },
            { type: "text", text: wrapped },
          ],
        },
      ],
    };
    expect(stripForeignSignatures(body)).toEqual({
      messages: [
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "own", signature: "EqQB" },
            { type: "text", text: wrapped },
          ],
        },
      ],
    });
  });

  it("keeps a call that was signed", () => {
    const part = { functionCall: { name: "now", args: {} }, thoughtSignature: wrapped };
    expect(stripForeignSignatures({ contents: [{ parts: [part, { text: "", thoughtSignature: wrapped }] }] })).toEqual({
      contents: [{ parts: [{ functionCall: { name: "now", args: {} } }] }],
    });
  });
});

describe("openMemories()", () => {
  const thought = (text: string) => ({ reasoning: [{ type: "reasoning" as const, text, signature: google }] });

  it("finds a thought by its call, and only for whom it belongs to", () => {
    const memory = openMemories().thoughts;
    memory.remember("one", "call_1", thought("a"));
    expect(memory.recall("one", "call_1")).toEqual(thought("a"));
    expect(memory.recall("two", "call_1")).toBeUndefined();
  });

  it("lets the oldest go, by number and by size", () => {
    const many = openMemories().thoughts;
    for (let index = 0; index <= 4_096; index++) many.remember("s", `c${index}`, thought("a"));
    expect([many.recall("s", "c0"), many.recall("s", "c4096")]).toEqual([undefined, thought("a")]);
    const large = openMemories().thoughts;
    const long = "x".repeat(1_000_000);
    for (let index = 0; index < 18; index++) large.remember("s", `c${index}`, thought(long));
    expect(large.recall("s", "c0")).toBeUndefined();
    expect(large.recall("s", "c17")).toBeDefined();
    large.remember("s", "huge", thought("x".repeat(2_000_000)));
    expect(large.recall("s", "huge")).toBeUndefined();
    expect(large.recall("s", "c17")).toBeDefined();
  });
});
