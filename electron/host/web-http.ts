import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * A request of node:http as the web has it, its body unread.
 *
 * @param origin `http://127.0.0.1:4711`: what stands before the path
 */
export function readWebRequest(incoming: IncomingMessage, origin: string): Request {
  const method = incoming.method ?? "GET";
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one);
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(origin + (incoming.url ?? "/"), {
    method,
    headers,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: "half" } : {}),
  });
}

/** Writes an answer of the web through node:http. A client that leaves cancels the answer's stream. Never rejects for that. */
export async function writeWebResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, [...response.headers].flat());
  if (response.body === null) {
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  // `pipeline` waits for a slow reader, and cancels the stream when the reader goes.
  await pipeline(Readable.fromWeb(response.body), outgoing).catch(() => undefined);
}
