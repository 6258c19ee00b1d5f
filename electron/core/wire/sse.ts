import type { Frame } from "./frame.ts";

const longestFrameBytes = 16_777_216;

/**
 * Reads server-sent events from bytes that come in any pieces: lines end in LF, CR LF or CR, `data:` lines of one event
 * join, comments are passed over, and the last event needs no blank line.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class SseDecoder {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #event: string | null = null;
  #data: string | null = null;
  #isFirst = true;
  /** The bytes before ended in CR: an LF that follows belongs to it. */
  #afterCarriageReturn = false;

  /** Whether an event has grown past 16 MiB: no provider sends such. */
  get overflowed(): boolean {
    return this.#heldBytes > longestFrameBytes || (this.#data?.length ?? 0) > longestFrameBytes;
  }

  /** Takes the next bytes and hands out the events that they complete. */
  feed(chunk: Buffer, emit: (frame: Frame) => void): void {
    // Only whole lines are decoded, so that no character is cut in two.
    const end = Math.max(chunk.lastIndexOf(0x0a), chunk.lastIndexOf(0x0d)) + 1;
    if (end === 0) return this.#hold(chunk);
    const rest = chunk.subarray(end);
    const lines = this.#heldBytes === 0 ? chunk.toString("utf8", 0, end) : this.#take(chunk.subarray(0, end));
    if (rest.length > 0) this.#hold(rest);
    this.#readLines(lines, emit);
  }

  /** Takes the end of the bytes: what was held is the last line, and ends the last event. */
  end(emit: (frame: Frame) => void): void {
    if (this.#heldBytes > 0) this.#readLines(`${this.#take(Buffer.alloc(0))}\n`, emit);
    this.#dispatch(emit);
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #take(more: Buffer): string {
    const text = Buffer.concat([...this.#held, more]).toString("utf8");
    this.#held = [];
    this.#heldBytes = 0;
    return text;
  }

  #readLines(text: string, emit: (frame: Frame) => void): void {
    let at = 0;
    if (this.#isFirst) {
      if (text.charCodeAt(0) === 0xfe_ff) at = 1;
      this.#isFirst = false;
    }
    if (this.#afterCarriageReturn && text.charCodeAt(at) === 0x0a) at++;
    this.#afterCarriageReturn = text.charCodeAt(text.length - 1) === 0x0d;
    const hasCarriageReturns = text.includes("\r");
    while (at < text.length) {
      let end = text.indexOf("\n", at);
      let next = end + 1;
      if (hasCarriageReturns) {
        const carriageReturn = text.indexOf("\r", at);
        if (carriageReturn !== -1 && (end === -1 || carriageReturn < end)) {
          end = carriageReturn;
          next = text.charCodeAt(carriageReturn + 1) === 0x0a ? carriageReturn + 2 : carriageReturn + 1;
        }
      }
      if (end === at) this.#dispatch(emit);
      else this.#readLine(text, at, end);
      at = next;
    }
  }

  #readLine(text: string, from: number, to: number): void {
    if (text.startsWith("data:", from)) {
      const data = text.slice(text.charCodeAt(from + 5) === 0x20 ? from + 6 : from + 5, to);
      this.#data = this.#data === null ? data : `${this.#data}\n${data}`;
    } else if (text.startsWith("event:", from)) {
      this.#event = text.slice(text.charCodeAt(from + 6) === 0x20 ? from + 7 : from + 6, to);
    } else if (text.startsWith("data", from) && to === from + 4) {
      this.#data = this.#data === null ? "" : `${this.#data}\n`;
    }
  }

  #dispatch(emit: (frame: Frame) => void): void {
    const event = this.#event;
    const data = this.#data;
    this.#event = null;
    this.#data = null;
    if (data !== null) emit({ event, data });
  }
}

/** Writes an event; `data` must not hold a line end, as `JSON.stringify` never does. */
export function encodeSse(frame: Frame): string {
  return frame.event === null ? `data: ${frame.data}\n\n` : `event: ${frame.event}\ndata: ${frame.data}\n\n`;
}
