import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setImmediate, setTimeout as wait } from "node:timers/promises";

/**
 * What may befall a connection, by the names of https://github.com/Shopify/toxiproxy#toxics: the bytes come late or in
 * drops (`latency`, `bandwidth`, `slicer`), nothing comes any more (`timeout`), the connection goes in the orderly way
 * (`down`), by a reset (`reset_peer`) or one byte too early (`limit_data`), or its end is held back (`slow_close`).
 */
export const toxics = ["latency", "down", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data"] as const;

/** One of {@link toxics}. */
export type Toxic = (typeof toxics)[number];

/** When it befalls: at the start, before the answer's first byte, behind the word `MID` in it, or behind its last byte. */
export const phases = ["connect", "ttft", "mid", "end"] as const;

/** One of {@link phases}. */
export type Phase = (typeof phases)[number];

/** What happens to the connections that come next. */
export interface Poison {
  readonly toxic: Toxic;
  readonly phase: Phase;
}

/** A TCP proxy that hurts. */
export interface ToxicProxy extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  /** For connections from now on; null leaves them alone. */
  poison(poison: Poison | null): void;
  /** Begins the phase `ttft` of every connection now, rather than at the first byte of the answer. */
  strike(): void;
  /** Closes every connection in both directions. */
  closeAll(): void;
}

/**
 * Starts a proxy on 127.0.0.1 and a free port.
 *
 * @param victim who has to bear it: a provider's fault is the caller's to bear, a client's the callee's
 */
export async function startToxicProxy(options: {
  readonly target: () => number;
  readonly victim: "caller" | "callee";
}): Promise<ToxicProxy> {
  const links = new Set<Link>();
  let poison: Poison | null = null;

  const server = createServer({ allowHalfOpen: true }, (caller) => {
    const link = openLink(caller, { ...options, poison });
    links.add(link);
    void link.over.then(() => links.delete(link));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  const closeAll = (): void => {
    for (const link of links) link.close();
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    poison(next) {
      poison = next;
    },
    strike() {
      for (const link of links) link.strike();
    },
    closeAll,
    async [Symbol.asyncDispose]() {
      closeAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Link {
  readonly over: Promise<unknown>;
  strike(): void;
  close(): void;
}

const latencyMs = 15;
const slowCloseMs = 60;
const drop = 96;

function openLink(
  caller: Socket,
  { target, victim, poison }: { readonly target: () => number; readonly victim: "caller" | "callee"; readonly poison: Poison | null },
): Link {
  const callee = connect({ port: target(), host: "127.0.0.1", allowHalfOpen: true });
  const sockets = [caller, callee];
  for (const socket of sockets) {
    socket.setNoDelay(true);
    socket.on("error", () => {});
  }
  const over = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve))));
  const hurt = victim === "caller" ? caller : callee;
  const toxic = poison?.toxic ?? null;
  let isStruck = false;
  let isSilent = false;
  let seen = Buffer.alloc(0);
  let passing = Promise.resolve();

  function close(): void {
    for (const socket of sockets) socket.destroy();
  }

  /** The fault begins. Some are over in a moment, others change how the rest is passed on. */
  function strike(): void {
    if (isStruck) return;
    isStruck = true;
    if (toxic === "reset_peer") hurt.resetAndDestroy();
    if (toxic === "down" || toxic === "limit_data" || toxic === "reset_peer") close();
    if (toxic === "timeout") isSilent = true;
  }

  /** How many of the answer's bytes are passed on before the phase begins; null where it is not there yet. */
  function threshold(): number | null {
    const early = toxic === "limit_data" ? 1 : 0;
    if (poison === null || isStruck) return null;
    if (poison.phase === "ttft") return early;
    if (poison.phase === "mid") return seen.includes("MID") ? seen.indexOf("MID") + 3 : null;
    return isWhole(seen) ? seen.length - early : null;
  }

  async function pass(bytes: Buffer): Promise<void> {
    const before = seen.length;
    seen = Buffer.concat([seen, bytes]);
    const at = threshold();
    const good = at === null ? bytes.length : Math.max(0, at - before);
    await send(bytes.subarray(0, good));
    if (at === null) return;
    // What was sent has to be there before the connection goes: a reset takes away what the kernel still holds.
    await wait(5);
    strike();
    await send(bytes.subarray(good));
  }

  async function send(bytes: Buffer): Promise<void> {
    const step = !isStruck ? bytes.length : toxic === "slicer" ? 1 : toxic === "bandwidth" ? drop : bytes.length;
    for (let at = 0; at < bytes.length && !isSilent && !caller.destroyed; at += step) {
      if (isStruck && toxic === "latency") await wait(latencyMs);
      if (isStruck && toxic === "bandwidth") await wait(1);
      if (isStruck && toxic === "slicer" && at % 16 === 0) await setImmediate();
      caller.write(bytes.subarray(at, at + step));
    }
  }

  caller.on("data", (bytes) => {
    if (!isSilent) callee.write(bytes);
  });
  callee.on("data", (bytes) => {
    passing = passing.then(() => pass(bytes));
  });
  caller.on("end", () => {
    if (toxic === "slow_close") setTimeout(() => callee.end(), slowCloseMs);
    else if (!isSilent) callee.end();
  });
  callee.on("end", () => {
    passing = passing.then(async () => {
      if (toxic === "slow_close") await wait(slowCloseMs);
      if (!isSilent) caller.end();
    });
  });
  for (const [one, other] of [
    [caller, callee],
    [callee, caller],
  ] as const) {
    one.on("close", () => {
      // A silent connection stays as it is until it is closed on purpose.
      if (!isSilent && toxic !== "slow_close") other.destroySoon();
    });
  }
  if (poison?.phase === "connect") {
    // There has to be a connection before it can be cut.
    if (hurt === callee && toxic !== "timeout") callee.once("connect", strike);
    else strike();
  }
  return { over, strike, close };
}

/** Whether an answer is complete, by its length or its last chunk. */
function isWhole(answer: Buffer): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.toString("latin1", 0, headEnd))?.[1];
  if (length !== undefined) return answer.length >= headEnd + 4 + Number(length);
  return answer.toString("latin1", answer.length - 7) === "\r\n0\r\n\r\n";
}
