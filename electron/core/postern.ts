import path from "node:path";
import { setFlagsFromString } from "node:v8";
import type { Listener } from "./gateway/listen.ts";
import type { Platform } from "./platform.ts";
import { lockFolder } from "./store/lock-folder.ts";
import { openStore } from "./store/open-store.ts";

export { PortTakenError } from "./gateway/port-taken-error.ts";
export { FolderInUseError } from "./store/lock-folder.ts";

/** Postern, put together. */
export interface Postern {
  /** Makes the owner's key where there is none, and gives its only copy; null where there is one, or the environment brings one. */
  makeFirstOwnerKey(): Promise<string | null>;
  /** The admin API: each mount authenticates before it calls. */
  admin(request: Request): Promise<Response>;
  /** Opens the gateway's port. @throws {PortTakenError} where it is taken */
  listen(options: { readonly host: string; readonly port: number | null }): Promise<Listener>;
  /** Ends calls under way within `graceMs`, writes what is left to write and closes everything. */
  stop(options: { readonly graceMs: number }): Promise<void>;
}

/**
 * Puts Postern together: the only place where the parts meet.
 *
 * @throws {FolderInUseError} where another process uses the data folder, and what the store throws for a broken database
 */
export async function createPostern(platform: Platform): Promise<Postern> {
  const { clock, environment } = platform;
  // V8 learns at start, while everything is slow and so survives, to put objects of the hot path straight into the old
  // generation, where each keeps its whole call alive until a full collection. Measured at 32 connections: 10 MB
  // survived every minor collection with this, next to nothing without.
  setFlagsFromString("--no-allocation-site-pretenuring");
  const lock = lockFolder(platform.dataFolder);
  try {
    const [store, rooms] = await Promise.all([openStore(path.join(platform.dataFolder, "postern.db")), loadRooms()]);
    const config = rooms.openLiveConfig(platform);
    const notify = (words: string): void => platform.notify(words);
    const grants = await rooms.openGrants(store, { clock, environmentKey: environment["POSTERN_API_KEY"], notify });
    const vault = await rooms.openVault(platform, store, () => config.current.rows.all);
    const connections = rooms.openConnections(config.current.gateway);
    config.onChange((next) => connections.setLimits(next.gateway));
    const models = rooms.openModelLists({
      connections,
      clock,
      ttlMs: () => config.current.catalog.ttlSeconds * 1000,
      findSecret: async (row) => {
        const credential = vault.held(row.id) ?? (await vault.find(row.id));
        return credential.origins.includes(row.origin) ? credential.secret : null;
      },
    });
    const calls = rooms.openCallLog(store, { clock, onError: (error) => notify(error.message) });
    const callers = rooms.createCallerCheck(grants, clock);
    const gateway = rooms.createGateway({ config, callers, vault, connections, models, calls, clock });
    let listener: Listener | null = null;
    const handlers = rooms.createHandlers({ config, vault, grants, connections, addresses: () => listener?.addresses ?? [] });
    return {
      makeFirstOwnerKey: async () => (grants.hasOwnerKey ? null : grants.replaceOwnerKey()),
      admin: rooms.serveContract(handlers),
      async listen({ host, port }) {
        listener = await rooms.listen(gateway, { host, port: port ?? config.current.gateway.port });
        return listener;
      },
      async stop({ graceMs }) {
        await listener?.drain(graceMs);
        config.close();
        await connections.destroy();
        vault.close();
        await calls.close();
        await store.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Loads what a call needs, while the database opens in its thread: either takes about as long as the other. */
async function loadRooms() {
  const rooms = await Promise.all([
    import("./config/live-config.ts"),
    import("./access/grants.ts"),
    import("./access/identify-caller.ts"),
    import("./vault/vault.ts"),
    import("./upstream/connections.ts"),
    import("./catalog/model-lists.ts"),
    import("./usage/call-log.ts"),
    import("./gateway/gateway.ts"),
    import("./gateway/listen.ts"),
    import("./admin/handlers.ts"),
    import("./admin/serve-contract.ts"),
  ]);
  const [config, grants, callers, vault, connections, models, calls, gateway, listener, handlers, contract] = rooms;
  return {
    ...config,
    ...grants,
    ...callers,
    ...vault,
    ...connections,
    ...models,
    ...calls,
    ...gateway,
    ...listener,
    ...handlers,
    ...contract,
  };
}
