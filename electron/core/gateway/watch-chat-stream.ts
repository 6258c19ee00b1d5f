import type { Failure, Usage } from "#core/dialects/chat.ts";
import type { Ending } from "#core/dialects/conductor.ts";
import type { JsonObject } from "#core/dialects/json.ts";
import { readLateFailure } from "#core/dialects/openai-chat/failure.ts";
import { openaiChat } from "#core/dialects/openai-chat/index.ts";
import { encodeSse } from "#core/wire/sse.ts";
import { writeStreamFailure } from "#core/dialects/stream-failure.ts";
import { endsFrame } from "./ends-frame.ts";
import type { ReplyStream } from "./reply-stream.ts";

const longestLineBytes = 1_048_576;
const framesKept = 6;
const doneLine = Buffer.from("data: [DONE]");
/** Without their first letters, which are so common that a search for them would stop all the time. */
const usageNeedle = Buffer.from('usage"');
const errorNeedle = Buffer.from('rror"');

/**
 * Watches an OpenAI chat stream go by without parsing it: whole lines are passed on as they came, and only a line that
 * holds `"usage"` or `"error"` is looked into. In JSON text these needles cannot be part of a model's answer: quotes
 * inside a string are escaped.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class WatchedChatStream implements ReplyStream {
  /** Whether a frame with the running totals is kept from the client, which did not ask for it. */
  readonly #hidesUsage: boolean;
  /** Whether an end has to be said: streams of other endpoints end when they end. */
  readonly #mustSayEnd: boolean;
  #hasBegun: boolean;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #usageLine: string | null = null;
  #errorLine: string | null = null;
  /** The last pieces, where a stream says its end: overwritten in turn, `#next` being the oldest. */
  readonly #last: Buffer[] = [];
  #next = 0;

  /** @param options `mustSayEnd` for chat and completions, which say `[DONE]` or give a `finish_reason` */
  constructor(options: { readonly hidesUsage: boolean; readonly mustSayEnd: boolean; readonly hasOpening: boolean }) {
    this.#hidesUsage = options.hidesUsage;
    this.#mustSayEnd = options.mustSayEnd;
    this.#hasBegun = !options.hasOpening;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  get heartbeat(): string {
    return endsFrame(Buffer.concat(this.#last)) ? ": ping\n\n" : "";
  }

  get failure(): Failure | null {
    return this.#errorLine === null ? null : readFailure(this.#errorLine);
  }

  get isWhole(): boolean {
    return this.#errorLine === null && this.#last.at(this.#next - 1)?.includes(doneLine) === true;
  }

  get usage(): Usage | null {
    return openaiChat.readUsage(findUsage(this.#usageLine)) ?? null;
  }

  get overflowed(): boolean {
    return this.#heldBytes > longestLineBytes;
  }

  /** A line that has not ended is held, so that an error can always be written between two lines. */
  feed(chunk: Buffer): Buffer | null {
    const end = lastLineEnd(chunk);
    if (end === chunk.length && this.#heldBytes === 0) return this.#inspect(chunk);
    if (end === 0) {
      this.#hold(chunk);
      return null;
    }
    const lines = Buffer.concat([...this.#held, chunk.subarray(0, end)]);
    this.#held = [];
    this.#heldBytes = 0;
    if (end < chunk.length) this.#hold(chunk.subarray(end));
    return this.#inspect(lines);
  }

  end(): { readonly rest: Buffer | null; readonly ending: Ending } {
    const rest = this.#heldBytes === 0 ? null : this.#inspect(Buffer.concat(this.#held));
    this.#held = [];
    this.#heldBytes = 0;
    if (this.#errorLine !== null) return { rest, ending: "failed" };
    if (!this.#mustSayEnd) return { rest, ending: "finished" };
    const tail = Buffer.concat([...this.#last.slice(this.#next), ...this.#last.slice(0, this.#next)]).toString("latin1");
    return { rest, ending: /^data: ?\[DONE\]/m.test(tail) || /"finish_reason" ?: ?"/.test(tail) ? "finished" : "truncated" };
  }

  fail(failure: Failure): Buffer {
    return Buffer.from(`\n\n${encodeSse(writeStreamFailure(openaiChat, failure))}`);
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #inspect(lines: Buffer): Buffer | null {
    if (!this.#hasBegun) this.#hasBegun = holdsContent(lines);
    this.#last[this.#next] = lines;
    this.#next = this.#next === framesKept - 1 ? 0 : this.#next + 1;
    return holdsUsage(lines) || lines.includes(errorNeedle) ? this.#read(lines) : lines;
  }

  #read(lines: Buffer): Buffer | null {
    // Latin-1 keeps one character a byte, so offsets in the text are offsets in the buffer.
    const whole = lines.toString("latin1");
    const end = whole.includes('"error"') ? this.#findError(whole) : whole.length;
    // Nothing follows an error: neither an end that would read as success nor more of an answer.
    const text = end === whole.length ? whole : whole.slice(0, end);
    let cuts: { from: number; to: number }[] | null = null;
    for (let at = text.indexOf('"usage"'); at !== -1; at = text.indexOf('"usage"', at)) {
      if (valueBegins(text, at + 7) !== "{") {
        at += 7;
        continue;
      }
      const from = lineStart(text, at);
      const to = lineEnd(text, at);
      const line = text.slice(from, to);
      this.#usageLine = line;
      if (this.#hidesUsage && isUsageOnly(line)) (cuts ??= []).push({ from, to: frameEnd(text, to) });
      at = to;
    }
    const passed = end === whole.length ? lines : lines.subarray(0, end);
    return cuts === null ? passed : withoutRanges(passed, cuts);
  }

  /** Notes the first frame that is an error. Returns where its line ends, or the text's end where there is none. */
  #findError(text: string): number {
    for (let at = text.indexOf('"error"'); at !== -1; at = text.indexOf('"error"', at)) {
      const to = lineEnd(text, at);
      const line = text.slice(lineStart(text, at), to);
      at = to;
      const error = parseLine(line)?.["error"];
      if ((typeof error !== "object" || error === null) && (typeof error !== "string" || error === "")) continue;
      this.#errorLine = line;
      return to;
    }
    return text.length;
  }
}

/** Whether a `usage` object stands in the lines; where it was asked for, every other frame says that it has none. */
function holdsUsage(lines: Buffer): boolean {
  for (let at = lines.indexOf(usageNeedle); at !== -1; at = lines.indexOf(usageNeedle, at)) {
    at += usageNeedle.length;
    while (lines[at] === 0x20 || lines[at] === 0x3a) at++;
    if (lines[at] === 0x7b) return true;
  }
  return false;
}

/** Whether the answer itself has begun: more than comments and frames that only name the role. */
function holdsContent(lines: Buffer): boolean {
  for (const line of lines.toString("utf8").split(/[\r\n]+/)) {
    if (!line.startsWith("data:")) continue;
    const choices = parseLine(line)?.["choices"];
    // What is no chunk at all is not waited for.
    if (!Array.isArray(choices) || !choices.every(isOpening)) return true;
  }
  return false;
}

function isOpening(choice: unknown): boolean {
  if (typeof choice !== "object" || choice === null) return false;
  const { delta, finish_reason: reason } = choice as { readonly delta?: unknown; readonly finish_reason?: unknown };
  if (reason !== null && reason !== undefined) return false;
  return Object.entries(delta ?? {}).every(([key, value]) => key === "role" || value === null || value === "");
}

function lineStart(text: string, at: number): number {
  return Math.max(text.lastIndexOf("\n", at), text.lastIndexOf("\r", at)) + 1;
}

function lineEnd(text: string, at: number): number {
  const lineFeed = text.indexOf("\n", at);
  const end = lineFeed === -1 ? text.length : lineFeed;
  const carriageReturn = text.indexOf("\r", at);
  return carriageReturn !== -1 && carriageReturn < end ? carriageReturn : end;
}

function lastLineEnd(bytes: Buffer): number {
  if (bytes[bytes.length - 1] === 0x0a) return bytes.length;
  const lineFeed = bytes.lastIndexOf(0x0a);
  // A lone carriage return ends a line too, but one at the very end may be half of CR LF.
  return lineFeed !== -1 ? lineFeed + 1 : bytes.lastIndexOf(0x0d, bytes.length - 2) + 1;
}

function valueBegins(text: string, from: number): string {
  let at = from;
  while (text[at] === " " || text[at] === ":") at++;
  return text[at] ?? "";
}

/** Where the next frame begins, behind the line that ends at `from`. */
function frameEnd(text: string, from: number): number {
  let at = from;
  while (text[at] === "\n" || text[at] === "\r") at++;
  return at;
}

function isUsageOnly(line: string): boolean {
  const choices = parseLine(line)?.["choices"];
  return Array.isArray(choices) && choices.length === 0;
}

function parseLine(line: string): Record<string, unknown> | null {
  const data = line.startsWith("data:") ? line.slice(5) : line;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function findUsage(line: string | null): unknown {
  const frame = line === null ? null : parseLine(line);
  if (frame === null) return null;
  // Groq keeps it one level down: https://console.groq.com/docs/api-reference#chat-create
  const groq = frame["x_groq"];
  return frame["usage"] ?? (typeof groq === "object" && groq !== null && "usage" in groq ? groq.usage : null);
}

function readFailure(line: string): Failure {
  return readLateFailure((parseLine(Buffer.from(line, "latin1").toString("utf8")) ?? {}) as JsonObject);
}

function withoutRanges(bytes: Buffer, cuts: readonly { from: number; to: number }[]): Buffer | null {
  const parts: Buffer[] = [];
  let from = 0;
  for (const cut of cuts) {
    parts.push(bytes.subarray(from, cut.from));
    from = cut.to;
  }
  parts.push(bytes.subarray(from));
  const kept = Buffer.concat(parts);
  return kept.length === 0 ? null : kept;
}
