import type { Frame } from "#core/wire/frame.ts";
import type { Citation, ReadEvent } from "../chat.ts";
import type { ReplyReader } from "../dialect.ts";
import { readFileUrl } from "../files.ts";
import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from "../json.ts";
import { readAnnotations, readSources } from "./citations.ts";
import { CallCollector } from "./collect-calls.ts";
import { readLateFailure } from "./failure.ts";
import { isBreak, readFinishReason } from "./finish-reason.ts";
import { readLogprobs } from "./logprobs.ts";
import { readReasoningDetails } from "./reasoning-details.ts";
import { readUsage } from "./usage.ts";

type Emit = (event: ReadEvent) => void;

/**
 * Opens a reader for a stream of `chat.completion.chunk` objects, as OpenAI and the many who follow it send them.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function openReader(): ReplyReader {
  return new ChatReader();
}

/** Reads a whole `chat.completion` into the events that the equal stream would give. */
export function readReply(body: JsonObject): readonly ReadEvent[] {
  const events: ReadEvent[] = [];
  const emit: Emit = (event) => void events.push(event);
  const reader = new ChatReader();
  reader.readWhole(body, emit);
  return events;
}

class ChatReader implements ReplyReader {
  #started = false;
  #failed = false;
  #finished = false;
  /** What stands beside the choices is repeated in each chunk: the last one is said, once. */
  #sources: readonly Citation[] = [];
  #saidSources = false;
  #detailIndex: number | undefined;
  readonly #calls = new CallCollector();

  read(frame: Frame, emit: Emit): void {
    if (this.#failed) return;
    const { data } = frame;
    if (data === "" || data.startsWith("[DONE]")) {
      if (data !== "") this.#end(emit);
      return;
    }
    const chunk = parseJsonObject(data);
    if (chunk === null) return this.#fail("a frame that is no JSON object", emit);
    if (frame.event === "error" && chunk["error"] === undefined) return this.#failWith(chunk, emit);
    this.#readChunk(chunk, emit);
  }

  end(emit: Emit): void {
    if (!this.#failed && this.#finished) this.#sayRest(emit);
  }

  readWhole(body: JsonObject, emit: Emit): void {
    if (isError(body)) return this.#failWith(body, emit);
    const choice = firstChoice(body["choices"]);
    if (choice === null || !isJsonObject(choice["message"])) return this.#fail("an answer without a message", emit);
    this.#start(body, emit);
    const sources = readSources(body);
    if (sources.length > 0) this.#sources = sources;
    this.#readDelta(choice["message"], choice, true, emit);
    if (this.#failed) return;
    const reason = choice["finish_reason"];
    // A whole answer has ended, whether it says so or not.
    this.#finish(typeof reason === "string" && reason !== "" ? reason : "stop", body, emit);
    if (this.#failed) return;
    this.#readUsage(body, choice, emit);
    this.#end(emit);
  }

  #readChunk(chunk: JsonObject, emit: Emit): void {
    if (isError(chunk)) return this.#failWith(chunk, emit);
    const choices = chunk["choices"];
    if (choices !== undefined && choices !== null && !Array.isArray(choices)) return this.#fail("choices that are no list", emit);
    const choice = firstChoice(choices);
    if (!this.#started) this.#start(chunk, emit);
    if (chunk["search_results"] !== undefined || chunk["citations"] !== undefined) {
      const sources = readSources(chunk);
      if (sources.length > 0) this.#sources = sources;
    }
    if (choice !== null) {
      const delta = choice["delta"];
      if (isJsonObject(delta)) this.#readDelta(delta, choice, false, emit);
      if (this.#failed) return;
      const reason = choice["finish_reason"];
      if (typeof reason === "string" && reason !== "" && !this.#finished) this.#finish(reason, chunk, emit);
      if (this.#failed) return;
    }
    this.#readUsage(chunk, choice, emit);
  }

  /** Azure's first chunk has neither id nor choices, only what its filter thought of the prompt. */
  #start(chunk: JsonObject, emit: Emit): void {
    const { id, model } = chunk;
    const knows = typeof id === "string" && id !== "";
    if (!knows && firstChoice(chunk["choices"]) === null) return;
    this.#started = true;
    emit({
      type: "start",
      ...(knows ? { id } : {}),
      ...(typeof model === "string" && model !== "" ? { model } : {}),
    });
  }

  #readDelta(delta: JsonObject, choice: JsonObject, isWhole: boolean, emit: Emit): void {
    this.#readReasoning(delta, emit);
    const { content } = delta;
    if (typeof content === "string") {
      if (content !== "") this.#say("text", content, emit);
    } else if (Array.isArray(content)) {
      for (const part of content as readonly JsonValue[]) this.#readPart(part, emit);
    } else if (content !== undefined && content !== null) {
      return this.#fail("content that is neither a string nor a list", emit);
    }
    const { refusal } = delta;
    if (typeof refusal === "string" && refusal !== "") this.#say("refusal", refusal, emit);
    const { logprobs } = choice;
    if (logprobs !== undefined && logprobs !== null) {
      const tokens = readLogprobs(logprobs);
      if (tokens.length > 0) emit({ type: "logprobs", tokens });
    }
    const { annotations, images, tool_calls: calls, function_call: legacyCall } = delta;
    if (annotations !== undefined) for (const citation of readAnnotations(annotations)) emit({ type: "citation", citation });
    // Said before any call, so that it belongs to the text.
    if (isWhole || Array.isArray(calls)) this.#saySources(emit);
    if (Array.isArray(images)) for (const image of images as readonly JsonValue[]) this.#readImage(image, emit);
    if (calls !== undefined && calls !== null) {
      if (!Array.isArray(calls)) return this.#fail("tool_calls that are no list", emit);
      let place = 0;
      for (const call of calls as readonly JsonValue[]) this.#failFor(this.#calls.take(call, isWhole ? place++ : null, emit), emit);
    } else if (isJsonObject(legacyCall)) {
      this.#failFor(this.#calls.takeLegacy(legacyCall, emit), emit);
    }
  }

  #say(type: "text" | "reasoning" | "refusal", text: string, emit: Emit): void {
    if (this.#calls.isOpen) this.#calls.yieldTo(type, { type, text }, emit);
    else emit({ type, text });
  }

  /** `reasoning_content` (DeepSeek and most), `reasoning` (OpenRouter, Groq, vLLM) or the text of `reasoning_details`: often two of them say the same. */
  #readReasoning(delta: JsonObject, emit: Emit): void {
    const { reasoning_content: content, reasoning, reasoning_details: details } = delta;
    const plain = typeof content === "string" && content !== "" ? content : typeof reasoning === "string" ? reasoning : "";
    if (details === undefined || details === null) {
      if (plain !== "") this.#say("reasoning", plain, emit);
      return;
    }
    const entries = readReasoningDetails(details);
    if (plain !== "" && entries.every(({ text }) => text === "")) this.#say("reasoning", plain, emit);
    for (const { text, signature, id, index } of entries) {
      if (signature?.maker === "google" && id !== undefined && callsHave(delta["tool_calls"], id)) {
        this.#calls.sign(id, signature);
        continue;
      }
      const isOther = this.#detailIndex !== undefined && index !== undefined && index !== this.#detailIndex;
      if (isOther && !this.#calls.isOpen) emit({ type: "block-end" });
      this.#detailIndex = index;
      if (text !== "") this.#say("reasoning", text, emit);
      if (signature !== undefined && !this.#calls.isOpen) emit({ type: "signature", signature });
    }
  }

  /** A part of Mistral's content list: https://docs.mistral.ai/capabilities/reasoning */
  #readPart(part: JsonValue, emit: Emit): void {
    if (!isJsonObject(part)) return;
    const { type, text, thinking } = part;
    if (type === "text" && typeof text === "string") {
      if (text !== "") this.#say("text", text, emit);
    } else if (type === "thinking") {
      if (typeof thinking === "string" && thinking !== "") this.#say("reasoning", thinking, emit);
      if (!Array.isArray(thinking)) return;
      for (const piece of thinking as readonly JsonValue[]) {
        const words = isJsonObject(piece) ? piece["text"] : undefined;
        if (typeof words === "string" && words !== "") this.#say("reasoning", words, emit);
      }
    } else if (type === "image_url") {
      this.#readImage(part, emit);
    }
  }

  /** An image that the model made (OpenRouter's `images`): https://openrouter.ai/docs/features/multimodal/image-generation */
  #readImage(image: JsonValue, emit: Emit): void {
    const place = isJsonObject(image) ? image["image_url"] : undefined;
    const url = isJsonObject(place) ? place["url"] : place;
    if (typeof url !== "string" || url === "") return;
    const source = readFileUrl(url);
    if (source.kind === "data") emit({ type: "media", mediaType: source.mediaType, data: source.data });
    // Nothing is fetched: an address is handed on as one.
    else this.#say("text", `![image](${url})`, emit);
  }

  /**
   * OpenAI's `usage`; Groq keeps it one level down (https://console.groq.com/docs/api-reference#chat-create), Moonshot
   * in the choice (https://platform.moonshot.ai/docs/api/chat).
   */
  #readUsage(chunk: JsonObject, choice: JsonObject | null, emit: Emit): void {
    const groq = chunk["x_groq"];
    const found = chunk["usage"] ?? (isJsonObject(groq) ? groq["usage"] : undefined) ?? choice?.["usage"];
    if (found === undefined || found === null) return;
    const usage = readUsage(found);
    if (usage !== undefined) emit({ type: "usage", usage });
  }

  #finish(reason: string, body: JsonObject, emit: Emit): void {
    if (isBreak(reason)) {
      const status = reason === "error" ? 502 : 503;
      this.#failed = true;
      emit({ type: "failure", failure: isError(body) ? readLateFailure(body) : { status, message: "", code: reason } });
      return;
    }
    if (this.#failFor(this.#calls.finish(emit), emit)) return;
    this.#saySources(emit);
    this.#finished = true;
    const read = readFinishReason(reason);
    emit({ type: "finish", reason: read === "tool-calls" && !this.#calls.hasCalls ? "stop" : read });
  }

  /** What came after the reason: late pieces of calls, and the sources that only the last chunk names. */
  #sayRest(emit: Emit): void {
    if (this.#failFor(this.#calls.finish(emit), emit)) return;
    this.#saySources(emit);
  }

  #saySources(emit: Emit): void {
    if (this.#sources.length === 0 || this.#saidSources || this.#calls.hasCalls) return;
    this.#saidSources = true;
    for (const citation of this.#sources) emit({ type: "citation", citation });
  }

  /** `[DONE]` without a reason is an end too, unless it cuts a call in two: a client would run that. */
  #end(emit: Emit): void {
    if (this.#finished) this.#sayRest(emit);
    else if (this.#started && this.#calls.areWhole()) this.#finish("stop", {}, emit);
    if (!this.#failed) emit({ type: "end" });
  }

  #failFor(what: string | null, emit: Emit): boolean {
    if (what !== null) this.#fail(what, emit);
    return what !== null;
  }

  #fail(what: string, emit: Emit): void {
    if (this.#failed) return;
    this.#failed = true;
    emit({ type: "failure", failure: { status: 502, message: `The provider sent ${what}`, code: "upstream_invalid" } });
  }

  #failWith(body: JsonObject, emit: Emit): void {
    this.#failed = true;
    emit({ type: "failure", failure: readLateFailure(body) });
  }
}

/** The first choice, or the one with index 0: a second answer (`n`) was never asked for in a translation. */
function firstChoice(choices: JsonValue | undefined): JsonObject | null {
  if (!Array.isArray(choices)) return null;
  for (const choice of choices as readonly JsonValue[]) {
    if (!isJsonObject(choice)) continue;
    const { index } = choice;
    if (index === undefined || index === null || index === 0) return choice;
  }
  return null;
}

/** Whether an object stands for an error: `{error}`, or vLLM's and Mistral's bare `{object: "error", message}`. */
function isError(body: JsonObject): boolean {
  const { error } = body;
  if (isJsonObject(error) || (typeof error === "string" && error !== "")) return true;
  return body["choices"] === undefined && (body["object"] === "error" || body["type"] === "error" || typeof body["detail"] === "string");
}

function callsHave(calls: JsonValue | undefined, id: string): boolean {
  return Array.isArray(calls) && (calls as readonly JsonValue[]).some((call) => isJsonObject(call) && call["id"] === id);
}
