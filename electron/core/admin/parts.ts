import type { ToolGrants } from "#core/access/grants.ts";
import type { PermissionRequests } from "#core/access/permission-requests.ts";
import type { RunKeys } from "#core/access/run-keys.ts";
import type { Spending } from "#core/access/spending.ts";
import type { Catalog } from "#core/catalog/catalog.ts";
import type { ChatsWhenAsked } from "#core/chats/chats-when-asked.ts";
import type { LiveConfig } from "#core/config/live-config.ts";
import type { ProviderRow } from "#core/config/provider-rows.ts";
import type { Clock, Platform } from "#core/platform.ts";
import type { RouteWorld } from "#core/routing/route-types.ts";
import type { Store } from "#core/store/store.ts";
import type { Connections } from "#core/upstream/connections.ts";
import type { CallLog } from "#core/usage/call-log.ts";
import type { CallRecord } from "#core/usage/call-record.ts";
import type { KeyHealth } from "#core/vault/key-health.ts";
import type { Vault } from "#core/vault/vault.ts";
import type { LiveEvents } from "./live-events.ts";

/** What the admin API works with. Each resource's handlers take the parts that they need: `Pick<AdminParts, "vault">`. */
export interface AdminParts {
  readonly clock: Clock;
  readonly dataFolder: string;
  /** The path of `postern.db`. */
  readonly databaseFile: string;
  readonly startedAtMs: number;
  readonly store: Store;
  readonly calls: Pick<CallLog, "flush">;
  readonly config: LiveConfig;
  readonly vault: Vault;
  readonly keyHealth: KeyHealth;
  /** As it was at start. */
  readonly environment: Platform["environment"];
  /** The person's own. */
  readonly homeFolder: string;
  /** The program's own read-only files. */
  readonly assetsFolder: string;
  /** Tells the window that what it shows of a provider's keys is old. */
  keysChanged(provider: string | null): void;
  readonly grants: ToolGrants;
  readonly spending: Spending;
  readonly requests: PermissionRequests;
  readonly runKeys: RunKeys;
  readonly connections: Connections;
  /** The planner's view of everything, for the dry run. */
  readonly world: RouteWorld<ProviderRow>;
  readonly catalog: Catalog;
  readonly events: LiveEvents;
  readonly chats: ChatsWhenAsked;
  /** Where the gateway listens; empty when it does not. */
  addresses(): readonly string[];
  /** Why it does not listen where the settings want; null where it does. */
  addressProblem(): string | null;
  /** Rejects where it could not listen there. */
  checkAddress(address: { readonly host: string; readonly port: number }): Promise<void>;
  callsUnderWay(): number;
  /** New calls are refused until then; null takes them again. */
  pause(untilMs: number | null): void;
  pausedUntilMs(): number | null;
  /** What is known so far of the calls that have no whole answer yet, in no order. */
  recordsUnderWay(): readonly CallRecord[];
  /** Stops one of them. @returns whether it was still under way */
  stopCall(record: CallRecord): boolean;
  /** How the window is served to browsers; null where it is not. */
  browserWindow(): BrowserWindow | null;
}

/** The window as a listener serves it to browsers. */
export interface BrowserWindow {
  /** `http://127.0.0.1:4711` */
  readonly origin: string;
  /** Makes a URL that logs one browser in, once. */
  createLogin(): { readonly url: string; readonly expiresInSeconds: number };
}
