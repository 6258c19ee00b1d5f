import { connect, type Socket } from "node:net";

/** A response as its bytes had it. */
export interface RawResponse {
  readonly status: number;
  /** Name, value, name, value. */
  readonly rawHeaders: readonly string[];
  /** By lower-case name; what came several times is joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Without its framing. */
  readonly body: Buffer;
}

/** What came back. */
export interface RawResult extends RawResponse {
  /** All that was received, as Latin-1. */
  readonly text: string;
  /** Every response, 1xx ones among them; the result's own fields are the last one's. `status` is 0 where there is none. */
  readonly responses: readonly RawResponse[];
  /** How the connection was found at the end: closed by the peer, reset by it, or open. */
  readonly connection: "open" | "closed" | "reset";
}

/** How {@link rawHttp} connects and how long it listens. */
export interface RawOptions {
  readonly host?: string;
  /** So many final responses end the call, unless the connection ends before. */
  readonly responses?: number;
  /** Waits for the peer to close even when the last response would let the connection live. */
  readonly untilClosed?: boolean;
  /** The method of the request, where it decides how the response is framed. */
  readonly method?: "HEAD";
  /** Called once, as soon as all was sent; what it sends goes on the same connection. */
  readonly whileWaiting?: (socket: Socket) => void;
  /** Rejects after so many milliseconds, with what had come. */
  readonly timeoutMs?: number;
}

/**
 * Sends bytes to a server as they are, right or wrong, and reads what comes back. Several pieces go out one after
 * another, each when the operating system took the one before. A server that answers before it has all of them is
 * fine: the rest is not sent.
 *
 * @throws {Error} when it cannot connect, or when nothing conclusive came in time
 */
export function rawHttp(
  port: number,
  bytes: string | Uint8Array | readonly (string | Uint8Array)[],
  options: RawOptions = {},
): Promise<RawResult> {
  const pieces = (typeof bytes === "string" || bytes instanceof Uint8Array ? [bytes] : bytes).map((piece) =>
    typeof piece === "string" ? Buffer.from(piece, "latin1") : piece,
  );
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: options.host ?? "127.0.0.1", allowHalfOpen: true });
    const received: Buffer[] = [];
    let isConnected = false;
    const timer = setTimeout(() => {
      socket.destroy();
      const text = Buffer.concat(received).toString("latin1").slice(0, 500);
      reject(new Error(`Cannot finish a raw request: ${JSON.stringify(text)} is all that came in ${options.timeoutMs ?? 10_000} ms`));
    }, options.timeoutMs ?? 10_000);

    function finish(connection: RawResult["connection"]): void {
      clearTimeout(timer);
      socket.destroy();
      const text = Buffer.concat(received);
      const { responses } = parseResponses(text, options.method);
      const last = responses.at(-1) ?? { status: 0, rawHeaders: [], headers: {}, body: Buffer.alloc(0) };
      resolve({ ...last, text: text.toString("latin1"), responses, connection });
    }

    socket.on("data", (piece) => {
      received.push(piece);
      const { responses, isWhole } = parseResponses(Buffer.concat(received), options.method);
      const final = responses.filter(({ status }) => status >= 200);
      // A server that announced the close is taken at its word: the end is awaited.
      const isClosing = options.untilClosed === true || final.some(({ headers }) => headers["connection"]?.toLowerCase() === "close");
      if (isWhole && !isClosing && final.length >= (options.responses ?? 1)) finish("open");
    });
    socket.on("end", () => finish("closed"));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (!isConnected) {
        clearTimeout(timer);
        reject(new Error(`Cannot connect to port ${port}: ${error.code ?? error.message}`, { cause: error }));
      } else if (error.code === "ECONNRESET") finish("reset");
      // EPIPE only says that the peer stopped reading; its answer may still be on the way.
    });
    async function sendAll(): Promise<void> {
      for (const piece of pieces) {
        if (!socket.writable || received.length > 0) break;
        await new Promise<void>((sent) => socket.write(piece, () => sent()));
      }
      options.whileWaiting?.(socket);
    }

    socket.on("connect", () => {
      isConnected = true;
      sendAll().catch(reject);
    });
  });
}

/** The bytes of one request. Host, key and length are filled in unless `headers` names them. */
export function rawRequest(
  target: { readonly port: number; readonly key?: string },
  line: string,
  options: { readonly headers?: readonly string[]; readonly body?: string | Uint8Array } = {},
): Buffer {
  const headers = [...(options.headers ?? [])];
  const has = (name: string): boolean => headers.some((header) => header.toLowerCase().startsWith(`${name}:`));
  if (!has("host")) headers.unshift(`Host: 127.0.0.1:${target.port}`);
  if (target.key !== undefined && !has("authorization")) headers.push(`Authorization: Bearer ${target.key}`);
  const body = Buffer.from(options.body ?? "");
  if (options.body !== undefined && !has("content-type")) headers.push("Content-Type: application/json");
  if (options.body !== undefined && !has("content-length") && !has("transfer-encoding")) headers.push(`Content-Length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`, "latin1"), body]);
}

function parseResponses(bytes: Buffer, method?: "HEAD"): { responses: RawResponse[]; isWhole: boolean } {
  const responses: RawResponse[] = [];
  let at = 0;
  while (at < bytes.length) {
    const headEnd = bytes.indexOf("\r\n\r\n", at);
    if (headEnd === -1) return { responses, isWhole: false };
    const [first = "", ...lines] = bytes.toString("latin1", at, headEnd).split("\r\n");
    const rawHeaders = lines.flatMap((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
    const headers: Record<string, string> = {};
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const name = (rawHeaders[index] ?? "").toLowerCase();
      headers[name] = name in headers ? `${headers[name]}, ${rawHeaders[index + 1]}` : (rawHeaders[index + 1] ?? "");
    }
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? Number.NaN);
    if (Number.isNaN(status)) return { responses, isWhole: false };
    const isEmpty = status < 200 || status === 204 || status === 304 || method === "HEAD";
    const { body, end, isWhole } = isEmpty
      ? { body: Buffer.alloc(0), end: headEnd + 4, isWhole: true }
      : readBody(bytes, headEnd + 4, headers);
    responses.push({ status, rawHeaders, headers, body });
    if (!isWhole) return { responses, isWhole };
    at = end;
  }
  return { responses, isWhole: true };
}

function readBody(bytes: Buffer, from: number, headers: Readonly<Record<string, string>>): { body: Buffer; end: number; isWhole: boolean } {
  const rest = { body: bytes.subarray(from), end: bytes.length, isWhole: false };
  if (headers["transfer-encoding"]?.toLowerCase() !== "chunked") {
    if (headers["content-length"] === undefined) return rest;
    const end = from + Number(headers["content-length"]);
    return end > bytes.length ? rest : { body: bytes.subarray(from, end), end, isWhole: true };
  }
  const pieces: Buffer[] = [];
  let at = from;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd === -1) return { body: Buffer.concat(pieces), end: bytes.length, isWhole: false };
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    pieces.push(bytes.subarray(lineEnd + 2, Math.min(lineEnd + 2 + size, bytes.length)));
    if (!(end <= bytes.length)) return { body: Buffer.concat(pieces), end: bytes.length, isWhole: false };
    if (size === 0) return { body: Buffer.concat(pieces), end, isWhole: true };
    at = end;
  }
}
