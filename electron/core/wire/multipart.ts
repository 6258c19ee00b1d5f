/** A piece of a multipart body: bytes that stay as they are, or the content of a watched field, to be written anew. */
export type MultipartPiece = Buffer | { readonly field: string; readonly value: string };

/** Why a multipart body cannot be read on. */
export class MultipartError extends Error {
  override readonly name = "MultipartError";
}

const mostHeaderBytes = 16_384;
const mostValueBytes = 4_096;
const mostParts = 1_000;
const headerEnd = Buffer.from("\r\n\r\n");

/**
 * Reads multipart/form-data as it comes, in pieces of any size, and never holds a file: bytes go through as they are,
 * except that watched fields come out with their value, and unwanted fields do not come out at all.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export class MultipartReader {
  readonly #delimiter: Buffer;
  readonly #treat: (field: string) => "pass" | "watch" | "drop";
  /** The values of the fields that were watched or dropped. */
  readonly values = new Map<string, string>();
  #parts = 0;
  #state: "content" | "header" | "end" = "content";
  #pending: Buffer = Buffer.from("\r\n");
  #field: { readonly name: string; readonly treatment: "watch" | "drop"; content: Buffer } | null = null;

  /** @param treat what becomes of a field that is no file, by its name; files always pass */
  constructor(boundary: string, treat: (field: string) => "pass" | "watch" | "drop") {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    this.#treat = treat;
  }

  /** Whether the closing delimiter has come. */
  get ended(): boolean {
    return this.#state === "end";
  }

  /**
   * Takes bytes and gives back the pieces that are complete.
   *
   * @throws {MultipartError} where the bytes are no multipart body, or a field that is watched or dropped is too long
   */
  feed(chunk: Buffer): MultipartPiece[] {
    const pieces: MultipartPiece[] = [];
    let bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      if (this.#state === "end") {
        // The epilogue means nothing to anybody.
        this.#pending = Buffer.alloc(0);
        return pieces;
      }
      if (this.#state === "content") {
        const at = bytes.indexOf(this.#delimiter);
        if (at === -1) {
          // The last bytes may be the beginning of a delimiter.
          const safe = Math.max(0, bytes.length - this.#delimiter.length);
          this.#content(bytes.subarray(0, safe), pieces);
          this.#pending = bytes.subarray(safe);
          return pieces;
        }
        this.#content(bytes.subarray(0, at), pieces);
        this.#closeField(pieces);
        bytes = bytes.subarray(at);
        this.#state = "header";
      } else {
        const after = this.#delimiter.length;
        if (bytes.length >= after + 2 && bytes[after] === 0x2d && bytes[after + 1] === 0x2d) {
          pieces.push(bytes.subarray(0, after + 2), Buffer.from("\r\n"));
          this.#state = "end";
          continue;
        }
        const end = bytes.indexOf(headerEnd, after);
        if (end === -1) {
          if (bytes.length > mostHeaderBytes) throw new MultipartError("a part's header is longer than 16 KiB");
          this.#pending = bytes;
          return pieces;
        }
        this.#openPart(bytes.subarray(0, end + headerEnd.length), pieces);
        bytes = bytes.subarray(end + headerEnd.length);
        this.#state = "content";
      }
    }
  }

  #openPart(header: Buffer, pieces: MultipartPiece[]): void {
    if (++this.#parts > mostParts) throw new MultipartError(`it has more than ${mostParts} parts`);
    const text = header.toString("utf8");
    const disposition = /^content-disposition:(.*)$/im.exec(text)?.[1] ?? "";
    const name = /;\s*name="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1] ?? /;\s*name=([^\s;]+)/i.exec(disposition)?.[1];
    const treatment = name === undefined || /;\s*filename\*?=/i.test(disposition) ? "pass" : this.#treat(name);
    if (treatment === "pass" || name === undefined) {
      pieces.push(header);
      return;
    }
    if (this.values.has(name)) throw new MultipartError(`the field "${name.slice(0, 80)}" stands in it twice`);
    this.#field = { name, treatment, content: Buffer.alloc(0) };
    if (treatment === "watch") pieces.push(header);
  }

  #content(bytes: Buffer, pieces: MultipartPiece[]): void {
    if (bytes.length === 0) return;
    if (this.#field === null) {
      // What stands before the first delimiter is the line break that the reader itself began with, or a preamble.
      pieces.push(bytes);
      return;
    }
    if (this.#field.content.length + bytes.length > mostValueBytes)
      throw new MultipartError(`the field "${this.#field.name.slice(0, 80)}" is longer than 4 KiB`);
    this.#field.content = Buffer.concat([this.#field.content, bytes]);
  }

  #closeField(pieces: MultipartPiece[]): void {
    if (this.#field === null) return;
    const { name, treatment, content } = this.#field;
    const value = content.toString("utf8");
    this.values.set(name, value);
    if (treatment === "watch") pieces.push({ field: name, value });
    this.#field = null;
  }
}

/** The boundary of a `multipart/form-data` content type; null where it is none or has no usable boundary. */
export function readBoundary(contentType: string): string | null {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) return null;
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))/i.exec(contentType);
  return match?.[1] ?? match?.[2] ?? null;
}
