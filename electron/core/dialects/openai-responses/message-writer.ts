import type { Citation } from "../chat.ts";
import type { JsonObject } from "../json.ts";
import { writeAnnotation } from "./annotations.ts";
import { headOf, type EventLine, type ItemStatus, type Send } from "./event-line.ts";

interface TextPart {
  readonly kind: "text";
  readonly head: string;
  text: string;
  readonly annotations: JsonObject[];
  /** Citations of the whole part, whose length is not known yet. */
  readonly late: Citation[];
  readonly logprobs: JsonObject[];
}

interface RefusalPart {
  readonly kind: "refusal";
  readonly head: string;
  text: string;
}

const textDelta = "response.output_text.delta";
const refusalDelta = "response.refusal.delta";

/** Writes a message of an answer: texts and refusals, each of them a content part. */
export class MessageWriter {
  readonly kind = "message";
  readonly index: number;
  readonly #id: string;
  readonly #line: EventLine;
  /** The parts that are done. */
  readonly #content: JsonObject[] = [];
  #part: TextPart | RefusalPart | null = null;

  constructor(id: string, index: number, line: EventLine) {
    this.#id = id;
    this.index = index;
    this.#line = line;
  }

  open(emit: Send): void {
    const item = { id: this.#id, type: "message", status: "in_progress", content: [], role: "assistant" };
    this.#line.event("response.output_item.added", { output_index: this.index, item }, emit);
  }

  text(text: string, emit: Send, logprobs?: readonly JsonObject[]): void {
    const part = this.#part?.kind === "text" ? this.#part : this.#openText(emit);
    part.text += text;
    if (logprobs === undefined) return this.#line.delta(textDelta, part.head, text, emit, ',"logprobs":[]');
    part.logprobs.push(...logprobs);
    this.#line.delta(textDelta, part.head, text, emit, `,"logprobs":${JSON.stringify(logprobs)}`);
  }

  refusal(text: string, emit: Send): void {
    const part = this.#part?.kind === "refusal" ? this.#part : this.#openRefusal(emit);
    part.text += text;
    this.#line.delta(refusalDelta, part.head, text, emit);
  }

  citation(citation: Citation, emit: Send): void {
    const part = this.#part?.kind === "text" ? this.#part : this.#openText(emit);
    if (citation.end === undefined) part.late.push(citation);
    else this.#annotate(part, citation, emit);
  }

  /** Ends the open content part; what follows is another one. */
  endPart(emit: Send): void {
    const part = this.#part;
    if (part === null) return;
    const place = this.#place();
    let whole: JsonObject;
    if (part.kind === "refusal") {
      whole = { type: "refusal", refusal: part.text };
      this.#line.event("response.refusal.done", { ...place, refusal: part.text }, emit);
    } else {
      for (const citation of part.late) this.#annotate(part, citation, emit);
      whole = { type: "output_text", annotations: part.annotations, logprobs: part.logprobs, text: part.text };
      this.#line.event("response.output_text.done", { ...place, text: part.text, logprobs: part.logprobs }, emit);
    }
    this.#line.event("response.content_part.done", { ...place, part: whole }, emit);
    this.#content.push(whole);
    this.#part = null;
  }

  /** Ends the message and gives back its item. */
  close(status: ItemStatus, emit: Send): JsonObject {
    this.endPart(emit);
    return { id: this.#id, type: "message", status, content: this.#content, role: "assistant" };
  }

  #openText(emit: Send): TextPart {
    const place = this.#openPart({ type: "output_text", annotations: [], logprobs: [], text: "" }, emit);
    const part: TextPart = { kind: "text", head: headOf(textDelta, place), text: "", annotations: [], late: [], logprobs: [] };
    this.#part = part;
    return part;
  }

  #openRefusal(emit: Send): RefusalPart {
    const place = this.#openPart({ type: "refusal", refusal: "" }, emit);
    const part: RefusalPart = { kind: "refusal", head: headOf(refusalDelta, place), text: "" };
    this.#part = part;
    return part;
  }

  #openPart(part: JsonObject, emit: Send): JsonObject {
    this.endPart(emit);
    const place = this.#place();
    this.#line.event("response.content_part.added", { ...place, part }, emit);
    return place;
  }

  #annotate(part: TextPart, citation: Citation, emit: Send): void {
    const annotation = writeAnnotation(citation, part.text.length);
    const members = { ...this.#place(), annotation_index: part.annotations.length, annotation };
    this.#line.event("response.output_text.annotation.added", members, emit);
    part.annotations.push(annotation);
  }

  /** Where the open part stands, or the next one. */
  #place(): JsonObject {
    return { item_id: this.#id, output_index: this.index, content_index: this.#content.length };
  }
}
