import type { Signature } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { headOf, type EventLine, type ItemStatus, type Send } from "./event-line.ts";

const summaryDelta = "response.reasoning_summary_text.delta";

/** Writes a thought of an answer: its text as a summary, which clients show, and what proves it as encrypted content. */
export class ThoughtWriter {
  readonly kind = "thought";
  readonly index: number;
  readonly #id: string;
  readonly #line: EventLine;
  #text = "";
  /** Empty before the summary has begun: a thought may be a signature alone. */
  #head = "";
  #signature: Signature | undefined;

  constructor(id: string, index: number, line: EventLine) {
    this.#id = id;
    this.index = index;
    this.#line = line;
  }

  open(emit: Send): void {
    const item = { id: this.#id, type: "reasoning", status: "in_progress", summary: [] };
    this.#line.event("response.output_item.added", { output_index: this.index, item }, emit);
  }

  text(text: string, emit: Send): void {
    if (this.#head === "") {
      const place = this.#place();
      this.#line.event("response.reasoning_summary_part.added", { ...place, part: { type: "summary_text", text: "" } }, emit);
      this.#head = headOf(summaryDelta, place);
    }
    this.#text += text;
    this.#line.delta(summaryDelta, this.#head, text, emit);
  }

  sign(signature: Signature): void {
    this.#signature = signature;
  }

  /** Ends the thought and gives back its item. */
  close(status: ItemStatus, emit: Send): JsonObject {
    const summary = this.#head === "" ? [] : [{ type: "summary_text", text: this.#text }];
    const [part] = summary;
    if (part !== undefined) {
      this.#line.event("response.reasoning_summary_text.done", { ...this.#place(), text: this.#text }, emit);
      this.#line.event("response.reasoning_summary_part.done", { ...this.#place(), part }, emit);
    }
    return { id: this.#id, type: "reasoning", status, summary, encrypted_content: this.#signature?.value ?? null };
  }

  #place(): JsonObject {
    return { item_id: this.#id, output_index: this.index, summary_index: 0 };
  }
}
