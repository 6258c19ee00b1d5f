import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import type { Server } from "node:http";
import path from "node:path";
import { Readable } from "node:stream";
import type { AdminFetch } from "#shared/contract/client.ts";
import { readWebRequest, writeWebResponse } from "./web-http.ts";

const { createServer, request: httpRequest } = process.getBuiltinModule("node:http");

type Handler = (request: Request) => Promise<Response>;

const longestSocketPath = 100;

/**
 * Where an instance can be spoken to by its owner: a socket in the data folder, which nobody else can enter; on Windows
 * a pipe named after it.
 */
export function controlAddress(dataFolder: string): string {
  if (process.platform === "win32") return `\\\\.\\pipe\\postern-${createHash("sha256").update(dataFolder).digest("hex").slice(0, 32)}`;
  return path.join(dataFolder, "control.sock");
}

/**
 * Serves the admin API to the owner's other commands. The folder's lock is held, so a socket file that is there already
 * is a dead one.
 *
 * @returns null where the path is too long for a socket: commands then need the instance to be stopped
 */
export async function serveControlSocket(dataFolder: string, handler: Handler): Promise<{ close(): void } | null> {
  const address = controlAddress(dataFolder);
  if (process.platform !== "win32") {
    if (Buffer.byteLength(address) > longestSocketPath) return null;
    rmSync(address, { force: true });
  }
  const server: Server = createServer((incoming, outgoing) => {
    // Only the owner can come here, so there is nothing to ask; the name of the host says nothing.
    handler(readWebRequest(incoming, "http://postern"))
      .then((response) => writeWebResponse(response, outgoing))
      .catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, resolve);
  });
  server.unref();
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * Calls an instance's admin API through its socket.
 *
 * @returns null where no instance listens there
 */
export function callControlSocket(dataFolder: string, path: string, init: Parameters<AdminFetch>[1]): Promise<Response | null> {
  return new Promise((resolve, reject) => {
    const { method, body, headers, signal } = init;
    const outgoing = httpRequest(
      { socketPath: controlAddress(dataFolder), method, path, headers, ...(signal && { signal }) },
      (response) => {
        resolve(
          new Response(Readable.toWeb(response) as ReadableStream<Uint8Array>, {
            status: response.statusCode ?? 500,
            headers: { "content-type": response.headers["content-type"] ?? "" },
          }),
        );
      },
    );
    outgoing.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(null);
      else reject(error);
    });
    outgoing.end(body);
  });
}
