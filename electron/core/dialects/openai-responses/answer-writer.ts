import type { CloseEvent, Failure, StartEvent, TokenLogprob, WriteEvent } from "../chat.ts";
import type { ReplyMeta, ReplyWriter } from "../dialect.ts";
import type { JsonObject } from "../json.ts";
import { writeLogprobs } from "./annotations.ts";
import { findCallRoutes, type CallRoute } from "./call-routes.ts";
import { CallWriter } from "./call-writer.ts";
import { EventLine, type ItemStatus, type Send } from "./event-line.ts";
import { writeResponseError, writeStreamError } from "./failure.ts";
import { MessageWriter } from "./message-writer.ts";
import { echoRequest, writeResponseState, type ResponseState } from "./response-object.ts";
import { ThoughtWriter } from "./thought-writer.ts";
import { writeUsage } from "./usage.ts";

/**
 * Writes an answer as the events of the Responses API, in the order that OpenAI's clients expect: items one behind the
 * other with ascending indexes, each opened, told in pieces, and closed with its whole text.
 *
 * A message is closed when something else begins, so that the texts of an answer are parts of one message. So is a
 * call: clients run it when it is done, and only what follows tells whether its arguments were cut off.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class AnswerWriter implements ReplyWriter {
  readonly #meta: ReplyMeta;
  readonly #echo: JsonObject;
  /** Without the opening brace. It may be large (instructions, tools), and goes into three events. */
  readonly #echoJson: string;
  readonly #routes: ReadonlyMap<string, CallRoute>;
  readonly #wantsLogprobs: boolean;
  readonly #line = new EventLine();
  readonly #output: JsonObject[] = [];
  #id = "";
  #model = "";
  /** How many items have begun. */
  #items = 0;
  #open: MessageWriter | ThoughtWriter | CallWriter | null = null;
  /** Text that may yet be told how likely it was, and logprobs whose text is still to come. */
  #heldText: string | null = null;
  #heldLogprobs: readonly TokenLogprob[] = [];
  /** The last state that was told. */
  #state: ResponseState | null = null;

  constructor(meta: ReplyMeta) {
    this.#meta = meta;
    this.#echo = echoRequest(meta);
    this.#echoJson = JSON.stringify(this.#echo).slice(1);
    this.#routes = findCallRoutes(meta);
    this.#wantsLogprobs = meta.request.logprobs !== undefined;
  }

  /** The whole answer as it was told last. */
  get response(): JsonObject {
    return this.#state === null ? this.#echo : { ...writeResponseState(this.#state), ...this.#echo };
  }

  write(event: WriteEvent, emit: Send): void {
    switch (event.type) {
      case "text":
        if (this.#wantsLogprobs) this.#textWithLogprobs(event.text, emit);
        else this.#message(emit).text(event.text, emit);
        break;
      case "reasoning":
        this.#thought(emit).text(event.text, emit);
        break;
      case "arguments":
        if (this.#open?.kind === "call") this.#open.arguments(event.json, emit);
        break;
      case "tool-call":
        this.#openCall(event.id, event.name, emit);
        break;
      case "refusal":
        this.#flushText(emit);
        this.#message(emit).refusal(event.text, emit);
        break;
      case "signature":
        this.#thought(emit).sign(event.signature);
        break;
      case "citation":
        this.#flushText(emit);
        this.#message(emit).citation(event.citation, emit);
        break;
      case "logprobs":
        if (this.#wantsLogprobs) this.#logprobs(event.tokens, emit);
        break;
      case "media":
        this.#media(event.mediaType, event.data, emit);
        break;
      case "block-end":
        this.#flushText(emit);
        if (this.#open?.kind === "message") this.#open.endPart(emit);
        else if (this.#open?.kind === "thought") this.#closeItem(emit);
        break;
      case "start":
        this.#start(event, emit);
        break;
      case "close":
        this.#close(event, emit);
        break;
      default:
        event satisfies never;
    }
  }

  /** Tells of a failure twice, as OpenAI does: its own package throws at the first event, Codex reads only the second. */
  fail(failure: Failure, emit: Send): void {
    if (this.#id === "") this.#start({ type: "start" }, emit);
    this.#line.event("error", writeStreamError(failure), emit);
    this.#tell("response.failed", { status: "failed", error: writeResponseError(failure) }, emit);
  }

  #start(event: StartEvent, emit: Send): void {
    this.#id = event.id?.startsWith("resp_") === true ? event.id : this.#meta.newId("resp_");
    this.#model = event.model ?? this.#meta.request.model;
    this.#tell("response.created", {}, emit);
    this.#tell("response.in_progress", {}, emit);
  }

  #close({ reason, usage }: CloseEvent, emit: Send): void {
    this.#flushText(emit);
    const cut = reason === "length" ? "max_output_tokens" : reason === "content-filter" ? "content_filter" : null;
    if (cut !== null && this.#open?.kind === "call" && this.#open.isCutOff) {
      // Not done, as a client would run it then.
      this.#output.push(this.#open.item("incomplete"));
      this.#open = null;
    } else this.#closeItem(emit, cut === null ? "completed" : "incomplete");
    const written = writeUsage(usage);
    if (cut === null) this.#tell("response.completed", { status: "completed", usage: written }, emit);
    else this.#tell("response.incomplete", { status: "incomplete", incompleteReason: cut, usage: written }, emit);
  }

  /** Tells of the answer as a whole. */
  #tell(type: string, change: Partial<ResponseState>, emit: Send): void {
    const state: ResponseState = {
      id: this.#id,
      model: this.#model,
      createdAt: this.#meta.nowSeconds,
      status: "in_progress",
      output: this.#output,
      usage: null,
      error: null,
      incompleteReason: null,
      ...change,
    };
    this.#state = state;
    this.#line.json(type, `"response":${JSON.stringify(writeResponseState(state)).slice(0, -1)},${this.#echoJson}}`, emit);
  }

  /** Providers tell how likely tokens were before or after the tokens; here both go in one event. */
  #textWithLogprobs(text: string, emit: Send): void {
    this.#flushText(emit);
    this.#heldText = text;
    if (this.#heldLogprobs.length > 0) this.#logprobs([], emit);
  }

  #logprobs(tokens: readonly TokenLogprob[], emit: Send): void {
    this.#heldLogprobs = [...this.#heldLogprobs, ...tokens];
    if (this.#heldText === null) return;
    const text = this.#heldText;
    const logprobs = writeLogprobs(this.#heldLogprobs);
    this.#heldText = null;
    this.#heldLogprobs = [];
    this.#message(emit).text(text, emit, logprobs);
  }

  #flushText(emit: Send): void {
    if (this.#heldText === null) return;
    const text = this.#heldText;
    this.#heldText = null;
    this.#message(emit).text(text, emit);
  }

  #message(emit: Send): MessageWriter {
    if (this.#open?.kind === "message") return this.#open;
    this.#closeItem(emit);
    return this.#begin(new MessageWriter(this.#meta.newId("msg_"), this.#items++, this.#line), emit);
  }

  #thought(emit: Send): ThoughtWriter {
    if (this.#open?.kind === "thought") return this.#open;
    this.#flushText(emit);
    this.#closeItem(emit);
    return this.#begin(new ThoughtWriter(this.#meta.newId("rs_"), this.#items++, this.#line), emit);
  }

  #openCall(callId: string, name: string, emit: Send): void {
    this.#flushText(emit);
    this.#closeItem(emit);
    const route = this.#routes.get(name) ?? { kind: "function", name };
    const id = this.#meta.newId(route.kind === "custom" ? "ctc_" : (route.tool?.idPrefix ?? "fc_"));
    this.#begin(new CallWriter(route, { id, callId, index: this.#items++ }, this.#line), emit);
  }

  #begin<Item extends MessageWriter | ThoughtWriter | CallWriter>(item: Item, emit: Send): Item {
    this.#open = item;
    item.open(emit);
    return item;
  }

  /** Closes whatever is open, with its whole content. */
  #closeItem(emit: Send, status: ItemStatus = "completed"): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    this.#done(open.index, open.kind === "call" ? open.close(emit) : open.close(status, emit), emit);
  }

  /** Tells of an image. An answer of this API has nothing else of the kind. */
  #media(mediaType: string, data: string, emit: Send): void {
    this.#flushText(emit);
    if (!mediaType.startsWith("image/")) return;
    this.#closeItem(emit);
    const id = this.#meta.newId("ig_");
    const index = this.#items++;
    const place = { item_id: id, output_index: index };
    const item = { id, type: "image_generation_call", output_format: mediaType.slice("image/".length) };
    this.#line.event("response.output_item.added", { output_index: index, item: { ...item, status: "in_progress", result: null } }, emit);
    this.#line.event("response.image_generation_call.in_progress", place, emit);
    this.#line.event("response.image_generation_call.completed", place, emit);
    this.#done(index, { ...item, status: "completed", result: data }, emit);
  }

  #done(index: number, item: JsonObject, emit: Send): void {
    this.#line.event("response.output_item.done", { output_index: index, item }, emit);
    this.#output.push(item);
    if (this.#meta.body["store"] !== false && typeof item["id"] === "string") this.#meta.remember?.(item["id"], item);
  }
}
