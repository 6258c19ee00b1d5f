import type { Dispatcher } from "undici";
import type { NetworkWay } from "./network-way.ts";
import { Pool } from "./undici-parts.ts";

/** How patiently a provider is waited for, in milliseconds. */
export interface UpstreamLimits {
  readonly connectTimeoutMs: number;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

/** The connections to all providers: one pool an origin, kept alive between calls. */
export interface Connections {
  /** The pool of an origin, made when it is first needed. */
  to(origin: string): Dispatcher;
  /** Replaces the limits; pools made with the old ones finish what they have and close. */
  setLimits(limits: UpstreamLimits): void;
  /** Lets every pool finish what it has: later calls connect anew, for what is open may be dead after a sleep. */
  renew(): void;
  /** Closes every socket at once. */
  destroy(): Promise<void>;
}

const keepAliveTimeoutMs = 15_000;
const maxHeaderBytes = 32_768;
/** As many as the listener takes: a call must not wait unseen in a pool's queue, where no time limit runs. */
const connectionsPerOrigin = 4_096;

/**
 * Opens the connection pools. Redirects are never followed: a pool does not know how to.
 *
 * @param way how each connection leaves this machine; {@link Connections.renew} after it changed
 */
export function openConnections(initialLimits: UpstreamLimits, way: Pick<NetworkWay, "connectorFor">): Connections {
  let limits = initialLimits;
  const pools = new Map<string, Pool>();

  function open(origin: string): Pool {
    return new Pool(origin, {
      connections: connectionsPerOrigin,
      pipelining: 1,
      keepAliveTimeout: keepAliveTimeoutMs,
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: limits.firstByteTimeoutMs,
      bodyTimeout: limits.idleTimeoutMs,
      // One stream a connection: a stalled reader must not hold up the others of the same provider.
      allowH2: false,
      connect: way.connectorFor(origin, { timeoutMs: limits.connectTimeoutMs }),
    });
  }

  function renew(): void {
    for (const pool of pools.values()) void pool.close();
    pools.clear();
  }

  return {
    renew,
    to(origin) {
      let pool = pools.get(origin);
      if (pool === undefined) pools.set(origin, (pool = open(origin)));
      return pool;
    },
    setLimits(next) {
      const isSame =
        next.connectTimeoutMs === limits.connectTimeoutMs &&
        next.firstByteTimeoutMs === limits.firstByteTimeoutMs &&
        next.idleTimeoutMs === limits.idleTimeoutMs;
      if (isSame) return;
      limits = next;
      renew();
    },
    async destroy() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}
