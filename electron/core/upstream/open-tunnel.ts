import { connect as connectPlainly, isIP, type Socket } from "node:net";
import { connect as connectSecurely, type SecureContext } from "node:tls";
import { PosternError } from "#shared/errors.ts";

/** A proxy that lets connections through. */
export interface Proxy {
  readonly protocol: "http" | "https" | "socks5";
  readonly hostname: string;
  readonly port: number;
  /** `user:password`; null where it asks for none. */
  readonly credentials: string | null;
}

/** Where a tunnel leads. */
export interface TunnelEnd {
  readonly hostname: string;
  readonly port: number;
}

const mostHeaderBytes = 16_384;

/**
 * Connects to a host through a proxy: by CONNECT (RFC 9110 section 9.3.6) or SOCKS 5 (RFC 1928, with RFC 1929's user and
 * password). The proxy gets the host's name and finds its address itself.
 *
 * @param options.timeoutMs for the whole of it
 * @throws {PosternError} `upstream_unreachable`, with words about the proxy; never its credentials
 */
export async function openTunnel(
  proxy: Proxy,
  end: TunnelEnd,
  options: { readonly timeoutMs: number; readonly secureContext: SecureContext | undefined },
): Promise<Socket> {
  const socket = connectTo(proxy, options.secureContext);
  const timer = setTimeout(
    () => socket.destroy(refusal(proxy, "it let nothing through in the time that it has for that")),
    options.timeoutMs,
  );
  try {
    await connected(socket, proxy);
    const reader = openReader(socket);
    try {
      if (proxy.protocol === "socks5") await greetSocks(reader, proxy, end);
      else await askConnect(reader, proxy, end);
    } finally {
      reader.close();
    }
    return socket;
  } catch (error) {
    socket.destroy();
    throw error instanceof PosternError ? error : refusal(proxy, codeOf(error), error);
  } finally {
    clearTimeout(timer);
  }
}

function connectTo({ protocol, hostname, port }: Proxy, secureContext: SecureContext | undefined): Socket {
  const host = hostname.replaceAll(/[[\]]/g, "");
  if (protocol !== "https") return connectPlainly({ host, port }).setNoDelay(true);
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return connectSecurely({ host, port, ...servername, ...(secureContext !== undefined && { secureContext }) }).setNoDelay(true);
}

function connected(socket: Socket, { protocol }: Proxy): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(protocol === "https" ? "secureConnect" : "connect", resolve);
    // Stays: between the tunnel's opening and its use nobody else listens.
    socket.on("error", reject);
  });
}

/** What a proxy says before the tunnel is open, piece by piece. */
interface Reader {
  readonly socket: Socket;
  /** So many bytes, once they are there. */
  take(count: number): Promise<Buffer>;
  /** Everything up to the end of a header. */
  takeHeader(): Promise<string>;
  /** Gives back to the socket what belongs to the other end. */
  close(): void;
}

function openReader(socket: Socket): Reader {
  let waiting = Buffer.alloc(0);
  let failure: Error | null = null;
  let wake: () => void = () => undefined;
  const onData = (chunk: Buffer): void => {
    waiting = Buffer.concat([waiting, chunk]);
    wake();
  };
  const onEnd = (): void => {
    failure ??= new Error("it hung up");
    wake();
  };
  const onError = (error: Error): void => {
    failure ??= error;
    wake();
  };
  socket.on("data", onData).on("end", onEnd).on("close", onEnd).on("error", onError);

  async function takeWhen(lengthOf: (bytes: Buffer) => number | null): Promise<Buffer> {
    for (;;) {
      const length = lengthOf(waiting);
      if (length !== null) {
        const taken = waiting.subarray(0, length);
        waiting = waiting.subarray(length);
        return taken;
      }
      if (failure !== null) throw failure;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  return {
    socket,
    take: (count) => takeWhen((bytes) => (bytes.length >= count ? count : null)),
    async takeHeader() {
      const header = await takeWhen((bytes) => {
        const end = bytes.indexOf("\r\n\r\n");
        if (end === -1 && bytes.length > mostHeaderBytes) throw new Error("its answer is no HTTP");
        return end === -1 ? null : end + 4;
      });
      return header.toString("latin1");
    },
    close() {
      socket.off("data", onData).off("end", onEnd).off("close", onEnd).off("error", onError);
      socket.pause();
      if (waiting.length > 0) socket.unshift(waiting);
    },
  };
}

async function askConnect(reader: Reader, proxy: Proxy, end: TunnelEnd): Promise<void> {
  const to = `${end.hostname}:${end.port}`;
  const authorization =
    proxy.credentials === null ? "" : `proxy-authorization: Basic ${Buffer.from(proxy.credentials).toString("base64")}\r\n`;
  reader.socket.write(`CONNECT ${to} HTTP/1.1\r\nhost: ${to}\r\n${authorization}\r\n`);
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(await reader.takeHeader())?.[1];
  if (status === undefined) throw refusal(proxy, "its answer is no HTTP");
  if (status === "407") throw refusal(proxy, "it wants a user name and password; set POSTERN_PROXY_CREDENTIALS to user:password");
  if (!status.startsWith("2")) throw refusal(proxy, `it refused ${to} with status ${status}`);
}

const socksVersion = 5;
const socksFailures: Readonly<Record<number, string>> = {
  1: "it failed",
  2: "its rules do not allow this connection",
  3: "it cannot reach the network",
  4: "it cannot reach the host",
  5: "the host refused the connection",
  6: "the connection took too long",
  8: "it does not take host names",
};

async function greetSocks(reader: Reader, proxy: Proxy, end: TunnelEnd): Promise<void> {
  const { socket } = reader;
  const methods = proxy.credentials === null ? [0] : [0, 2];
  socket.write(Buffer.from([socksVersion, methods.length, ...methods]));
  const [version, method] = await reader.take(2);
  if (version !== socksVersion) throw refusal(proxy, "it does not speak SOCKS 5");
  if (method === 2 && proxy.credentials !== null) await sendPassword(reader, proxy);
  else if (method !== 0) throw refusal(proxy, "it wants a user name and password; set POSTERN_PROXY_CREDENTIALS to user:password");
  const host = Buffer.from(end.hostname.replaceAll(/[[\]]/g, ""));
  socket.write(Buffer.from([socksVersion, 1, 0, 3, host.length, ...host, end.port >> 8, end.port & 255]));
  const [, outcome = 1, , kind] = await reader.take(4);
  if (outcome !== 0) throw refusal(proxy, socksFailures[outcome] ?? `it answered ${outcome}`);
  // The address that it connected from: of no use, and of a length that its kind says.
  const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await reader.take(1))[0] ?? 0);
  await reader.take(length + 2);
}

async function sendPassword(reader: Reader, proxy: Proxy): Promise<void> {
  const credentials = proxy.credentials ?? "";
  const split = credentials.indexOf(":");
  const user = Buffer.from(split === -1 ? credentials : credentials.slice(0, split)).subarray(0, 255);
  const password = Buffer.from(split === -1 ? "" : credentials.slice(split + 1)).subarray(0, 255);
  reader.socket.write(Buffer.from([1, user.length, ...user, password.length, ...password]));
  const [, outcome] = await reader.take(2);
  if (outcome !== 0) throw refusal(proxy, "it does not take the user name and password in POSTERN_PROXY_CREDENTIALS");
}

function refusal({ hostname, port }: Proxy, what: string, cause?: unknown): PosternError {
  return new PosternError("upstream_unreachable", `Cannot connect through the proxy ${hostname}:${port}: ${what}`, { cause });
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "nothing listens there; check network.proxy";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "its name is not known here; check network.proxy";
  return code ?? message;
}
