import { BlockSequencer } from "../block-sequencer.ts";
import type { ContentEvent, FinishReason, ReadEvent } from "../chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";
import { readAnnotation, readLogprobs } from "./annotations.ts";
import { malformed, readStreamError } from "./failure.ts";
import { readUsage } from "./usage.ts";

type Emit = (event: ReadEvent) => void;

/** An item of the answer, as far as it was told. */
interface Item {
  readonly type: string;
  /** Its blocks are `key`, `key + 1` and so on: unlike those of any other item. */
  readonly key: number;
  isDone: boolean;
  /** Whether the call's name and id went out. */
  isAnnounced: boolean;
  /** Arguments that came before the call's name. */
  held: string;
  /** The content part that is told now; -1 before the first. */
  part: number;
  isPartDone: boolean;
  /** Whether the part's, the thought's or the call's own words were told. */
  hasWords: boolean;
  hasLogprobs: boolean;
  annotations: number;
  /** Which of a thought's two texts is told: its summary or its content. */
  thought: "summary" | "content" | null;
  /** The paragraph of the summary or content that is told now. */
  paragraph: number;
}

/** How many content parts an item can have: more than any does. */
export const partsPerItem = 1_024;

/**
 * Reads an answer item by item, in pieces or whole: whatever was not told before is told when the item is done, so that
 * a server which only sends whole items, or a plain answer, reads as a stream does.
 */
export class AnswerReader {
  readonly #blocks = new BlockSequencer();
  readonly #items = new Map<number | string, Item>();
  #count = 0;
  #hasStarted = false;
  #hasCalls = false;
  #isOver = false;

  /** Whether the answer's end or failure was told: nothing may follow. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes the answer's beginning; only the first counts. */
  start(response: JsonValue | undefined, emit: Emit): void {
    if (this.#hasStarted || !isJsonObject(response)) return;
    this.#hasStarted = true;
    const { id, model } = response;
    emit({ type: "start", id: typeof id === "string" ? id : undefined, model: typeof model === "string" ? model : undefined });
  }

  /** Takes the beginning of an item; one that has the place of another ends that one. */
  addItem(place: number | string, item: JsonObject, emit: Emit): void {
    const before = this.#items.get(place);
    if (before !== undefined && !before.isDone) this.#finishItem(before, {}, emit);
    this.#announce(this.#begin(place, item["type"]), item, emit);
  }

  /** Takes a piece of a message's text, and how likely its tokens were where that was asked for. */
  text(place: number | string, part: number, text: string, logprobs: JsonValue | undefined, emit: Emit): void {
    const item = this.#moveTo(this.#messageAt(place), part, emit);
    if (text !== "") this.#say(item, item.key + part, { type: "text", text }, emit);
    const tokens = readLogprobs(logprobs);
    if (tokens === undefined) return;
    item.hasLogprobs = true;
    this.#blocks.push(item.key + part, { type: "logprobs", tokens }, emit);
  }

  /** Takes a piece of a refusal. */
  refusal(place: number | string, part: number, text: string, emit: Emit): void {
    const item = this.#moveTo(this.#messageAt(place), part, emit);
    if (text !== "") this.#say(item, item.key + part, { type: "refusal", text }, emit);
  }

  /** Takes what a text cites. */
  annotation(place: number | string, part: number, annotation: JsonValue | undefined, emit: Emit): void {
    const item = this.#moveTo(this.#messageAt(place), part, emit);
    this.#cite(item, part, annotation, emit);
  }

  /** Takes a whole content part, which tells what its pieces left out. */
  partDone(place: number | string, index: number, part: JsonObject, emit: Emit): void {
    if (part["type"] !== "reasoning_text") this.#finishPart(this.#messageAt(place), index, part, emit);
  }

  /** Takes a piece of a thought's summary or, where there is none, of its text: one of the two, never both. */
  thought(place: number | string, kind: "summary" | "content", paragraph: number, text: string, emit: Emit): void {
    if (text !== "") this.#think(this.#items.get(place) ?? this.#begin(place, "reasoning"), kind, paragraph, text, emit);
  }

  #think(item: Item, kind: "summary" | "content", paragraph: number, text: string, emit: Emit): void {
    item.thought ??= kind;
    if (item.thought !== kind) return;
    const isNext = item.hasWords && item.paragraph !== paragraph;
    item.paragraph = paragraph;
    this.#say(item, item.key, { type: "reasoning", text: isNext ? `\n\n${text}` : text }, emit);
  }

  /** Takes a piece of a call's arguments, or of a custom call's input. */
  argument(place: number | string, text: string, emit: Emit): void {
    const item = this.#items.get(place) ?? this.#begin(place, "function_call");
    if (text === "") return;
    if (item.isAnnounced) this.#argue(item, text, emit);
    else item.held += text;
  }

  /** Takes a call's whole arguments, for a server that sent no pieces. */
  allArguments(place: number | string, text: string, emit: Emit): void {
    const item = this.#items.get(place);
    if (item === undefined || (!item.hasWords && item.held === "")) this.argument(place, text, emit);
  }

  /** Takes a whole item. */
  itemDone(place: number | string, item: JsonObject, emit: Emit): void {
    const known = this.#items.get(place);
    if (known?.isDone !== true) this.#finishItem(known ?? this.#begin(place, item["type"]), item, emit);
  }

  /** Takes the whole answer, as the last event or as a plain reply: tells usage and why it ended, or what failed. */
  finish(response: JsonObject, emit: Emit): void {
    const { status, error, output } = response;
    if (status === "failed" || (error !== undefined && error !== null)) return this.fail(error, emit);
    if (status !== undefined && status !== null && status !== "completed" && status !== "incomplete") {
      return this.fail({ message: `The answer is ${typeof status === "string" ? status : "in no state"}`, code: "server_error" }, emit);
    }
    this.start(response, emit);
    if (this.#items.size === 0 && Array.isArray(output)) {
      for (const [index, item] of (output as readonly JsonValue[]).entries()) if (isJsonObject(item)) this.itemDone(index, item, emit);
    }
    for (const item of this.#items.values()) if (!item.isDone) this.#finishItem(item, {}, emit);
    if (this.#isOver) return;
    this.#blocks.closeAll(emit);
    const usage = readUsage(response["usage"]);
    if (usage !== undefined) emit({ type: "usage", usage });
    emit({ type: "finish", reason: status === "incomplete" ? whyIncomplete(response) : this.#hasCalls ? "tool-calls" : "stop" });
    emit({ type: "end" });
    this.#isOver = true;
  }

  /** Takes what the provider says went wrong. */
  fail(error: JsonValue | undefined, emit: Emit): void {
    this.#isOver = true;
    emit({ type: "failure", failure: readStreamError(error) });
  }

  #begin(place: number | string, type: JsonValue | undefined): Item {
    const item: Item = {
      type: typeof type === "string" ? type : "",
      key: this.#count++ * partsPerItem,
      isDone: false,
      isAnnounced: false,
      held: "",
      part: -1,
      isPartDone: true,
      hasWords: false,
      hasLogprobs: false,
      annotations: 0,
      thought: null,
      paragraph: 0,
    };
    this.#items.set(place, item);
    return item;
  }

  #messageAt(place: number | string): Item {
    return this.#items.get(place) ?? this.#begin(place, "message");
  }

  /** Goes on to one of a message's content parts; one that is new ends the one before. */
  #moveTo(item: Item, part: number, emit: Emit): Item {
    if (part > item.part) {
      if (!item.isPartDone) this.#blocks.close(item.key + item.part, emit);
      item.part = part;
      item.isPartDone = false;
      item.hasWords = false;
      item.hasLogprobs = false;
      item.annotations = 0;
    }
    return item;
  }

  #say(item: Item, key: number, event: ContentEvent, emit: Emit): void {
    item.hasWords = true;
    this.#blocks.push(key, event, emit);
  }

  #cite(item: Item, part: number, annotation: JsonValue | undefined, emit: Emit): void {
    item.annotations++;
    const citation = readAnnotation(annotation);
    if (citation !== undefined) this.#blocks.push(item.key + part, { type: "citation", citation }, emit);
  }

  #finishPart(item: Item, index: number, part: JsonObject, emit: Emit): void {
    this.#moveTo(item, index, emit);
    if (index < item.part || item.isPartDone) return;
    const key = item.key + index;
    const { type, text, refusal, annotations } = part;
    if (type === "refusal" && !item.hasWords && typeof refusal === "string" && refusal !== "") {
      this.#say(item, key, { type: "refusal", text: refusal }, emit);
    }
    if (type !== "refusal" && !item.hasWords && typeof text === "string" && text !== "") {
      this.#say(item, key, { type: "text", text }, emit);
    }
    const tokens = item.hasLogprobs ? undefined : readLogprobs(part["logprobs"]);
    if (tokens !== undefined) this.#blocks.push(key, { type: "logprobs", tokens }, emit);
    const cited = Array.isArray(annotations) ? (annotations as readonly JsonValue[]) : [];
    while (item.annotations < cited.length) this.#cite(item, index, cited[item.annotations], emit);
    item.isPartDone = true;
    this.#blocks.close(key, emit);
  }

  #finishItem(item: Item, whole: JsonObject, emit: Emit): void {
    item.isDone = true;
    switch (item.type) {
      case "message":
        for (const [index, part] of partsOf(whole["content"]).entries()) {
          this.#finishPart(item, index, part, emit);
        }
        if (!item.isPartDone) this.#blocks.close(item.key + item.part, emit);
        break;
      case "reasoning":
        this.#finishThought(item, whole, emit);
        break;
      case "function_call":
      case "custom_tool_call":
        this.#finishCall(item, whole, emit);
        break;
      case "image_generation_call":
        this.#finishImage(item, whole, emit);
        break;
      default:
        // What the provider's own tools did: the client is told nothing of it, as none of its tools is meant.
        break;
    }
  }

  #finishThought(item: Item, whole: JsonObject, emit: Emit): void {
    const told = item.hasWords;
    for (const kind of ["summary", "content"] as const) {
      if (told) break;
      for (const [index, part] of partsOf(whole[kind]).entries()) {
        const { text } = part;
        if (typeof text === "string" && text !== "") this.#think(item, kind, index, text, emit);
      }
    }
    const { id, encrypted_content: value } = whole;
    if (typeof value === "string" && value !== "") {
      const signature = {
        maker: "openai",
        value,
        id: typeof id === "string" ? id : undefined,
        isRedacted: item.hasWords ? undefined : true,
      } as const;
      this.#blocks.push(item.key, { type: "signature", signature }, emit);
    }
    this.#blocks.close(item.key, emit);
  }

  #finishCall(item: Item, whole: JsonObject, emit: Emit): void {
    this.#announce(item, whole, emit);
    if (!item.isAnnounced) {
      // A call that the end cut off before its name is none.
      if (whole["type"] === undefined) return;
      this.#isOver = true;
      emit({ type: "failure", failure: malformed("a tool call without a name") });
      return;
    }
    const all = item.type === "custom_tool_call" ? whole["input"] : whole["arguments"];
    if (!item.hasWords && typeof all === "string" && all !== "") this.#argue(item, all, emit);
    // Some servers send the arguments parsed.
    if (!item.hasWords && isJsonObject(all)) this.#argue(item, JSON.stringify(all), emit);
    if (item.type === "custom_tool_call") this.#blocks.push(item.key, { type: "arguments", json: '"}' }, emit);
    this.#blocks.close(item.key, emit);
  }

  /** Tells of a call as soon as its name and id are known, which may be at its end. */
  #announce(item: Item, whole: JsonObject, emit: Emit): void {
    const isCustom = item.type === "custom_tool_call";
    if (item.isAnnounced || (!isCustom && item.type !== "function_call")) return;
    const { name } = whole;
    const id = typeof whole["call_id"] === "string" && whole["call_id"] !== "" ? whole["call_id"] : item.isDone ? whole["id"] : undefined;
    if (typeof name !== "string" || name === "" || typeof id !== "string") return;
    item.isAnnounced = true;
    this.#hasCalls = true;
    this.#blocks.push(item.key, { type: "tool-call", id, name }, emit);
    // The input of a custom call goes on as the one string of a function that stands for it.
    if (isCustom) this.#blocks.push(item.key, { type: "arguments", json: '{"input":"' }, emit);
    if (item.held !== "") this.#argue(item, item.held, emit);
    item.held = "";
  }

  #argue(item: Item, text: string, emit: Emit): void {
    const json = item.type === "custom_tool_call" ? JSON.stringify(text).slice(1, -1) : text;
    this.#say(item, item.key, { type: "arguments", json }, emit);
  }

  #finishImage(item: Item, { result, output_format: format }: JsonObject, emit: Emit): void {
    if (typeof result !== "string" || result === "") return;
    const mediaType = `image/${typeof format === "string" ? format : "png"}`;
    this.#blocks.push(item.key, { type: "media", mediaType, data: result }, emit);
    this.#blocks.close(item.key, emit);
  }
}

/** The API's own reason; one that is unknown says at least that the answer was cut short. */
function whyIncomplete(response: JsonObject): FinishReason {
  const details = response["incomplete_details"];
  return isJsonObject(details) && details["reason"] === "content_filter" ? "content-filter" : "length";
}

function partsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter(isJsonObject) : [];
}
