import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { createServer as createTlsServer } from "node:tls";

/** A proxy that leads every connection to one place, and remembers where it was asked to lead it. */
export interface ForwardProxy extends AsyncDisposable {
  readonly port: number;
  /** `provider.test:443`, and behind a space the credentials that came along. */
  readonly asked: readonly string[];
}

/** Where the certificates of `provider.test` and `other.test` stand: the authority that signed them, and nothing knows. */
export const authorityFile: string = path.join(import.meta.dirname, "tls", "authority.pem");

/** Starts a server that speaks TLS as `provider.test`, and passes everything on to a port of this machine. */
export async function startTlsFront(target: number): Promise<AsyncDisposable & { readonly port: number }> {
  const folder = path.join(import.meta.dirname, "tls");
  const [cert, key] = ["provider.pem", "provider-key.pem"].map((name) => readFileSync(path.join(folder, name)));
  return listen(createTlsServer({ cert, key }, (socket) => join(socket, target)));
}

/** @param credentials what it wants, as `user:password`; null where it wants none */
export async function startForwardProxy(options: {
  readonly kind: "http" | "socks5";
  readonly target: number;
  readonly credentials?: string;
}): Promise<ForwardProxy> {
  const asked: string[] = [];
  const wanted = options.credentials ?? null;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    if (options.kind === "http") takeConnect(socket, { ...options, asked, wanted });
    else void takeSocks(socket, { ...options, asked, wanted }).catch(() => socket.destroy());
  });
  return { ...(await listen(server)), asked };
}

interface Taking {
  readonly target: number;
  readonly asked: string[];
  readonly wanted: string | null;
}

function takeConnect(socket: Socket, { target, asked, wanted }: Taking): void {
  let head = "";
  const onData = (chunk: Buffer): void => {
    head += chunk.toString("latin1");
    if (!head.includes("\r\n\r\n")) return;
    socket.off("data", onData);
    const to = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1] ?? "";
    const authorization = /proxy-authorization: Basic (\S+)/i.exec(head)?.[1];
    const credentials = authorization === undefined ? null : Buffer.from(authorization, "base64").toString();
    asked.push(credentials === null ? to : `${to} ${credentials}`);
    if (credentials !== wanted) return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    join(socket, target);
  };
  socket.on("data", onData);
}

async function takeSocks(socket: Socket, { target, asked, wanted }: Taking): Promise<void> {
  const [, count = 0] = await take(socket, 2);
  await take(socket, count);
  socket.write(Buffer.from([5, wanted === null ? 0 : 2]));
  let credentials: string | null = null;
  if (wanted !== null) {
    const user = await take(socket, (await take(socket, 2))[1] ?? 0);
    const password = await take(socket, (await take(socket, 1))[0] ?? 0);
    credentials = `${user.toString()}:${password.toString()}`;
    socket.write(Buffer.from([1, credentials === wanted ? 0 : 1]));
    if (credentials !== wanted) return;
  }
  const [, , , , length = 0] = await take(socket, 5);
  const host = (await take(socket, length)).toString();
  const port = (await take(socket, 2)).readUInt16BE();
  asked.push(credentials === null ? `${host}:${port}` : `${host}:${port} ${credentials}`);
  socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
  join(socket, target);
}

async function take(socket: Socket, count: number): Promise<Buffer> {
  for (;;) {
    const bytes = count === 0 ? Buffer.alloc(0) : (socket.read(count) as Buffer | null);
    if (bytes !== null) return bytes;
    await new Promise<void>((resolve, reject) => {
      socket.once("readable", resolve);
      socket.once("close", () => reject(new Error("gone")));
    });
  }
}

function join(socket: Socket, target: number): void {
  const onward = connect(target, "127.0.0.1");
  socket.on("error", () => onward.destroy());
  onward.on("error", () => socket.destroy());
  socket.pipe(onward).pipe(socket);
}

async function listen(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
