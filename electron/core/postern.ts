import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { openCallNews } from "./admin/call-news.ts";
import { openLiveEvents } from "./admin/live-events.ts";
import type { AdminParts, BrowserWindow } from "./admin/parts.ts";
import type { FrontAddress } from "./gateway/front-door.ts";
import type { Listener } from "./gateway/listen.ts";
import type { Platform } from "./platform.ts";
import { lockFolder } from "./store/lock-folder.ts";
import { describeRecovery, openSoundStore } from "./store/open-sound-store.ts";
import { placeRestored } from "./store/place-restored.ts";
import type { CallLog } from "./usage/call-log.ts";
import type { CallRecord } from "./usage/call-record.ts";
import type { KeyHealth } from "./vault/key-health.ts";
import type { Vault } from "./vault/vault.ts";
import type { ConfigFile } from "#shared/schema/config-file.ts";
import { version } from "#shared/version.ts";

export { PortTakenError } from "./gateway/port-taken-error.ts";
export { FolderInUseError } from "./store/lock-folder.ts";
export type { BrowserWindow } from "./admin/parts.ts";

/** Postern, put together. */
export interface Postern {
  /** Makes the owner's key where there is none, and gives its only copy; null where there is one, or the environment brings one. */
  makeFirstOwnerKey(): Promise<string | null>;
  /** The admin API: each mount authenticates before it calls. */
  admin(request: Request): Promise<Response>;
  /** Makes the local key with which a mount sends the window's own calls to the gateway. It never enters the window. */
  issueWindowKey(): string;
  /** Says how the window is served to browsers, so that the admin API can make login URLs; null where it no longer is. */
  setBrowserWindow(browserWindow: BrowserWindow | null): void;
  /**
   * Opens the gateway's port, where the settings say; it moves when they change.
   *
   * @param address what is to hold whatever the settings say
   * @throws {PortTakenError} where it is taken
   */
  listen(address?: { readonly host?: string | null; readonly port?: number | null }): Promise<Listener>;
  /** `127.0.0.1:8787`: where a mount reaches the gateway now; null while it is closed. */
  readonly gatewayAddress: string | null;
  /** Calls that have no whole answer yet. */
  readonly callsUnderWay: number;
  /** Closes the gateway's port; calls under way end within `graceMs`. {@link Postern.listen} opens it again. */
  stopListening(options: { readonly graceMs: number }): Promise<void>;
  /** Connects anew to every provider: after a sleep or on another network, what is open may be dead. */
  renewConnections(): void;
  /** What is set in config.json, as it is now. */
  readonly settings: Pick<ConfigFile, "appearance" | "desktop" | "gateway">;
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
  // Else the old generation grows to several times what is alive before it is first collected: 30 MB more after a load.
  setFlagsFromString("--heap-growing-percent=100");
  const startedAtMs = clock.nowMs();
  const lock = lockFolder(platform.dataFolder);
  try {
    const databaseFile = path.join(platform.dataFolder, "postern.db");
    const kept = placeRestored(databaseFile, clock.nowMs());
    if (kept !== null) platform.notify(`The backup is restored; what was there before is ${kept}`);
    const [{ store, recovery }, rooms] = await Promise.all([openSoundStore(databaseFile, clock.nowMs()), loadRooms()]);
    const config = rooms.openLiveConfig(platform);
    const notify = (words: string): void => platform.notify(words);
    if (recovery !== null) notify(describeRecovery(recovery));
    const grants = await rooms.openGrants(store, { clock, environmentKey: environment["POSTERN_API_KEY"], notify });
    const spending = await rooms.openSpending(store, clock);
    const requests = rooms.openPermissionRequests(grants, clock);
    const vault = await rooms.openVault(platform, store, () => config.current.rows.all);
    const credentials = environment["POSTERN_PROXY_CREDENTIALS"]?.trim() || null;
    const way = rooms.openNetworkWay(config.current.network, { credentials, notify });
    const connections = rooms.openConnections(config.current.gateway, way);
    config.onChange((next) => {
      connections.setLimits(next.gateway);
      if (way.configure(next.network)) connections.renew();
    });
    const events = openLiveEvents(clock);
    const catalog = rooms.openCatalog({
      dataFolder: platform.dataFolder,
      assetsFolder: platform.assetsFolder,
      config,
      connections,
      store,
      clock,
      sign: rooms.createSigner({ connections, nowMs: () => clock.nowMs() }),
      ...rooms.createCatalogKeys({ config, vault }),
      notify,
      onRefreshed: (source, models) => events.publish({ type: "catalog-refreshed", source, models }),
    });
    const callLog = rooms.openCallLog(store, { clock, onError: (error) => notify(error.message) });
    const observers = rooms.openObservers({ dataFolder: platform.dataFolder, settings: config.current.observability, notify });
    const { log } = observers;
    const callsUnderWay = (): number => gateway.underWay.count;
    const news = openCallNews({
      watchers: () => events.watchers,
      publish: (event) => events.publish(event),
      callsUnderWay,
      nowMs: () => clock.monotonicMs(),
    });
    const keysChanged = (provider: string | null): void => {
      log.say("info", "keys-changed", { provider });
      events.publish({ type: "keys-changed", provider, vault: vault.state().status });
    };
    const keyHealth = await rooms.KeyHealth.open(store, {
      clock,
      find: (provider, name) => vault.list().find((key) => key.provider === provider && key.name === name),
      onChange: keysChanged,
    });
    const calls = watchedBy(callLog, {
      onBegin: () => news.onBegin(),
      onEnd(record) {
        observers.observe(record);
        news.onEnd(record);
        noteKeys(record, keyHealth);
      },
    });
    const runKeys = rooms.openRunKeys(grants, clock);
    const callers = rooms.createCallerCheck(runKeys.among(grants), clock);
    const renderMetrics = (callsUnderWay: number): string => observers.metrics.render({ callsUnderWay, version, startedAtMs });
    const priceOf = rooms.createPriceOf({
      own: () => config.current.prices,
      listed: (provider, model) => catalog.pricesOf(provider, model),
      isFree: (provider) => provider === rooms.helloProviderId || config.current.rows.find(provider)?.local === true,
    });
    const bodies = rooms.createBodyKeeper({
      keeps: ({ tool }) => rooms.keepsBodiesOf(tool, config.current.usage.keepBodiesOf),
      mostBytes: () => config.current.usage.bodyMaxBytes,
      take: (taken) => {
        rooms
          .keepBodies(store, taken, config.current.usage.bodyMaxBytes)
          .catch((error: Error) => notify(`Cannot keep the bodies of a call: ${error.message}`));
      },
    });
    const backups = rooms.openBackups(store, { file: databaseFile, clock });
    const chats = rooms.openChatsWhenAsked({
      dataFolder: platform.dataFolder,
      clock,
      settings: () => config.current.chats,
      dailyBackups: () => config.current.usage.dailyBackups,
      onChange: (chatId) => events.publish({ type: "chats-changed", chatId }),
      notify,
    });
    const housekeeping = rooms.openHousekeeping(store, {
      clock,
      settings: () => config.current.usage,
      copyDaily: (kept) => backups.createDaily(kept),
      keepChats: (kept) => chats.keepHouse(kept),
      onError: (error) => notify(error.message),
    });
    const access = { callers, grants, spending, requests };
    const gateway = rooms.createGateway({ ...access, config, vault, connections, catalog, calls, priceOf, bodies, clock, renderMetrics });
    const door = rooms.openFrontDoor({
      gateway,
      onChange(what) {
        log.say(what === "stuck" ? "warn" : "info", what, { version, addresses: door.listener?.addresses.join(" ") ?? "" });
        if (door.problem !== null) notify(door.problem);
        events.publish({ type: "gateway-changed" });
      },
    });
    let browserWindow: BrowserWindow | null = null;
    const adminParts: AdminParts = {
      clock,
      dataFolder: platform.dataFolder,
      databaseFile,
      startedAtMs,
      store,
      calls,
      config,
      vault: watchKeys(vault, keysChanged),
      keyHealth,
      environment,
      homeFolder: platform.homeFolder,
      assetsFolder: platform.assetsFolder,
      keysChanged,
      grants,
      spending,
      requests,
      runKeys,
      connections,
      world: gateway.world,
      catalog,
      events,
      chats,
      addresses: () => door.listener?.addresses ?? [],
      addressProblem: () => door.problem,
      checkAddress: rooms.checkAddress,
      callsUnderWay,
      pause(untilMs) {
        gateway.pause(untilMs);
        events.publish({ type: "gateway-changed" });
      },
      pausedUntilMs: () => gateway.pausedUntilMs,
      stopCall: (record) => gateway.stop(record),
      recordsUnderWay: () => gateway.underWay.all().map(({ record }) => record),
      browserWindow: () => browserWindow,
    };
    grants.onChange(() => events.publish({ type: "grants-changed" }));
    requests.onRequest(({ id, tool, model }) => events.publish({ type: "permission-requested", id, tool, model }));
    /** What the host that opened it has chosen itself, whatever the settings say. */
    let fixedAddress: { readonly host: string | null; readonly port: number | null } = { host: null, port: null };
    const addressFor = ({ gateway: settings }: ConfigFile): FrontAddress => ({
      host: fixedAddress.host ?? settings.host,
      port: fixedAddress.port ?? settings.port,
    });
    config.onChange((next) => {
      void door.move(addressFor(next));
      observers.configure(next.observability);
      log.say("info", "config-changed", { problems: 0 });
      events.publish({ type: "config-changed", problems: 0 });
    });
    config.onBroken((problems) => {
      log.say("warn", "config-broken", { problems: problems.length });
      events.publish({ type: "config-changed", problems: problems.length });
    });
    let admin: Promise<(request: Request) => Promise<Response>> | undefined;
    return {
      makeFirstOwnerKey: async () => (grants.hasOwnerKey ? null : grants.replaceOwnerKey()),
      async admin(request) {
        const serve = await (admin ??= loadAdmin(adminParts));
        return serve(request);
      },
      issueWindowKey: () => runKeys.issueForOwner("window").key,
      setBrowserWindow: (next) => void (browserWindow = next),
      async listen(asked = {}) {
        fixedAddress = { host: asked.host ?? null, port: asked.port ?? null };
        gateway.stopDraining();
        const opened = await door.open(addressFor(config.current));
        gateway.loadSoon();
        catalog.loadSoon();
        return opened;
      },
      get callsUnderWay() {
        return callsUnderWay();
      },
      stopListening: ({ graceMs }) => door.close(graceMs),
      get gatewayAddress() {
        const addresses = door.listener?.addresses ?? [];
        return addresses.find((address) => address.startsWith("127.")) ?? addresses[0] ?? null;
      },
      renewConnections: () => connections.renew(),
      get settings() {
        return config.current;
      },
      async stop({ graceMs }) {
        // An open stream of events would keep its mount's connection, and so the drain, from ending.
        news.close();
        events.close();
        const wasOpen = door.listener !== null;
        await door.close(graceMs);
        grants.close();
        config.close();
        await connections.destroy();
        await catalog.close();
        vault.close();
        await housekeeping.close();
        await calls.close();
        await chats.close();
        if (wasOpen) log.say("info", "stopped");
        await observers.close();
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
    import("./chats/chats-when-asked.ts"),
    import("./access/grants.ts"),
    import("./access/identify-caller.ts"),
    import("./access/permission-requests.ts"),
    import("./access/spending.ts"),
    import("./access/run-keys.ts"),
    import("./vault/vault.ts"),
    import("./vault/key-health.ts"),
    import("./upstream/network-way.ts"),
    import("./upstream/connections.ts"),
    import("./upstream/sign-outgoing.ts"),
    import("./catalog/catalog.ts"),
    import("./gateway/catalog-keys.ts"),
    import("./usage/call-log.ts"),
    import("./usage/call-price.ts"),
    import("./usage/call-bodies.ts"),
    import("./usage/housekeeping.ts"),
    import("./store/backups.ts"),
    import("./gateway/body-keeper.ts"),
    import("./gateway/hello-model.ts"),
    import("./gateway/gateway.ts"),
    import("./gateway/front-door.ts"),
    import("./telemetry/open-observers.ts"),
  ]);
  const [
    config,
    chats,
    grants,
    callers,
    requests,
    spending,
    runKeys,
    vault,
    keyHealth,
    networkWay,
    connections,
    signer,
    catalog,
    catalogKeys,
    calls,
    prices,
    kept,
    keeping,
    copies,
    bodies,
    hello,
    gateway,
    frontDoor,
    observers,
  ] = rooms;
  return {
    ...config,
    ...chats,
    ...grants,
    ...callers,
    ...requests,
    ...spending,
    ...runKeys,
    ...vault,
    ...keyHealth,
    ...networkWay,
    ...connections,
    ...signer,
    ...catalog,
    ...catalogKeys,
    ...calls,
    ...prices,
    ...kept,
    ...keeping,
    ...copies,
    ...bodies,
    ...hello,
    ...gateway,
    ...frontDoor,
    ...observers,
  };
}

/** Loads the admin API when it is first asked for: no call of a tool needs it. */
async function loadAdmin(parts: AdminParts): Promise<(request: Request) => Promise<Response>> {
  const [{ createHandlers }, { serveContract }] = await Promise.all([import("./admin/handlers.ts"), import("./admin/serve-contract.ts")]);
  return serveContract(createHandlers(parts));
}

/** The log, with somebody who is told of each call after it was taken. */
function watchedBy(calls: CallLog, watcher: { onBegin(): void; onEnd(record: CallRecord): void }): CallLog {
  return {
    ...calls,
    begin(call) {
      calls.begin(call);
      watcher.onBegin();
    },
    record(record) {
      calls.record(record);
      watcher.onEnd(record);
    },
  };
}

/** What a call has shown of the keys that it was tried with: a provider's 401 is about the key, any answer is for it. */
function noteKeys({ attempts }: CallRecord, health: KeyHealth): void {
  for (const { provider, keyName, status } of attempts) {
    if (keyName === null || status === null) continue;
    if (status === 401) health.noteCall(provider, keyName, false);
    else if (status >= 200 && status < 300) health.noteCall(provider, keyName, true);
  }
}

/** The vault, with somebody who is told of each change of its keys. */
function watchKeys(vault: Vault, tell: (provider: string | null) => void): Vault {
  return {
    state: () => vault.state(),
    list: () => vault.list(),
    has: (provider) => vault.has(provider),
    nameOf: (provider) => vault.nameOf(provider),
    held: (provider, name) => vault.held(provider, name),
    find: (provider, name) => vault.find(provider, name),
    close: () => vault.close(),
    async add(provider, name, secret, origins) {
      const info = await vault.add(provider, name, secret, origins);
      tell(provider);
      return info;
    },
    async remove(provider, name) {
      const isRemoved = await vault.remove(provider, name);
      if (isRemoved) tell(provider);
      return isRemoved;
    },
    async rename(provider, name, to) {
      const info = await vault.rename(provider, name, to);
      tell(provider);
      return info;
    },
    async bind(provider, name, origins) {
      await vault.bind(provider, name, origins);
      tell(provider);
    },
    async unlock(passphrase) {
      await vault.unlock(passphrase);
      tell(null);
    },
    lock() {
      vault.lock();
      tell(null);
    },
    release() {
      vault.release();
      tell(null);
    },
  };
}
