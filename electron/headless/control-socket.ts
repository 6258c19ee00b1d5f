import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer, request as httpRequest, type Server } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";

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
    const answer = async (): Promise<void> => {
      const method = incoming.method ?? "GET";
      const body = method === "GET" ? null : await text(incoming);
      const response = await handler(new Request(`http://postern${incoming.url ?? "/"}`, { method, body: body === "" ? null : body }));
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    };
    answer().catch(() => outgoing.destroy());
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
export function callControlSocket(
  dataFolder: string,
  request: { readonly method: string; readonly path: string; readonly body: string | null },
): Promise<{ status: number; body: string } | null> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ socketPath: controlAddress(dataFolder), method: request.method, path: request.path }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 500, body }), reject);
    });
    outgoing.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(null);
      else reject(error);
    });
    outgoing.end(request.body ?? undefined);
  });
}
