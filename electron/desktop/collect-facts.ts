import type { Postern } from "#core/postern.ts";
import type { AdminClient } from "#shared/contract/client.ts";
import type { LiveEvent } from "#shared/contract/events.ts";
import type { TrayFacts } from "./tray-facts.ts";

/** What the tray shows of the admin API's. */
export type CollectedFacts = Pick<TrayFacts, "hasKeys" | "areKeysLocked" | "asking" | "aliases" | "defaultAlias" | "today" | "tools"> & {
  readonly pausedUntilMs: number | null;
};

/** Keeps the tray's facts true. */
export interface FactCollector {
  /** Asks for everything. */
  refresh(): Promise<void>;
  /** Asks for what this event changed, soon. */
  note(event: LiveEvent): void;
  close(): void;
}

type Part = "tools" | "keys" | "asking" | "aliases" | "today" | "status";

const soonMs = 150;
/** Sums of the log are asked for at most so often, however busy it is. */
const sumsApartMs = 5_000;
const everything: readonly Part[] = ["status", "keys", "asking", "aliases", "today", "tools"];

const partsOf: Readonly<Partial<Record<LiveEvent["type"], readonly Part[]>>> = {
  hello: everything,
  "calls-changed": ["today"],
  "config-changed": ["aliases", "keys"],
  "permission-requested": ["asking"],
  "grants-changed": ["asking"],
  "gateway-changed": ["status"],
  "keys-changed": ["keys", "status"],
};

/**
 * Collects the facts by the admin API, when something says that they changed. Nothing runs while nothing happens.
 *
 * @param tell what changed, whenever it did
 */
export function collectFacts(
  { call, postern, nowMs }: { readonly call: AdminClient; readonly postern: Pick<Postern, "settings">; readonly nowMs: () => number },
  tell: (facts: Partial<CollectedFacts>) => void,
): FactCollector {
  const wanted = new Set<Part>();
  let wantsSums = false;
  let timer: NodeJS.Timeout | undefined;
  let sumTimer: NodeJS.Timeout | undefined;
  let summedAtMs = -Infinity;
  let isClosed = false;

  const ask: Readonly<Record<Part, () => Promise<Partial<CollectedFacts>>>> = {
    status: async () => {
      const { vault, pausedUntilMs } = await call("getStatus", {});
      return { areKeysLocked: vault.status === "locked", pausedUntilMs };
    },
    keys: async () => {
      const { providers } = await call("listProviders", {});
      return { hasKeys: providers.some(({ state }) => state === "ready") };
    },
    asking: async () => {
      const { requests } = await call("listRequests", {});
      return { asking: requests.map(({ id, tool, model, hasCredential }) => ({ id, tool, model, hasCredential })) };
    },
    aliases: async () => {
      const { aliases } = await call("listAliases", {});
      return { aliases: aliases.map(({ name }) => name), defaultAlias: postern.settings.gateway.defaultAlias };
    },
    tools: async () => {
      const { tools } = await call("listTools", {});
      return { tools: tools.flatMap(({ id, name, found }) => (found === null ? [] : [{ id, name }])) };
    },
    today: async () => {
      summedAtMs = performance.now();
      const midnight = new Date(nowMs());
      midnight.setHours(0, 0, 0, 0);
      const { total } = await call("getUsage", { query: { by: "provider", since: midnight.getTime() } });
      return { today: { calls: total.calls, errors: total.errors, costMicroUsd: total.costMicroUsd } };
    },
  };

  async function refresh(parts: readonly Part[] = everything): Promise<void> {
    const answers = await Promise.all(parts.map((part) => ask[part]().catch((): Partial<CollectedFacts> => ({}))));
    if (!isClosed) tell(Object.assign({}, ...answers) as Partial<CollectedFacts>);
  }

  function plan(): void {
    // Sums that wait their time must not make a question to the person wait with them.
    if (wanted.size > 0) timer ??= setTimeout(askWanted, soonMs).unref();
    if (wantsSums) sumTimer ??= setTimeout(sum, Math.max(soonMs, summedAtMs + sumsApartMs - performance.now())).unref();
  }

  function askWanted(): void {
    timer = undefined;
    const parts = [...wanted];
    wanted.clear();
    void refresh(parts);
  }

  function sum(): void {
    sumTimer = undefined;
    wantsSums = false;
    void refresh(["today"]);
  }

  return {
    refresh: () => refresh(),
    note(event) {
      for (const part of partsOf[event.type] ?? []) {
        if (part === "today") wantsSums = true;
        else wanted.add(part);
      }
      if (!isClosed) plan();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      clearTimeout(sumTimer);
    },
  };
}
