/** The first line and the header section of a request, as its bytes had them. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  /** `1.1` */
  readonly httpVersion: string;
  /** Name, value, name, value: in the order and the case of the wire. */
  readonly rawHeaders: readonly string[];
  /** By lower-case name; what came several times is joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
}

/** What the reader says as a request's bytes come in. */
export interface RequestListener {
  onHead(head: RequestHead): void;
  onBody(piece: Buffer): void;
  onEnd(): void;
}

type Expecting = "head" | "length" | "chunk-size" | "chunk" | "chunk-end" | "trailers";

const lineEnd = Buffer.from("\r\n");
const headEnd = Buffer.from("\r\n\r\n");

/**
 * Reads the requests of one connection, one after another. Stricter than a lenient server: what no correct client
 * sends is an error, since here it means that the gateway under test wrote nonsense.
 *
 * @returns a function to feed with bytes; it throws an Error that says what is wrong with them
 * @see https://www.rfc-editor.org/rfc/rfc9112
 */
export function openRequestReader(listener: RequestListener): (bytes: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let expecting: Expecting = "head";
  let leftBytes = 0;

  function take(length: number): Buffer {
    const taken = pending.subarray(0, length);
    pending = pending.subarray(length);
    return taken;
  }

  /** Everything up to the mark, which is dropped; undefined while the mark has not come. */
  function takeUntil(mark: Buffer): string | undefined {
    const at = pending.indexOf(mark);
    if (at === -1) return undefined;
    const text = take(at).toString("latin1");
    take(mark.length);
    return text;
  }

  function end(): void {
    expecting = "head";
    listener.onEnd();
  }

  function pass(next: Expecting | "end"): boolean {
    if (pending.length === 0) return false;
    const piece = take(Math.min(leftBytes, pending.length));
    leftBytes -= piece.length;
    listener.onBody(piece);
    if (leftBytes > 0) return false;
    if (next === "end") end();
    else expecting = next;
    return true;
  }

  const steps: Record<Expecting, () => boolean> = {
    head() {
      const text = takeUntil(headEnd);
      if (text === undefined) return false;
      const head = parseHead(text);
      const framing = framingOf(head);
      listener.onHead(head);
      if (framing === "chunked") expecting = "chunk-size";
      else if (framing === 0) end();
      else {
        expecting = "length";
        leftBytes = framing;
      }
      return true;
    },
    length: () => pass("end"),
    "chunk-size"() {
      const line = takeUntil(lineEnd);
      if (line === undefined) return false;
      const size = line.split(";", 1)[0] ?? "";
      if (!/^[0-9a-f]{1,8}$/i.test(size)) throw new Error(`chunk size ${JSON.stringify(line)}`);
      leftBytes = Number.parseInt(size, 16);
      expecting = leftBytes === 0 ? "trailers" : "chunk";
      return true;
    },
    chunk: () => pass("chunk-end"),
    "chunk-end"() {
      if (pending.length < 2) return false;
      if (!take(2).equals(lineEnd)) throw new Error("chunk without CRLF behind it");
      expecting = "chunk-size";
      return true;
    },
    trailers() {
      const line = takeUntil(lineEnd);
      if (line === undefined) return false;
      if (line === "") end();
      return true;
    },
  };

  return (bytes) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    while (steps[expecting]());
  };
}

function parseHead(text: string): RequestHead {
  const [first = "", ...lines] = text.split("\r\n");
  const match = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/(1\.[01])$/.exec(first);
  if (match === null) throw new Error(`request line ${JSON.stringify(first.slice(0, 100))}`);
  const rawHeaders: string[] = [];
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of lines) {
    const field = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    // The line itself may hold a key, and this message ends up in test output.
    if (field === null) throw new Error("header line that has no name");
    const [, name = "", value = ""] = field;
    rawHeaders.push(name, value);
    const lower = name.toLowerCase();
    headers[lower] = lower in headers ? `${headers[lower] ?? ""}, ${value}` : value;
  }
  const [, method = "", url = "", httpVersion = ""] = match;
  return { method, url, httpVersion, rawHeaders, headers };
}

function framingOf({ headers }: RequestHead): number | "chunked" {
  const coding = headers["transfer-encoding"];
  const length = headers["content-length"];
  if (coding !== undefined && length !== undefined) throw new Error("Transfer-Encoding beside Content-Length");
  if (coding !== undefined && coding.toLowerCase() !== "chunked") throw new Error(`Transfer-Encoding ${JSON.stringify(coding)}`);
  if (coding !== undefined) return "chunked";
  if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new Error(`Content-Length ${JSON.stringify(length)}`);
  return Number(length ?? 0);
}
