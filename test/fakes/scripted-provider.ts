import { createServer, type AddressInfo, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { type Exchange, openExchange } from "./exchange.ts";
import { openRequestReader, type RequestHead } from "./read-request.ts";
import { json } from "./replies.ts";

/** How one request is answered, byte by byte. What it throws is kept in {@link ScriptedProvider.problems}. */
export interface Script {
  (exchange: Exchange): void | Promise<void>;
  /** Plays as soon as the head is there, not only when the whole body is. */
  readonly beforeBody?: boolean;
}

/** A request as it came. */
export interface RecordedRequest extends RequestHead {
  /** What has come of the body; all of it once {@link RecordedRequest.bodyReceived} resolved. */
  readonly body: Buffer;
  /** The body as JSON. Throws a SyntaxError where it is none. */
  json(): unknown;
  /** On the monotonic clock: `performance.now()` when the head was complete. */
  readonly receivedAtMs: number;
  /** 1 for the first connection. */
  readonly connectionId: number;
  /** Stays pending when the peer leaves in the middle. */
  readonly bodyReceived: Promise<void>;
  /** Resolves when the peer closes before the script's end; stays pending otherwise. */
  readonly closedEarly: Promise<void>;
  /** Resolves when the script has played to its end. */
  readonly answered: Promise<void>;
  /** Bytes of the answer that the operating system took: stands still while the peer does not read. */
  readonly sentBytes: number;
}

/** A provider that answers by script, on a real socket, and remembers what it was sent. */
export interface ScriptedProvider extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly port: number;
  /** In the order in which their heads came. */
  readonly requests: readonly RecordedRequest[];
  /** How many connections were accepted, with or without a request. */
  readonly connectionCount: number;
  /** What was wrong with requests (no HTTP) or scripts (they threw). */
  readonly problems: readonly Error[];
  /** Answers one request, after those that wait already. */
  next(script: Script): void;
  /** Answers every request that nothing else answers. Without it: 501. */
  always(script: Script): void;
  /** Answers every request of this method and path (without its query). Comes before `next` and `always`. */
  route(method: string, path: string, script: Script): void;
  /** Resolves with the n-th request (from 1) once its body is complete. */
  waitForRequest(n: number): Promise<RecordedRequest>;
  /** Forgets requests, problems and waiting `next` scripts; routes and `always` stay. */
  forget(): void;
  close(): Promise<void>;
}

/**
 * Starts a provider on 127.0.0.1 and a free port. It is a plain socket server, since node:http refuses to send most
 * of what a test wants to see survived. An error inside a connection never leaves it.
 */
export async function startScriptedProvider(options: { readonly host?: string } = {}): Promise<ScriptedProvider> {
  const requests: RecordedRequest[] = [];
  const whole = new WeakSet<RecordedRequest>();
  const problems: Error[] = [];
  const queue: Script[] = [];
  const routes = new Map<string, Script>();
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let always: Script = noScript;
  let connectionCount = 0;

  function chooseScript(head: RequestHead): Script {
    const path = head.url.split("?", 1)[0] ?? "";
    return routes.get(`${head.method} ${path}`) ?? queue.shift() ?? always;
  }

  function accept(socket: Socket): void {
    const connectionId = ++connectionCount;
    sockets.add(socket);
    // One-byte writes are meant to be one-byte packets.
    socket.setNoDelay(true);
    socket.on("error", () => {});
    const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("close", () => sockets.delete(socket));
    let current: Recording | undefined;
    let playing: Promise<void> = Promise.resolve();

    function play(recording: Recording): void {
      const exchange = openExchange(recording.request, { socket, gone }, recording);
      playing = playing.then(async () => {
        try {
          await recording.script(exchange);
        } catch (error) {
          problems.push(error instanceof Error ? error : new Error(String(error)));
        }
        recording.onScriptEnd();
        if (recording.request.headers["connection"]?.toLowerCase() === "close" || recording.request.httpVersion === "1.0") socket.end();
      });
    }

    const feed = openRequestReader({
      onHead(head) {
        current = record(head, { connectionId, socket, script: chooseScript(head) });
        requests.push(current.request);
        if (current.script.beforeBody === true) play(current);
      },
      onBody: (piece) => current?.onBody(piece),
      onEnd() {
        if (current === undefined) return;
        current.onBodyEnd();
        whole.add(current.request);
        if (current.script.beforeBody !== true) play(current);
        for (const check of waiting) check();
      },
    });
    socket.on("data", (bytes) => {
      try {
        feed(bytes);
      } catch (error) {
        problems.push(new Error("Cannot read what the gateway sent", { cause: error }));
        socket.destroy();
      }
    });
  }

  const server = createServer(accept);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, options.host ?? "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  return {
    origin: `http://${options.host ?? "127.0.0.1"}:${port}`,
    port,
    requests,
    get connectionCount() {
      return connectionCount;
    },
    problems,
    next: (script) => void queue.push(script),
    always(script) {
      always = script;
    },
    route: (method, path, script) => void routes.set(`${method} ${path}`, script),
    waitForRequest: (n) =>
      new Promise((resolve) => {
        function check(): void {
          const request = requests[n - 1];
          if (request === undefined || !whole.has(request)) return;
          waiting.delete(check);
          resolve(request);
        }
        waiting.add(check);
        check();
      }),
    forget() {
      requests.length = 0;
      problems.length = 0;
      queue.length = 0;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Recording {
  readonly request: RecordedRequest;
  readonly script: Script;
  onBody(piece: Buffer): void;
  onBodyEnd(): void;
  onSent(bytes: number): void;
  onClosedByUs(): void;
  onScriptEnd(): void;
}

function record(
  head: RequestHead,
  connection: { readonly connectionId: number; readonly socket: Socket; readonly script: Script },
): Recording {
  const pieces: Buffer[] = [];
  const bodyReceived = Promise.withResolvers<void>();
  const closedEarly = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  let sentBytes = 0;
  const onClose = (): void => closedEarly.resolve();
  const stopWatching = (): void => void connection.socket.off("close", onClose);
  connection.socket.once("close", onClose);
  const request: RecordedRequest = {
    ...head,
    get body() {
      return Buffer.concat(pieces);
    },
    json: () => JSON.parse(Buffer.concat(pieces).toString()) as unknown,
    receivedAtMs: performance.now(),
    connectionId: connection.connectionId,
    bodyReceived: bodyReceived.promise,
    closedEarly: closedEarly.promise,
    answered: answered.promise,
    get sentBytes() {
      return sentBytes;
    },
  };
  return {
    request,
    script: connection.script,
    onBody: (piece) => void pieces.push(piece),
    onBodyEnd: () => bodyReceived.resolve(),
    onSent(bytes) {
      sentBytes += bytes;
    },
    onClosedByUs: stopWatching,
    onScriptEnd() {
      // A script whose peer has left ends too, when its socket's "close" is under way but not yet told.
      if (!connection.socket.destroyed) stopWatching();
      answered.resolve();
    },
  };
}

function noScript(exchange: Exchange): void | Promise<void> {
  const { method, url } = exchange.request;
  return json(501, {
    error: { message: `the scripted provider has no script for ${method} ${url}`, type: "no_script", param: null, code: null },
  })(exchange);
}
