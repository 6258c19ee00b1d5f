import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { PosternError } from "#shared/errors.ts";
import { writeOpenAiError } from "#core/dialects/openai-chat-error.ts";
import { ClientConnections } from "./client-connections.ts";
import { cutOff } from "./cut-off.ts";
import type { Gateway } from "./gateway.ts";
import { bracketed, PortTakenError } from "./port-taken-error.ts";
import { ownHeaders } from "./response-headers.ts";

// Not imported: the lint rule `slow-import` says why.
const { createServer } = process.getBuiltinModule("node:http");

/** A gateway that can be reached. */
export interface Listener {
  /** The port that was bound; the same on every address. */
  readonly port: number;
  /** `127.0.0.1:8787`, `[::1]:8787`: where it listens. */
  readonly addresses: readonly string[];
  /**
   * Stops: no new connections, calls under way may finish for `graceMs`, then they end with an error.
   */
  drain(graceMs: number): Promise<void>;
  /** The same for this listener alone: what comes in elsewhere goes on. Called again, the later `graceMs` holds. */
  retire(graceMs: number): Promise<void>;
}

const headersTimeoutMs = 8_000;
const keepAliveTimeoutMs = 65_000;
const mostConnections = 4_096;

/**
 * Listens on 127.0.0.1 and ::1 with one port, so that nobody else can answer for `localhost`. A machine without IPv6
 * is no conflict. Another `host` is taken alone, as the person asked for it.
 *
 * @param options `port` 0 takes any free one
 * @throws {PortTakenError} where an address is taken; nothing is bound then
 */
export async function listen(gateway: Gateway, options: { readonly host: string; readonly port: number }): Promise<Listener> {
  const connections = new ClientConnections();
  let isDraining = false;
  const servers: Server[] = [];
  const isLocal = options.host === "127.0.0.1" || options.host === "localhost";
  const hosts = isLocal ? ["127.0.0.1", "::1"] : [options.host];
  let port = options.port;
  try {
    for (const host of hosts) {
      const server = createHttpServer(gateway, { connections, isDraining: () => isDraining });
      if (await bind(server, { host, port, isOptional: host === "::1" && isLocal })) servers.push(server);
      port ||= (server.address() as AddressInfo | null)?.port ?? 0;
    }
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
  gateway.stopDraining();
  gateway.setHosts(
    isLocal
      ? [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
      : [`${bracketed(options.host)}:${port}`, `127.0.0.1:${port}`, `localhost:${port}`],
  );

  let closing: Promise<unknown> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function retire(graceMs: number): Promise<void> {
    isDraining = true;
    closing ??= Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    connections.closeIdle();
    // Asked again, the later word holds: a listener that moved away has long, and less once everything stops.
    clearTimeout(timer);
    timer = setTimeout(() => {
      const reason = new PosternError("shutting_down", "Cannot finish this call: Postern is shutting down");
      for (const exchange of gateway.underWay.all()) {
        if (!connections.has(exchange.request.socket)) continue;
        if (exchange.ongoing === null) exchange.request.destroy();
        else cutOff(exchange, reason);
      }
      setTimeout(() => servers.forEach((server) => server.closeAllConnections()), 200);
    }, graceMs);
    await closing;
    clearTimeout(timer);
  }

  return {
    port,
    addresses: servers.map((server) => bracketed((server.address() as AddressInfo).address) + `:${port}`),
    async drain(graceMs) {
      gateway.startDraining();
      await retire(graceMs);
    },
    retire,
  };
}

function createHttpServer(
  gateway: Gateway,
  { connections, isDraining }: { readonly connections: ClientConnections; readonly isDraining: () => boolean },
): Server {
  const server = createServer({
    maxHeaderSize: 16_384,
    headersTimeout: headersTimeoutMs,
    // A body has its own limit of silence; a large upload may take as long as it moves.
    requestTimeout: 0,
    connectionsCheckingInterval: 1_000,
    // Said in each answer as well: clients close theirs first, and keep them so long.
    keepAliveTimeout: keepAliveTimeoutMs,
    insecureHTTPParser: false,
    requireHostHeader: true,
    noDelay: true,
  });
  server.maxConnections = mostConnections;
  // The header count is checked where it can be answered; the parser would only drop what is over its limit.
  server.maxHeadersCount = 0;

  const serve = (request: IncomingMessage, response: ServerResponse, beginBody: (() => void) | null): void => {
    const { socket } = request;
    connections.owe(socket, response);
    gateway.handle(request, response, {
      beginBody,
      onClose() {
        if (connections.settle(socket, response) && isDraining()) socket.destroySoon();
      },
    });
  };
  server.on("connection", (socket) => connections.add(socket));
  server.on("request", (request, response) => serve(request, response, null));
  // "100 Continue" is an invitation to send the body: it is given after the key was found good, not before.
  server.on("checkContinue", (request, response) => serve(request, response, () => response.writeContinue()));
  server.on("checkExpectation", (_request, response) =>
    answerEarly(response, new PosternError("expectation_failed", "Cannot meet this expectation: only 100-continue is known")),
  );
  server.on("connect", (_request, socket) =>
    refuseSocket(socket as Socket, new PosternError("method_not_allowed", "Cannot CONNECT: Postern is no proxy")),
  );
  server.on("clientError", (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    // Words for the broken request would stand in the middle of an answer that is on its way.
    if (connections.isAnswering(socket)) socket.destroy();
    else refuseSocket(socket, explainParseError(error));
  });
  return server;
}

function bind(server: Server, options: { readonly host: string; readonly port: number; readonly isOptional: boolean }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (options.isOptional && (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT")) resolve(false);
      else if (error.code === "EADDRINUSE") reject(new PortTakenError(options.host, options.port, { cause: error }));
      else reject(error);
    });
    server.listen({ host: options.host, port: options.port, exclusive: true, ipv6Only: options.host === "::1" }, () => resolve(true));
  });
}

/** What llhttp refused before there was a request. */
function explainParseError(error: NodeJS.ErrnoException): PosternError {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return new PosternError("headers_too_large", "Cannot take this request: its headers are larger than 16 KiB");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new PosternError("body_too_large", "Cannot take this request: its chunk extensions are too large");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new PosternError(
        "request_timeout",
        `Cannot wait longer for this request: its headers were not complete within ${headersTimeoutMs / 1000} s`,
      );
    default:
      return new PosternError("invalid_http", "Cannot take this request: it is not HTTP/1.1 as RFC 9112 has it");
  }
}

function refuseSocket(socket: Socket, error: PosternError): void {
  if (!socket.writable || socket.destroyed) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(writeOpenAiError(error));
  const lines = [
    `HTTP/1.1 ${error.status} ${error.code.replaceAll("_", " ")}`,
    "connection: close",
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  for (let index = 0; index < ownHeaders.length; index += 2) lines.push(`${ownHeaders[index]}: ${ownHeaders[index + 1]}`);
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`, () => socket.destroySoon());
}

function answerEarly(response: ServerResponse, error: PosternError): void {
  const body = JSON.stringify(writeOpenAiError(error));
  response.writeHead(error.status, [
    ...ownHeaders,
    "connection",
    "close",
    "content-type",
    "application/json",
    "content-length",
    String(Buffer.byteLength(body)),
  ]);
  response.end(body);
}
