import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";

/** The gateway as the window calls it: with a local key that never leaves this process. */
export interface WindowGateway {
  /** `127.0.0.1:8787` */
  readonly address: string;
  readonly key: string;
}

/** What of the page's own headers a model's answer may depend on. */
const passedOn = ["accept", "anthropic-beta", "anthropic-version", "content-encoding", "content-length", "content-type"];

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
  const { address, key } = options.gateway;
  const headers: Record<string, string | string[]> = { host: address, authorization: `Bearer ${key}`, "user-agent": "postern-window" };
  for (const [name, value] of Object.entries(incoming.headers)) {
    const isRouting = name.startsWith("x-portkey-") && name !== "x-portkey-api-key";
    if (value !== undefined && (passedOn.includes(name) || isRouting)) headers[name] = value;
  }
  const { hostname, port } = new URL(`http://${address}`);
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
