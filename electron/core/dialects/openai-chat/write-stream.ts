import type { Frame } from "#core/wire/frame.ts";
import type { Citation, CloseEvent, Failure, Signature, StartEvent, WriteEvent } from "../chat.ts";
import type { ReplyMeta, ReplyWriter } from "../dialect.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { writeAnnotation } from "./citations.ts";
import { writeBlockDelta, writeProof } from "./content-blocks.ts";
import { readCustomInput } from "./custom-input.ts";
import { writeFailure } from "./failure.ts";
import { writeFinishReason } from "./finish-reason.ts";
import { writeLogprobs } from "./logprobs.ts";
import { writeReasoningDetail } from "./reasoning-details.ts";
import { readFlavour } from "./reply-flavour.ts";
import { writeUsage } from "./usage.ts";

type Emit = (frame: Frame) => void;

/**
 * Opens a writer of `chat.completion.chunk` objects: the role first, then the deltas as they come, the reason in a chunk
 * of its own, usage only for who asked for it, and `[DONE]`. A stream that broke ends with an error and no `[DONE]`.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export function openWriter(meta: ReplyMeta): ReplyWriter {
  return new ChatWriter(meta);
}

class ChatWriter implements ReplyWriter {
  readonly #meta: ReplyMeta;
  readonly #flavour: ReturnType<typeof readFlavour>;
  readonly #customTools: ReadonlySet<string>;
  readonly #wantsUsage: boolean;
  /** Whether each piece is told a second time, as one of its block. */
  readonly #hasBlocks: boolean;
  readonly #closing: string;
  /** What every chunk begins with: up to its choices, and up to its delta; and what follows on that. */
  #opening = "";
  #head = "";
  #tail = "";
  /** What the pieces of the open call stand between; empty where they are left out. */
  #callHead = "";
  #callTail = "";
  #calls = -1;
  /** Blocks of every kind that are closed. */
  #block = 0;
  /** The input of the open `custom` call, which is unpacked at its end; null for a function. */
  #customJson: string | null = null;
  #annotations: JsonObject[] = [];
  #images = 0;
  #thoughts = 0;
  #isThinking = false;
  /** Characters of the text so far, and where the open text began: citations count in them. */
  #length = 0;
  #textStart = 0;
  #isText = false;

  constructor(meta: ReplyMeta) {
    this.#meta = meta;
    this.#flavour = readFlavour(meta.body);
    this.#hasBlocks = meta.isStrict === false;
    this.#customTools = new Set(meta.request.tools.flatMap((tool) => (tool.kind === "custom" ? [tool.name] : [])));
    const options = meta.body["stream_options"];
    this.#wantsUsage = isJsonObject(options) && options["include_usage"] === true;
    // Who asked for usage finds the field in every chunk.
    this.#closing = this.#wantsUsage ? '],"usage":null}' : "]}";
  }

  write(event: WriteEvent, emit: Emit): void {
    switch (event.type) {
      case "text":
        if (!this.#isText) this.#beginText();
        this.#length += event.text.length;
        return this.#writeText(event.text, emit);
      case "reasoning":
        this.#isThinking = true;
        return this.#writeReasoning(event.text, emit);
      case "arguments":
        if (this.#customJson !== null) this.#customJson += event.json;
        else if (this.#callHead !== "" && event.json !== "")
          emit({ event: null, data: this.#callHead + JSON.stringify(event.json) + this.#callTail });
        return;
      case "refusal":
        return emit({ event: null, data: `${this.#head}{"refusal":${JSON.stringify(event.text)}}${this.#tail}` });
      case "tool-call":
        return this.#beginCall(event.id, event.name, event.signature, emit);
      case "block-end":
        return this.#endBlock(emit);
      case "start":
        return this.#start(event, emit);
      case "signature":
        this.#isThinking = true;
        return this.#writeProof(event.signature, emit);
      case "citation":
        return this.#cite(event.citation);
      case "logprobs":
        return this.#writeChoice({ delta: {}, logprobs: writeLogprobs(event.tokens), finish_reason: null }, emit);
      case "media":
        if (!event.mediaType.startsWith("image/")) return;
        return this.#writeDelta(
          {
            images: [{ type: "image_url", index: this.#images++, image_url: { url: `data:${event.mediaType};base64,${event.data}` } }],
          },
          emit,
        );
      case "close":
        return this.#close(event, emit);
      default:
        event satisfies never;
    }
  }

  fail(failure: Failure, emit: Emit): void {
    emit({ event: null, data: JSON.stringify(writeFailure({ ...failure, code: failure.code ?? "upstream_error" })) });
  }

  #start(event: StartEvent, emit: Emit): void {
    const opening: JsonObject = {
      id: event.id ?? this.#meta.newId("chatcmpl-"),
      object: "chat.completion.chunk",
      created: this.#meta.nowSeconds,
      model: event.model ?? this.#meta.request.model,
    };
    this.#opening = `${JSON.stringify(opening).slice(0, -1)},"choices":[`;
    this.#head = `${this.#opening}{"index":0,"delta":`;
    this.#tail = `,"logprobs":null,"finish_reason":null}${this.#closing}`;
    emit({ event: null, data: `${this.#head}{"role":"assistant","content":"","refusal":null}${this.#tail}` });
  }

  #writeText(text: string, emit: Emit): void {
    const json = JSON.stringify(text);
    const blocks = this.#hasBlocks ? `,"content_blocks":[{"index":${this.#block},"delta":{"text":${json}}}]` : "";
    emit({ event: null, data: `${this.#head}{"content":${json}${blocks}}${this.#tail}` });
  }

  #writeReasoning(text: string, emit: Emit): void {
    const json = JSON.stringify(text);
    const blocks = this.#hasBlocks ? `,"content_blocks":[{"index":${this.#block},"delta":{"thinking":${json}}}]` : "";
    const data = this.#flavour.hasDetails
      ? `${this.#head}{"reasoning":${json},"reasoning_details":[{"type":"reasoning.text","text":${json},"index":${this.#thoughts}}]${blocks}}${this.#tail}`
      : `${this.#head}{"reasoning_content":${json}${blocks}}${this.#tail}`;
    emit({ event: null, data });
  }

  #writeProof(signature: Signature, emit: Emit): void {
    if (!this.#flavour.hasDetails && !this.#hasBlocks) return;
    this.#writeDelta(
      {
        ...(this.#flavour.hasDetails ? { reasoning_details: [writeReasoningDetail("", signature, this.#thoughts)] } : {}),
        ...(this.#hasBlocks ? writeBlockDelta(this.#block, writeProof(signature)) : {}),
      },
      emit,
    );
  }

  #beginText(): void {
    this.#isText = true;
    this.#textStart = this.#length;
  }

  #beginCall(id: string, name: string, signature: Signature | undefined, emit: Emit): void {
    this.#writeAnnotations(emit);
    const index = ++this.#calls;
    if (this.#flavour.isLegacy) {
      // There is place for one call only; the request asked for no more.
      this.#callHead = "";
      if (index > 0) return;
      this.#setCall('{"function_call":{"arguments":', "}}");
      return this.#writeDelta({ function_call: { name, arguments: "" } }, emit);
    }
    if (this.#customTools.has(name)) {
      this.#customJson = "";
      return this.#writeDelta({ tool_calls: [{ index, id, type: "custom", custom: { name, input: "" } }] }, emit);
    }
    this.#setCall(`{"tool_calls":[{"index":${index},"function":{"arguments":`, "}}]}");
    const extra = signature?.maker === "google" ? { google: { thought_signature: signature.value } } : undefined;
    this.#writeDelta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" }, extra_content: extra }] }, emit);
  }

  #setCall(before: string, behind: string): void {
    this.#callHead = this.#head + before;
    this.#callTail = behind + this.#tail;
  }

  #endBlock(emit: Emit): void {
    this.#isText = false;
    this.#block++;
    if (this.#isThinking) this.#thoughts++;
    this.#isThinking = false;
    if (this.#customJson === null) return;
    const input = readCustomInput(this.#customJson);
    this.#customJson = null;
    if (input !== "") this.#writeDelta({ tool_calls: [{ index: this.#calls, custom: { input } }] }, emit);
  }

  /** OpenAI names all sources in one delta behind the text, and its SDK keeps the last such delta alone. */
  #cite(citation: Citation): void {
    if (!this.#isText) this.#beginText();
    const start = this.#textStart + (citation.start ?? 0);
    const end = citation.end === undefined ? this.#length : this.#textStart + citation.end;
    const annotation = writeAnnotation(citation, { start, end });
    if (annotation !== undefined) this.#annotations.push(annotation);
  }

  #writeAnnotations(emit: Emit): void {
    if (this.#annotations.length > 0) this.#writeDelta({ annotations: this.#annotations }, emit);
    this.#annotations = [];
  }

  #close(event: CloseEvent, emit: Emit): void {
    this.#writeAnnotations(emit);
    const reason = this.#flavour.isLegacy && event.reason === "tool-calls" ? "function_call" : writeFinishReason(event.reason);
    this.#writeChoice({ delta: {}, logprobs: null, finish_reason: reason }, emit);
    const usage = this.#wantsUsage ? writeUsage(event.usage) : undefined;
    if (usage !== undefined) emit({ event: null, data: `${this.#opening}],"usage":${JSON.stringify(usage)}}` });
    emit({ event: null, data: "[DONE]" });
  }

  #writeDelta(delta: JsonObject, emit: Emit): void {
    emit({ event: null, data: this.#head + JSON.stringify(delta) + this.#tail });
  }

  /** A chunk whose choice says more than its delta. */
  #writeChoice(choice: JsonObject, emit: Emit): void {
    emit({ event: null, data: this.#opening + JSON.stringify({ index: 0, ...choice }) + this.#closing });
  }
}
