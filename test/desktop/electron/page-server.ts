import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { world } from "./world.ts";

/** Serves what `protocol.handle` answers to a real browser, which knows no scheme of Electron's; streams stay streams. */
export interface PageServer {
  /** `http://postern-app.localhost:4711`: a secure context, as the scheme is. */
  readonly origin: string;
  close(): void;
}

let opened: Promise<PageServer> | undefined;

/** The one server of this start. */
export function pageServer(): Promise<PageServer> {
  opened ??= open();
  return opened;
}

/** `postern-app://window/x` for the browser, and back. */
export const toBrowser = (url: string, origin: string): string => url.replace(/^postern-app:\/\/window/, origin);

/** The other way. */
export const fromBrowser = (url: string, origin: string): string =>
  url.startsWith(origin) ? `postern-app://window${url.slice(origin.length)}` : url;

async function open(): Promise<PageServer> {
  let origin = "";
  const server: Server = createServer((incoming, outgoing) => {
    void (async () => {
      const handler = world.schemes.get("postern-app");
      if (handler === undefined) return void outgoing.destroy();
      const headers = new Headers();
      for (const [name, value] of Object.entries(incoming.headers)) {
        if (value !== undefined && name !== "host" && name !== "connection") headers.set(name, fromBrowser(String(value), origin));
      }
      const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
      const request = new Request(`postern-app://window${incoming.url ?? "/"}`, {
        method: incoming.method ?? "GET",
        headers,
        ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: "half" } : {}),
      });
      const response = await handler(request);
      outgoing.writeHead(response.status, [...response.headers].flat());
      outgoing.flushHeaders();
      if (response.body === null) outgoing.end();
      else await pipeline(Readable.fromWeb(response.body as never), outgoing);
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://postern-app.localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
