import type { ContentEvent, Signature } from "../chat.ts";
import { BlockSequencer } from "../block-sequencer.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../json.ts";

type Emit = (event: ContentEvent) => void;

interface Call {
  readonly key: number;
  readonly index: number | undefined;
  id: string;
  name: string;
  signature: Signature | undefined;
  /** A `custom` call: its input is free text and becomes the one string of an object. */
  isCustom: boolean;
  /** Whether the client has heard of it. */
  isAnnounced: boolean;
  /** What came of it: held until it can be announced, then kept to tell when the JSON is complete. */
  arguments: string;
}

/**
 * Collects the tool calls of a stream, whose pieces come in any order and with anything missing: the name late, repeated
 * or null; no `index` but distinct ids; one index for several ids; the arguments whole, as an object, or of two calls by
 * turns. A call is announced when its name and id are known, and one call at a time is open.
 */
export class CallCollector {
  /** Whether a call has come. */
  hasCalls = false;
  readonly #calls: Call[] = [];
  readonly #sequencer = new BlockSequencer();
  readonly #signatures = new Map<string, Signature>();
  readonly #announcedIds = new Set<string>();
  #legacyId = "";

  /** Whether a call is open, so that anything else has to wait or to close it. */
  get isOpen(): boolean {
    return this.#sequencer.open !== null;
  }

  /**
   * Takes one entry of `tool_calls`.
   *
   * @param place where it stands in a whole message; null in a stream, where `index` tells
   * @returns what is wrong with it; null where nothing is
   */
  take(entry: JsonValue, place: number | null, emit: Emit): string | null {
    if (!isJsonObject(entry)) return "a tool call that is no object";
    if (isProviderRun(entry)) return null;
    const isCustom = entry["type"] === "custom" || isJsonObject(entry["custom"]);
    const body = isCustom ? entry["custom"] : entry["function"];
    const of = isJsonObject(body) ? body : entry;
    const id = textOf(entry["id"]);
    const name = textOf(of["name"]);
    const call = this.#find(place ?? numberOf(entry["index"]), id, name);
    if (isCustom) call.isCustom = true;
    if (call.id === "") call.id = id;
    if (call.name === "") call.name = name;
    call.signature ??= readThoughtSignature(entry);
    const piece = pieceOf(of[isCustom ? "input" : "arguments"]);
    if (piece === null) return "tool call arguments that are neither a string nor an object";
    this.#add(call, piece, emit);
    return null;
  }

  /** Takes a piece of the one call of the time before `tool_calls`. */
  takeLegacy(entry: JsonObject, emit: Emit): string | null {
    if (this.#legacyId === "") this.#legacyId = newCallId();
    return this.take({ index: 0, id: this.#legacyId, function: entry }, null, emit);
  }

  /** Takes the signature of a call that is yet to come. */
  sign(id: string, signature: Signature): void {
    this.#signatures.set(id, signature);
  }

  /** Whether every call could be run as it stands: nobody has cut it off. */
  areWhole(): boolean {
    return this.#calls.every(({ isCustom, arguments: json }) => !isCustom && (json === "" || isWhole(json)));
  }

  /** Lets another block begin: closes the open calls if their arguments are complete. */
  yieldTo(key: string, event: ContentEvent, emit: Emit): void {
    if (this.#sequencer.open !== key) this.#closeComplete(emit);
    if (this.#sequencer.open === null) emit(event);
    else this.#sequencer.push(key, event, emit);
  }

  /**
   * Says what was held back, and closes every call.
   *
   * @returns what is wrong with one of them; null where nothing is
   */
  finish(emit: Emit): string | null {
    for (const call of this.#calls) {
      if (call.isAnnounced) continue;
      // Some send an empty entry with the last chunk.
      if (call.name === "" && call.id === "" && call.arguments === "") continue;
      if (call.name === "") return "a tool call without a name";
      if (call.id === "") call.id = newCallId();
      this.#announce(call, emit);
    }
    for (const call of this.#calls)
      if (call.isCustom && call.isAnnounced) this.#sequencer.push(call.key, { type: "arguments", json: '"}' }, emit);
    this.#calls.length = 0;
    this.#sequencer.closeAll(emit);
    return null;
  }

  #find(index: number | undefined, id: string, name: string): Call {
    const last = this.#calls.at(-1);
    if (index === undefined) {
      const known = id === "" ? undefined : this.#calls.findLast((call) => call.id === id);
      if (known !== undefined) return known;
      return last !== undefined && goesOn(last, id, name) ? last : this.#begin(index);
    }
    const known = this.#calls.findLast((call) => call.index === index);
    // Google's endpoint has sent index 0 for each of several whole calls.
    const isAnother = known !== undefined && id !== "" && name !== "" && known.id !== "" && known.id !== id && known.name !== "";
    return known === undefined || isAnother ? this.#begin(index) : known;
  }

  #begin(index: number | undefined): Call {
    const call: Call = {
      key: this.#calls.length,
      index,
      id: "",
      name: "",
      signature: undefined,
      isCustom: false,
      isAnnounced: false,
      arguments: "",
    };
    this.#calls.push(call);
    return call;
  }

  #add(call: Call, piece: string, emit: Emit): void {
    call.arguments += piece;
    if (!call.isAnnounced) {
      if (call.name !== "" && call.id !== "") this.#announce(call, emit);
    } else if (piece !== "") {
      this.#push(call, piece, emit);
    }
  }

  #announce(call: Call, emit: Emit): void {
    call.isAnnounced = true;
    this.hasCalls = true;
    this.#closeComplete(emit);
    const { name } = call;
    const signature = call.signature ?? this.#signatures.get(call.id);
    // Two calls under one id could not be told apart when their results come back.
    const id = this.#announcedIds.has(call.id) ? newCallId() : call.id;
    this.#announcedIds.add(id);
    this.#sequencer.push(
      call.key,
      signature === undefined ? { type: "tool-call", id, name } : { type: "tool-call", id, name, signature },
      emit,
    );
    if (call.isCustom) this.#sequencer.push(call.key, { type: "arguments", json: '{"input":"' }, emit);
    if (call.arguments !== "") this.#push(call, call.arguments, emit);
  }

  #push(call: Call, piece: string, emit: Emit): void {
    this.#sequencer.push(call.key, { type: "arguments", json: call.isCustom ? JSON.stringify(piece).slice(1, -1) : piece }, emit);
  }

  /** A call whose arguments are whole has ended, though nobody says so; only then can the next be passed on as it comes. */
  #closeComplete(emit: Emit): void {
    const open = this.#sequencer.open;
    if (open === null) return;
    const call = typeof open === "number" ? this.#calls[open] : undefined;
    if (call !== undefined && (call.isCustom || !isWhole(call.arguments))) return;
    // A closed call's text is needed no more, and may be a whole file.
    if (call !== undefined) call.arguments = "";
    this.#sequencer.close(open, emit);
  }
}

/** Reads `extra_content` of a call, where Google's endpoint signs: https://ai.google.dev/gemini-api/docs/thought-signatures#openai */
export function readThoughtSignature(entry: JsonObject): Signature | undefined {
  const extra = entry["extra_content"];
  const google = isJsonObject(extra) ? extra["google"] : undefined;
  const value = isJsonObject(google) ? textOf(google["thought_signature"]) : "";
  return value === "" ? undefined : { maker: "google", value };
}

/** Whether an entry tells of a tool that the provider has run itself: no client could answer it. */
function isProviderRun({ type, function: body }: JsonObject): boolean {
  return typeof type === "string" && type !== "" && type !== "function" && type !== "custom" && !isJsonObject(body);
}

/** Whether an entry without an index belongs to the call before it. */
function goesOn(last: Call, id: string, name: string): boolean {
  if (id !== "") return last.id === "" && name === "";
  return name === "" || last.name === "" || (name === last.name && last.arguments !== "" && !isWhole(last.arguments));
}

function newCallId(): string {
  return `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}

function pieceOf(value: JsonValue | undefined): string | null {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  return isJsonObject(value) ? JSON.stringify(value) : null;
}

function isWhole(json: string): boolean {
  if (!json.trimEnd().endsWith("}")) return false;
  try {
    return isJsonObject(JSON.parse(json));
  } catch {
    return false;
  }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}
