import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { type WindowGateway, windowCallHeaders } from "../../host/forward-window-call.ts";

const { request: httpRequest } = process.getBuiltinModule("node:http");

/**
 * Sends a call of the window's to the gateway, the way that every client's call goes, and its answer back as it comes.
 * A page that leaves ends the call.
 *
 * @param headers what the answer carries whatever the gateway says
 */
export function forwardCall(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: { readonly gateway: WindowGateway; readonly headers: Readonly<Record<string, string>> },
): void {
  const headers = windowCallHeaders(Object.entries(incoming.headers), options.gateway);
  const { hostname, port } = new URL(`http://${options.gateway.address}`);
  const call = httpRequest({
    host: hostname.replaceAll(/[[\]]/g, ""),
    port,
    method: incoming.method,
    path: incoming.url,
    headers,
    // A connection of its own for each call: what the page breaks off breaks nobody else's.
    agent: false,
  });
  call.once("response", (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...options.headers, connection: "close" });
    pipeline(answer, outgoing, () => undefined);
  });
  call.once("error", () => {
    if (outgoing.headersSent) return void outgoing.destroy();
    outgoing.writeHead(502, { "content-type": "application/json", connection: "close" });
    outgoing.end(
      JSON.stringify({ error: { message: "Cannot reach the gateway: it is stopping", type: "server_error", code: "internal" } }),
    );
  });
  outgoing.once("close", () => call.destroy());
  pipeline(incoming, call, () => undefined);
}
