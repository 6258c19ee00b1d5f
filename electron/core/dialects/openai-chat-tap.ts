/** How a reply ended: whole, cut off, or with an error that the provider told in it. */
export type Ending = "finished" | "truncated" | "failed";

/** What a stream's bytes said, beside themselves. */
export interface StreamFindings {
  readonly ending: Ending;
  /** The `usage` object of the last frame that had one; null where none did. */
  readonly usage: unknown;
  /** The provider's own words, where a frame held an error. */
  readonly errorMessage: string | null;
}

const longestLineBytes = 1_048_576;
const framesKept = 6;

/**
 * Watches an OpenAI chat stream go by without parsing it: whole lines are passed on as they came, and only a line that
 * holds `"usage"` or `"error"` is looked into. In JSON text these needles cannot be part of a model's answer: quotes
 * inside a string are escaped.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class OpenAiStreamTap {
  /** Whether a frame with the running totals is kept from the client, which did not ask for it. */
  readonly #hidesUsage: boolean;
  /** Whether an end has to be said: streams of other endpoints end when they end. */
  readonly #mustSayEnd: boolean;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #usageLine: string | null = null;
  #errorLine: string | null = null;
  readonly #last: string[] = [];

  /** @param options `mustSayEnd` for chat and completions, which say `[DONE]` or give a `finish_reason` */
  constructor(options: { readonly hidesUsage: boolean; readonly mustSayEnd: boolean }) {
    this.#hidesUsage = options.hidesUsage;
    this.#mustSayEnd = options.mustSayEnd;
  }

  /** Whether a frame held an error, as far as the stream was read. */
  get failed(): boolean {
    return this.#errorLine !== null;
  }

  /** Whether a line has grown past 1 MiB: no provider sends such, so the stream is not read on. */
  get overflowed(): boolean {
    return this.#heldBytes > longestLineBytes;
  }

  /**
   * Takes what the provider sent and gives back what the client gets now; null where that is nothing yet. A line that
   * has not ended is held, so that an error can always be written between two lines.
   */
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

  /** Takes the end of the stream. Gives back what was held, and what the stream turned out to be. */
  end(): StreamFindings & { readonly rest: Buffer | null } {
    const rest = this.#heldBytes === 0 ? null : this.#inspect(Buffer.concat(this.#held));
    const usage = findUsage(this.#usageLine);
    if (this.#errorLine !== null) return { rest, usage, ending: "failed", errorMessage: readErrorMessage(this.#errorLine) };
    const tail = this.#last.join("");
    const finished = !this.#mustSayEnd || /^data: ?\[DONE\]/m.test(tail) || /"finish_reason" ?: ?"/.test(tail);
    return { rest, usage, ending: finished ? "finished" : "truncated", errorMessage: null };
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #inspect(lines: Buffer): Buffer | null {
    // Latin-1 keeps one character a byte, so offsets in the text are offsets in the buffer.
    const whole = lines.toString("latin1");
    const end = whole.includes('"error"') ? this.#findError(whole) : whole.length;
    // Nothing follows an error: neither an end that would read as success nor more of an answer.
    const text = end === whole.length ? whole : whole.slice(0, end);
    this.#last.push(text);
    if (this.#last.length > framesKept) this.#last.shift();
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

function readErrorMessage(line: string): string | null {
  const error = parseLine(Buffer.from(line, "latin1").toString("utf8"))?.["error"];
  if (typeof error === "string") return error;
  if (typeof error !== "object" || error === null || !("message" in error)) return null;
  return typeof error.message === "string" ? error.message : null;
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
