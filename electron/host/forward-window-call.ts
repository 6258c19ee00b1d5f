import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const { request: httpRequest } = process.getBuiltinModule("node:http");

/** The gateway as the window calls it: with a local key that never leaves this process. */
export interface WindowGateway {
  /** `127.0.0.1:8787` */
  readonly address: string;
  readonly key: string;
}

/** What of the page's own headers a model's answer may depend on. */
const passedOn = ["accept", "anthropic-beta", "anthropic-version", "content-encoding", "content-length", "content-type"];
/** Of the connection to the gateway, not of the answer. */
const perConnection = ["connection", "keep-alive", "transfer-encoding"];

/** The headers that a call of the window's goes to the gateway with: some of the page's own, and the window's key. */
export function windowCallHeaders(
  headers: Iterable<readonly [string, string | string[] | undefined]>,
  { address, key }: WindowGateway,
): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = { host: address, authorization: `Bearer ${key}`, "user-agent": "postern-window" };
  for (const [name, value] of headers) {
    const isRouting = name.startsWith("x-portkey-") && name !== "x-portkey-api-key";
    if (value !== undefined && (passedOn.includes(name) || isRouting)) kept[name] = value;
  }
  return kept;
}

/**
 * Sends a call of the window's to the gateway, the way that every client's call goes. The answer's body comes as it
 * comes; cancelling it ends the call.
 *
 * @param at path and query: `/v1/models?limit=5`
 */
export function forwardWindowCall(request: Request, at: string, gateway: WindowGateway): Promise<Response> {
  const { hostname, port } = new URL(`http://${gateway.address}`);
  return new Promise((resolve) => {
    const call = httpRequest({
      host: hostname.replaceAll(/[[\]]/g, ""),
      port,
      method: request.method,
      path: at,
      headers: windowCallHeaders(request.headers, gateway),
      // A connection of its own for each call: what the page breaks off breaks nobody else's.
      agent: false,
    });
    call.once("response", (answer) => {
      const headers = new Headers();
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined && !perConnection.includes(name)) headers.set(name, String(value));
      }
      const status = answer.statusCode ?? 502;
      const isBodiless = status === 204 || status === 304 || request.method === "HEAD";
      if (isBodiless) answer.resume();
      resolve(new Response(isBodiless ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>), { status, headers }));
    });
    call.once("error", () => {
      const error = { message: "Cannot reach the gateway: it is stopping", type: "server_error", code: "internal" };
      resolve(Response.json({ error }, { status: 502 }));
    });
    request.signal.addEventListener("abort", () => call.destroy(), { once: true });
    if (request.body === null) call.end();
    else pipeline(Readable.fromWeb(request.body as import("node:stream/web").ReadableStream), call).catch(() => call.destroy());
  });
}
