import * as z from "zod";
import type { MessageEnding, MessagePart } from "#shared/schema/chat.ts";

const toolDelta = z.object({
  index: z.number().optional(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).optional(),
});

/** What the chat reads of a `chat.completion.chunk`; everything is optional, since every provider leaves out something else. */
const chunkSchema = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            // OpenAI-compatible servers say the one, OpenRouter the other.
            reasoning_content: z.string().nullish(),
            reasoning: z.string().nullish(),
            tool_calls: z.array(toolDelta).nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      prompt_tokens: z.number().nullish(),
      completion_tokens: z.number().nullish(),
      completion_tokens_details: z.object({ reasoning_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
  error: z.union([z.object({ message: z.string(), code: z.unknown() }), z.string()]).nullish(),
});

/** What a chunk may say that went wrong. */
export interface StreamedError {
  readonly code: string | null;
  readonly message: string;
}

const openThought = "<think>";
const closeThought = "</think>";

/** Puts an answer together from its chunks. Knows no clock but the one it is given, and no network. */
export class AnswerReader {
  readonly #nowMs: () => number;
  readonly #parts: MessagePart[] = [];
  readonly #toolPlaces = new Map<number, number>();
  #thinkingSinceMs: number | null = null;
  /** Some local models write what they think between tags into the answer itself. */
  #isInThoughtTag = false;
  #held = "";
  model: string | null = null;
  ending: MessageEnding | null = null;
  inputTokens: number | null = null;
  outputTokens: number | null = null;
  reasoningTokens: number | null = null;
  error: StreamedError | null = null;

  /** @param nowMs a clock that only grows, for how long the model thought */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** What has come so far. */
  get parts(): readonly MessagePart[] {
    return [...this.#parts];
  }

  /** Takes one event's data. What is no chunk is passed over. */
  take(data: string): void {
    const chunk = readChunk(data);
    if (chunk === null) return;
    if (chunk.error !== undefined && chunk.error !== null) {
      const { error } = chunk;
      this.error =
        typeof error === "string"
          ? { code: null, message: error }
          : { code: typeof error.code === "string" ? error.code : null, message: error.message };
    }
    this.model = chunk.model ?? this.model;
    this.inputTokens = chunk.usage?.prompt_tokens ?? this.inputTokens;
    this.outputTokens = chunk.usage?.completion_tokens ?? this.outputTokens;
    this.reasoningTokens = chunk.usage?.completion_tokens_details?.reasoning_tokens ?? this.reasoningTokens;
    const choice = chunk.choices?.[0];
    const delta = choice?.delta;
    const thought = delta?.reasoning_content ?? delta?.reasoning ?? "";
    if (thought !== "") this.#think(thought);
    for (const call of delta?.tool_calls ?? []) this.#call(call);
    const words = (delta?.content ?? "") + (delta?.refusal ?? "");
    if (words !== "") this.#say(words);
    if (typeof choice?.finish_reason === "string") this.ending = choice.finish_reason === "length" ? "length" : "finished";
  }

  /** No more comes. */
  finish(): void {
    if (this.#held !== "") this.#write(this.#held);
    this.#held = "";
    this.#endThought();
  }

  #say(words: string): void {
    const text = this.#held + words;
    this.#held = "";
    if (this.#isInThoughtTag) {
      const end = text.indexOf(closeThought);
      if (end === -1) {
        const kept = tailThatMayBe(text, closeThought);
        this.#held = text.slice(text.length - kept);
        if (kept < text.length) this.#think(text.slice(0, text.length - kept));
        return;
      }
      if (end > 0) this.#think(text.slice(0, end));
      this.#isInThoughtTag = false;
      const after = text.slice(end + closeThought.length).trimStart();
      if (after !== "") this.#say(after);
      return;
    }
    // Only an answer's very beginning can be such a tag; elsewhere it is something that the model writes about.
    if (!this.#parts.some(({ type }) => type === "text")) {
      const start = text.trimStart();
      if (start.startsWith(openThought)) {
        this.#isInThoughtTag = true;
        this.#say(start.slice(openThought.length));
        return;
      }
      if (openThought.startsWith(start)) {
        this.#held = text;
        return;
      }
    }
    this.#write(text);
  }

  #write(text: string): void {
    if (this.#isInThoughtTag) return this.#think(text);
    this.#endThought();
    const last = this.#parts.at(-1);
    if (last?.type === "text") this.#parts[this.#parts.length - 1] = { type: "text", text: last.text + text };
    else this.#parts.push({ type: "text", text });
  }

  #think(text: string): void {
    this.#thinkingSinceMs ??= this.#nowMs();
    const last = this.#parts.at(-1);
    if (last?.type === "reasoning") this.#parts[this.#parts.length - 1] = { ...last, text: last.text + text };
    else this.#parts.push({ type: "reasoning", text, durationMs: null });
  }

  #endThought(): void {
    if (this.#thinkingSinceMs === null) return;
    const place = this.#parts.findLastIndex(({ type }) => type === "reasoning");
    const part = this.#parts[place];
    if (part?.type === "reasoning") this.#parts[place] = { ...part, durationMs: this.#nowMs() - this.#thinkingSinceMs };
    this.#thinkingSinceMs = null;
  }

  #call({ index = 0, id, function: called }: z.infer<typeof toolDelta>): void {
    this.#endThought();
    const place = this.#toolPlaces.get(index);
    const known = place === undefined ? undefined : this.#parts[place];
    if (place !== undefined && known?.type === "tool-call") {
      this.#parts[place] = {
        ...known,
        name: known.name + (called?.name ?? ""),
        arguments: known.arguments + (called?.arguments ?? ""),
      };
      return;
    }
    this.#toolPlaces.set(index, this.#parts.length);
    this.#parts.push({ type: "tool-call", id: id ?? "", name: called?.name ?? "", arguments: called?.arguments ?? "", result: null });
  }
}

/** How many of the last letters of `text` may be the beginning of `word`. */
function tailThatMayBe(text: string, word: string): number {
  for (let length = Math.min(word.length - 1, text.length); length > 0; length -= 1)
    if (word.startsWith(text.slice(-length))) return length;
  return 0;
}

function readChunk(data: string): z.infer<typeof chunkSchema> | null {
  try {
    return chunkSchema.safeParse(JSON.parse(data)).data ?? null;
  } catch {
    return null;
  }
}
