import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type BrowserWindow, PortTakenError } from "#core/postern.ts";
import { pathOf } from "#shared/path-of.ts";
import { readWebRequest, writeWebResponse } from "../../host/web-http.ts";
import type { WindowGateway } from "../../host/forward-window-call.ts";
import { forwardCall } from "./forward-call.ts";
import { isWindowPath, readWindowFile } from "../../host/window-files.ts";
import { guardRequest, isOwnPage } from "./guard-request.ts";
import { loginLifeMs, openSessions, type Sessions } from "./sessions.ts";
import { windowHeaders } from "../../host/window-headers.ts";

const { createServer } = process.getBuiltinModule("node:http");

/** What the window's listener needs. */
export interface WindowOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** The folder of the built window. */
  readonly filesFolder: string;
  /** Grows only, in milliseconds. */
  readonly nowMs: () => number;
  /** The admin API, without any check of its own. */
  readonly admin: (request: Request) => Promise<Response>;
  /** Where the window's own calls of models go. */
  readonly gateway: WindowGateway;
}

/** The window, served to browsers of this machine. */
export interface WindowListener extends BrowserWindow {
  /** Ends every connection at once. */
  close(): void;
}

const mostConnections = 128;
/** So many of them may be of somebody who has not logged in: any program of this machine can open them and say nothing. */
const mostStrangers = 64;
const longestLogin = 1_024;
const tabHeader = "x-postern-tab";

/** Said in place of the page where nobody built it: in a checkout, that is. */
const unbuilt = "Cannot show the window: it is not built; run npm run build, and open this again\n";

/**
 * Serves the window and the admin API to browsers, on a loopback port of its own. Nothing but the empty page is
 * answered without a session: a cookie, the tab's token and the page's own origin, all three.
 *
 * @throws {PortTakenError} where the port is taken
 */
export async function serveWindow(options: WindowOptions): Promise<WindowListener> {
  const sessions = openSessions(options.nowMs);
  const server = createServer({ maxHeaderSize: 16_384, headersTimeout: 8_000, requireHostHeader: true });
  server.maxConnections = mostConnections;
  await bind(server, options.port);
  const { port } = server.address() as AddressInfo;
  const own = `127.0.0.1:${port}`;
  // Cookies know no port: two instances would take each other's.
  const cookieName = `postern_${port}`;
  const strangers = new Set<Socket>();
  const serve = createWindowHandler({ ...options, own, cookieName, sessions, strangers });
  server.on("connection", (socket) => {
    // The oldest make room, so that whoever holds them open locks nobody out.
    if (strangers.size >= mostStrangers) strangers.values().next().value?.destroy();
    strangers.add(socket);
    socket.once("close", () => strangers.delete(socket));
  });
  server.on("request", (request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  return {
    origin: `http://${own}`,
    // In the fragment, which stays in the browser: no log, no Referer and no link preview sees it.
    createLogin: () => ({ url: `http://${own}/#login=${sessions.createLogin()}`, expiresInSeconds: loginLifeMs / 1_000 }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Handling extends WindowOptions {
  readonly own: string;
  readonly cookieName: string;
  readonly sessions: Sessions;
  /** The connections on which no login was shown yet, the oldest first. */
  readonly strangers: Set<Socket>;
}

function createWindowHandler(handling: Handling): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { own, sessions, cookieName } = handling;
  return async (request, response) => {
    for (const [name, value] of Object.entries(windowHeaders)) response.setHeader(name, value);
    const refused = guardRequest(request, own);
    if (refused !== null) return refuse(response, refused.status, refused.message);
    const at = pathOf(request);
    if (isWindowPath(at)) return serveFile(request, response, handling.filesFolder);
    if (!isOwnPage(request, own)) return refuse(response, 403, "Cannot answer this call: it does not come from Postern's window");
    const hasBody = request.method === "POST" || request.method === "PUT";
    // A form of another site can send text or form data without asking; it cannot send this.
    // Files that the page sends to a model are form data too, and come with all three proofs.
    if (hasBody && !at.startsWith("/v1/") && hasOtherType(request))
      return refuse(response, 415, "Cannot read this body: send it as application/json, or as application/octet-stream where it is bytes");
    if (at === "/login" && request.method === "POST") return logIn(request, response, handling);
    const isCall = at.startsWith("/v1/") || at.startsWith("/v1beta/models/");
    if (!isCall && !at.startsWith("/admin/") && at !== "/logout") return refuse(response, 404, "Cannot find this path");
    const cookie = readCookie(request, cookieName);
    const tab = request.headers[tabHeader];
    const known = sessions.check(cookie, typeof tab === "string" ? tab : null);
    if (known !== true) return refuseStranger(response, known);
    handling.strangers.delete(request.socket);
    if (at === "/logout") {
      sessions.end(cookie);
      response.setHeader("set-cookie", `${cookieName}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict`);
      return answer(response, 200, {});
    }
    if (isCall) return forwardCall(request, response, { gateway: handling.gateway, headers: windowHeaders });
    return writeWebResponse(await handling.admin(readWebRequest(request, "http://postern")), response);
  };
}

async function logIn(request: IncomingMessage, response: ServerResponse, { sessions, cookieName }: Handling): Promise<void> {
  const token = await readToken(request);
  if (token === null) return refuse(response, 400, 'Cannot read this login: it must be {"token": "..."}');
  const session = sessions.spendLogin(token, readCookie(request, cookieName));
  if (typeof session === "string") return refuseStranger(response, session);
  response.setHeader("set-cookie", `${cookieName}=${session.cookie}; Path=/; HttpOnly; SameSite=Strict`);
  answer(response, 200, { tabToken: session.tabToken });
}

async function readToken(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > longestLogin) return null;
    chunks.push(chunk);
  }
  try {
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { readonly token?: unknown } | null;
    return typeof body?.token === "string" ? body.token : null;
  } catch {
    return null;
  }
}

/** Read at each request: an update may replace them. */
async function serveFile(request: IncomingMessage, response: ServerResponse, folder: string): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, `Cannot ${request.method} here`);
  const file = await readWindowFile(folder, pathOf(request));
  if (file === null && pathOf(request) !== "/") return refuse(response, 404, "Cannot find this file of the window");
  if (file === null) response.writeHead(503, { "content-type": "text/plain; charset=utf-8" }).end(unbuilt);
  else response.writeHead(200, file.headers).end(request.method === "HEAD" ? undefined : file.body);
}

function refuseStranger(response: ServerResponse, why: "wrong" | "slow-down"): void {
  if (why === "slow-down") {
    response.setHeader("retry-after", "60");
    return refuse(response, 429, "Cannot let this in: too many wrong tries in the last minute; wait a minute, then try the right one");
  }
  response.setHeader("www-authenticate", "Bearer");
  refuse(response, 401, "Cannot let this in: it has no valid login; open the window anew with: postern ui");
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const code = status === 401 ? "not_logged_in" : status === 404 ? "not_found" : "refused";
  response.setHeader("connection", "close");
  answer(response, status, { error: { code, message } });
}

function answer(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

function hasOtherType(request: IncomingMessage): boolean {
  return !/^application\/(?:json|octet-stream)\s*(?:;|$)/i.test(request.headers["content-type"] ?? "");
}

function readCookie(request: IncomingMessage, name: string): string | null {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name && value !== undefined) return value;
  }
  return null;
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new PortTakenError("127.0.0.1", port, { cause: error }) : error);
    });
    server.listen({ host: "127.0.0.1", port, exclusive: true }, resolve);
  });
}
