import type { Socket } from "node:net";
import type { RecordedRequest } from "./scripted-provider.ts";

/** Response headers: a list where one name comes several times. */
export type ReplyHeaders = Readonly<Record<string, string | readonly string[]>>;

/** One answer under way. No method ever rejects: writing to a peer that left does nothing. */
export interface Exchange {
  readonly request: RecordedRequest;
  /** For what the methods do not cover, such as `pause()`. */
  readonly socket: Socket;
  /** False once either side has closed. */
  readonly isOpen: boolean;
  /** Resolves when the socket is closed, by whomever. */
  readonly gone: Promise<void>;
  /** Sends bytes as they are. Resolves when the operating system took them, so awaiting it keeps to the peer's pace. */
  raw(bytes: string | Uint8Array): Promise<void>;
  /** Sends status line and headers; these decide the framing of {@link Exchange.body}: chunked, a length, or until close. */
  head(status: number, headers?: ReplyHeaders): Promise<void>;
  /** Sends one piece of the body, as one chunk where the head said chunked. */
  body(piece: string | Uint8Array): Promise<void>;
  /** Ends the body: the last chunk, nothing after a length, else the connection. */
  finish(): Promise<void>;
  /** Closes in the orderly way (FIN), after what was written. */
  close(): void;
  /** Closes at once (RST). */
  reset(): void;
}

/** What an exchange tells the recording of its request. */
export interface ExchangeListener {
  onSent(bytes: number): void;
  onClosedByUs(): void;
}

/** Where an answer goes. */
export interface Connection {
  readonly socket: Socket;
  /** Resolves when the socket is closed. */
  readonly gone: Promise<void>;
}

/** Opens the answering side of a request on its connection. */
export function openExchange(request: RecordedRequest, { socket, gone }: Connection, listener: ExchangeListener): Exchange {
  let framing: "chunked" | "length" | "close" = "close";

  const isOpen = (): boolean => !socket.destroyed && socket.writable;

  function raw(bytes: string | Uint8Array): Promise<void> {
    const buffer = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
    if (!isOpen() || buffer.length === 0) return Promise.resolve();
    const taken = new Promise<void>((resolve) => {
      socket.write(buffer, (error) => {
        if (error === null || error === undefined) listener.onSent(buffer.length);
        resolve();
      });
    });
    return Promise.race([taken, gone]);
  }

  function close(): void {
    listener.onClosedByUs();
    socket.end();
  }

  return {
    request,
    socket,
    get isOpen() {
      return isOpen();
    },
    gone,
    raw,
    head(status, headers = {}) {
      const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`));
      const names = Object.keys(headers).map((name) => name.toLowerCase());
      if (names.includes("transfer-encoding")) framing = "chunked";
      else if (names.includes("content-length") || status === 204 || status === 304) framing = "length";
      else framing = "close";
      return raw(Buffer.from(`HTTP/1.1 ${status} Scripted\r\n${lines.join("")}\r\n`, "latin1"));
    },
    body(piece) {
      const bytes = Buffer.from(piece);
      if (framing !== "chunked") return raw(bytes);
      if (bytes.length === 0) return Promise.resolve();
      return raw(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]));
    },
    async finish() {
      if (framing === "chunked") await raw("0\r\n\r\n");
      if (framing === "close") close();
    },
    close,
    reset() {
      listener.onClosedByUs();
      socket.resetAndDestroy();
    },
  };
}
