import { quirksSchema } from "#shared/schema/provider.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import { Dispatcher } from "#core/upstream/undici-parts.ts";

/** The id of the provider that lives in the process, as in `@postern/hello`. */
export const helloProviderId = "postern";

/** Its one model. */
export const helloModelId = "hello";

/** The built-in model's row: an OpenAI provider without a key, whose address is never dialled. */
export const helloRow: ProviderRow = {
  id: helloProviderId,
  name: "Postern",
  synonyms: [],
  dialect: "openai-chat",
  baseUrl: "http://hello.invalid/v1",
  options: {},
  auth: "none",
  environment: [],
  keyPrefixes: [],
  endpoints: ["chat", "models"],
  paths: {},
  headers: {},
  quirks: quirksSchema.parse({ developerRole: true }),
  local: false,
  links: {},
  enabled: true,
  origin: "http://hello.invalid",
  basePath: "/v1",
  missingOptions: [],
  optionValues: {},
  template: "http://hello.invalid/v1",
};

const wordDelayMs = 12;
/** Of a longer prompt the beginning is repeated: each word becomes a frame. */
const longestEcho = 2_000;

/**
 * Answers chat calls inside the process, so that a first answer needs no key and no network: it says what it is and
 * what to do next, and repeats the prompt. It stands where a provider's connection pool stands, so the call goes the
 * way every call goes.
 */
export class HelloDispatcher extends Dispatcher {
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const controller = new HelloController(handler);
    handler.onRequestStart?.(controller, {});
    if (controller.aborted) return true;
    const body = Buffer.isBuffer(options.body) ? (JSON.parse(options.body.toString("utf8")) as HelloRequest) : {};
    const problem = findProblem(body);
    if (problem !== null) controller.answer(400, JSON.stringify({ error: problem }), "application/json");
    else if (body.stream === true) controller.stream(streamFrames(body));
    else controller.answer(200, JSON.stringify(wholeReply(body)), "application/json");
    return true;
  }
}

interface HelloRequest {
  readonly model?: unknown;
  readonly stream?: boolean;
  readonly messages?: unknown;
  readonly stream_options?: { readonly include_usage?: boolean };
}

/** Plays the part of undici's controller: pause, resume and abort, over a timer instead of a socket. */
class HelloController implements Dispatcher.DispatchController {
  readonly #handler: Dispatcher.DispatchHandler;
  #frames: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  aborted = false;
  paused = false;
  reason: Error | null = null;

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler;
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    clearTimeout(this.#timer);
    this.#handler.onResponseError?.(this, reason);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  answer(status: number, body: string, type: string): void {
    this.#handler.onResponseStart?.(this, status, { "content-type": type });
    this.#handler.onResponseData?.(this, Buffer.from(body));
    this.#handler.onResponseEnd?.(this, {});
  }

  stream(frames: string[]): void {
    this.#frames = frames;
    this.#handler.onResponseStart?.(this, 200, { "content-type": "text/event-stream" });
    this.#next();
  }

  #next(): void {
    this.#timer = setTimeout(() => {
      const frame = this.paused ? undefined : this.#frames.shift();
      if (frame !== undefined) this.#handler.onResponseData?.(this, Buffer.from(frame));
      if (this.aborted) return;
      if (this.#frames.length > 0) this.#next();
      else this.#handler.onResponseEnd?.(this, {});
    }, wordDelayMs);
  }
}

function findProblem(body: HelloRequest): object | null {
  if (body.model !== helloModelId) {
    return {
      message: `Cannot ask for "${String(body.model).slice(0, 80)}": the built-in provider has one model, @postern/hello`,
      type: "invalid_request_error",
      param: "model",
      code: "model_not_found",
    };
  }
  if (Array.isArray(body.messages) && body.messages.length > 0) return null;
  return {
    message: "Cannot answer: messages must be a list with at least one message",
    type: "invalid_request_error",
    param: "messages",
    code: "invalid_value",
  };
}

function composeAnswer(body: HelloRequest): string {
  const prompt = lastPrompt(body.messages as readonly unknown[]).slice(0, longestEcho);
  return [
    "Hello from Postern. I am not a language model: I am a few lines in the gateway itself, here so that you can see an answer stream without a key.",
    'Add a key with "npm run postern -- keys add openai" and ask for a real model, such as @openai/gpt-4o.',
    prompt === "" ? "You sent no text." : `You said: ${prompt}`,
  ].join(" ");
}

function lastPrompt(messages: readonly unknown[]): string {
  const message = messages.at(-1);
  const content = typeof message === "object" && message !== null && "content" in message ? message.content : "";
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part: unknown) => (typeof part === "object" && part !== null && "text" in part && typeof part.text === "string" ? part.text : ""))
    .join(" ");
}

/** Words, not tokens: nothing is computed or billed here, but a client that adds usage up should find numbers. */
function countUsage(body: HelloRequest, answer: string): object {
  const prompt = lastPrompt(body.messages as readonly unknown[])
    .split(/\s+/)
    .filter(Boolean).length;
  const completion = answer.split(/\s+/).length;
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function replyHead(object: string): object {
  const nowMs = Date.now();
  return { id: `chatcmpl-postern-${nowMs.toString(36)}`, object, created: Math.floor(nowMs / 1000), model: "@postern/hello" };
}

function wholeReply(body: HelloRequest): object {
  const content = composeAnswer(body);
  return {
    ...replyHead("chat.completion"),
    choices: [{ index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: "stop" }],
    usage: countUsage(body, content),
  };
}

function streamFrames(body: HelloRequest): string[] {
  const head = replyHead("chat.completion.chunk");
  const answer = composeAnswer(body);
  const chunk = (delta: object, finishReason: string | null): object => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
  const chunks = [
    chunk({ role: "assistant", content: "" }, null),
    ...answer.split(/(?<= )/).map((word) => chunk({ content: word }, null)),
    chunk({}, "stop"),
  ];
  if (body.stream_options?.include_usage === true) chunks.push({ ...head, choices: [], usage: countUsage(body, answer) });
  return [...chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`), "data: [DONE]\n\n"];
}
