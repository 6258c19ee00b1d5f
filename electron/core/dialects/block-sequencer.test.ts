import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockSequencer } from "./block-sequencer.ts";
import type { ContentEvent } from "./chat.ts";

describe("BlockSequencer", () => {
  it("passes the open block on at once and holds the others until it is closed", () => {
    const out: ContentEvent[] = [];
    const emit = (event: ContentEvent): void => void out.push(event);
    const blocks = new BlockSequencer();
    blocks.push(0, { type: "text", text: "a" }, emit);
    blocks.push(1, { type: "text", text: "x" }, emit);
    blocks.push(0, { type: "text", text: "b" }, emit);
    expect(out.map((event) => ("text" in event ? event.text : event.type))).toEqual(["a", "b"]);
    blocks.close(0, emit);
    expect(out.map((event) => ("text" in event ? event.text : event.type))).toEqual(["a", "b", "block-end", "x"]);
    blocks.closeAll(emit);
    expect(out.at(-1)).toEqual({ type: "block-end" });
  });

  it("gives every block whole, in the order in which they began, whatever the order of their pieces", () => {
    const piece = fc.record({ key: fc.integer({ min: 0, max: 3 }), close: fc.boolean() });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const out: ContentEvent[] = [];
        const emit = (event: ContentEvent): void => void out.push(event);
        const blocks = new BlockSequencer();
        const expected = new Map<string, string>();
        const generation = new Map<number, number>();
        for (const [index, { key, close }] of pieces.entries()) {
          const id = `${key}.${generation.get(key) ?? 0}`;
          if (close) {
            if (blocks.has(key)) generation.set(key, (generation.get(key) ?? 0) + 1);
            blocks.close(key, emit);
          } else if (!blocks.has(key) || expected.has(id)) {
            expected.set(id, `${expected.get(id) ?? ""}${index};`);
            blocks.push(key, { type: "text", text: `${index};` }, emit);
          }
        }
        blocks.closeAll(emit);
        const seen: string[] = [""];
        for (const event of out) {
          if (event.type === "block-end") seen.push("");
          else if (event.type === "text") seen[seen.length - 1] += event.text;
        }
        expect(seen.filter((text) => text !== "").sort()).toEqual([...expected.values()].sort());
      }),
    );
  });
});
