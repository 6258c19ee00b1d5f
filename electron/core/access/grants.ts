import { randomUUID } from "node:crypto";
import { PosternError } from "#shared/errors.ts";
import { localKeyPrefix } from "#shared/local-key.ts";
import { type Permissions, permissionsSchema } from "#shared/schema/grant.ts";
import type { Clock } from "#core/platform.ts";
import type { Store } from "#core/store/store.ts";
import { createHashedKeyCheck, createLocalKey, hashDigits, hashLocalKey } from "./local-keys.ts";

/** The owner's: it may do everything. */
export interface OwnerGrant {
  readonly id: string;
  readonly name: string;
  readonly kind: "owner";
}

/** A tool's: what it may do is written down. */
export interface ToolGrant {
  readonly id: string;
  readonly name: string;
  readonly kind: "tool";
  readonly permissions: Permissions;
  /** The key's last four characters; null where it is a credential that the tool brought. */
  readonly keyHint: string | null;
  readonly createdAtMs: number;
  /** Where it was let in for one call only. */
  readonly once: OneCall | null;
  /** Shared by everything that holds the grant, however old: a call that began before it ended asks here again. */
  readonly state: GrantState;
}

/** What becomes of a grant. */
export interface GrantState {
  /** Why its key lets nobody in any more; null while it does. */
  ended: PosternError | null;
}

/** A single call, on the monotonic clock. */
export interface OneCall {
  readonly untilMs: number;
  isUsed: boolean;
}

/** What the holder of a local key may do. */
export type Grant = OwnerGrant | ToolGrant;

/** The local keys that Postern knows: hashes in the database, held in memory. */
export interface Grants {
  /** Whom a presented credential belongs to; every known hash is compared, each in constant time. */
  find(credential: string): Grant | null;
  /** Whether there is an owner's key: one that was made, or the environment's. */
  readonly hasOwnerKey: boolean;
  /** Makes the owner's key, or replaces it: the old one stops at once. Returns the only copy of the new one. */
  replaceOwnerKey(): Promise<string>;
}

/** The grants of tools, which people make and end. */
export interface ToolGrants extends Grants {
  /** All that were not revoked, by name. */
  readonly tools: readonly ToolGrant[];
  /** The web pages that some grant lets in. */
  readonly origins: readonly string[];
  /**
   * Makes a grant.
   *
   * @param keyHash the SHA-256 of a credential that the tool has already; without it a key is made, and returned as its only copy
   * @throws {PosternError} `invalid_value` where the name or the credential is taken
   */
  add(name: string, permissions: Permissions, keyHash?: Buffer): Promise<{ readonly grant: ToolGrant; readonly key: string | null }>;
  /** Replaces a grant's permissions and name. @throws {PosternError} `not_found`, `invalid_value` */
  change(idOrName: string, to: { readonly name?: string | undefined; readonly permissions: Permissions }): Promise<ToolGrant>;
  /** Gives a grant a new key; the old one stops at once. @throws {PosternError} `not_found` */
  replaceKey(idOrName: string): Promise<{ readonly grant: ToolGrant; readonly key: string }>;
  /** Ends a grant. Resolves with whether there was one. */
  revoke(idOrName: string): Promise<boolean>;
  /** Lets a credential make one call within a minute, with these permissions and on this grant's account. */
  allowOnce(keyHash: Buffer, as: { readonly id: string; readonly name: string; readonly permissions: Permissions }): void;
  /** @throws {PosternError} `not_found` */
  get(idOrName: string): ToolGrant;
  /** Ends what has expired by now. Called twice a second while something can expire. */
  expire(): void;
  /** Told whenever a grant was made, changed or ended. */
  onChange(listener: () => void): void;
  /** Told when a key stops: the calls that run on it are to be cut off with this error. */
  onEnd(listener: (grantId: string, why: PosternError) => void): void;
  close(): void;
}

interface GrantRow {
  id: string;
  name: string;
  kind: string;
  key_hash: Uint8Array;
  key_hint: string;
  permissions: string;
  created_at_ms: number;
}

interface KnownKey<Known extends Grant = Grant> {
  readonly digits: Buffer;
  readonly grant: Known;
  /** Whether the credential does not begin as local keys do. */
  readonly isForeign: boolean;
}

const shortestEnvironmentKey = 32;
const onceMs = 60_000;
const mostOnce = 100;
const mostTools = 1_000;
const expiryCheckMs = 500;

/**
 * Loads the local keys. `POSTERN_API_KEY`, of 32 characters or more, is an owner's key too: for scripts and CI.
 *
 * @param notify told when `POSTERN_API_KEY` is too short to be taken, and of a grant that cannot be read: it lets nobody in
 */
export async function openGrants(
  store: Store,
  options: { readonly clock: Clock; readonly environmentKey: string | undefined; readonly notify: (message: string) => void },
): Promise<ToolGrants> {
  const { clock } = options;
  const rows = await store.all<GrantRow>(
    "SELECT id, name, kind, key_hash, key_hint, permissions, created_at_ms FROM grants WHERE revoked_at_ms IS NULL ORDER BY name",
  );
  let owner: readonly KnownKey[] = rows
    .filter((row) => row.kind === "owner")
    .map((row) => ({
      digits: hashDigits(Buffer.from(row.key_hash)),
      grant: { id: row.id, name: row.name, kind: "owner" },
      isForeign: false,
    }));
  let tools: readonly KnownKey<ToolGrant>[] = rows.flatMap((row) => readTool(row, options.notify));
  let once: readonly KnownKey<ToolGrant>[] = [];
  const fromEnvironment: KnownKey[] = [];
  const environmentKey = options.environmentKey?.trim() ?? "";
  if (environmentKey.length >= shortestEnvironmentKey) {
    fromEnvironment.push({
      digits: hashDigits(hashLocalKey(environmentKey)),
      grant: { id: "environment", name: "POSTERN_API_KEY", kind: "owner" },
      isForeign: true,
    });
  } else if (environmentKey !== "") {
    options.notify(`Cannot use POSTERN_API_KEY: it has fewer than ${shortestEnvironmentKey} characters; make a longer one`);
  }

  const changeListeners: (() => void)[] = [];
  const endListeners: ((grantId: string, why: PosternError) => void)[] = [];
  const check = createHashedKeyCheck();
  /** Every key that is looked for, in one list; made anew when one of the lists changes. */
  let known: readonly KnownKey[] = [];
  let anyForeign = false;
  let origins: readonly string[] = [];
  let expiryTimer: NodeJS.Timeout | undefined;
  /** Changes are made one after the other, so that two of the same name cannot both be new. */
  let queue: Promise<unknown> = Promise.resolve();

  function refresh(): void {
    // The last that matches counts: a single call that was allowed goes before the grant that it goes beyond.
    known = [...owner, ...tools, ...once, ...fromEnvironment];
    anyForeign = known.some(({ isForeign }) => isForeign);
    origins = [...new Set(tools.flatMap(({ grant }) => grant.permissions.origins))];
    const canExpire = tools.some(({ grant }) => grant.permissions.expiresAtMs !== null && grant.state.ended === null);
    clearInterval(expiryTimer);
    expiryTimer = canExpire ? setInterval(expire, expiryCheckMs).unref() : undefined;
  }

  function tell(): void {
    refresh();
    for (const listener of changeListeners) listener();
  }

  function end(grant: ToolGrant, why: PosternError): void {
    grant.state.ended = why;
    for (const listener of endListeners) listener(grant.id, why);
  }

  /** Ends or begins anew what its permissions say: paused, expired, or neither. */
  function settleState(grant: ToolGrant): void {
    const why = whyEnded(grant, clock.nowMs());
    if (why === null) grant.state.ended = null;
    else if (grant.state.ended === null) end(grant, why);
  }

  function expire(): void {
    let changed = false;
    for (const { grant } of tools) {
      // A clock that was set back brings nothing back.
      const why = grant.state.ended === null ? whyEnded(grant, clock.nowMs()) : null;
      if (why === null) continue;
      end(grant, why);
      changed = true;
    }
    if (changed) tell();
  }

  function entryOf(idOrName: string): KnownKey<ToolGrant> {
    const entry = tools.find(({ grant }) => grant.id === idOrName) ?? tools.find(({ grant }) => grant.name === idOrName);
    if (entry !== undefined) return entry;
    throw new PosternError("not_found", `Cannot find a grant "${idOrName.slice(0, 64)}": there is none of this name; see "postern grants"`);
  }

  function replaceEntry(entry: KnownKey<ToolGrant>, by: KnownKey<ToolGrant> | null): void {
    tools = by === null ? tools.filter((one) => one !== entry) : tools.map((one) => (one === entry ? by : one));
  }

  function inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = queue.then(change);
    queue = result.catch(() => undefined);
    return result;
  }

  function checkName(name: string, except?: ToolGrant): void {
    if (name === "owner" || tools.some(({ grant }) => grant !== except && grant.name === name))
      throw new PosternError(
        "invalid_value",
        `Cannot name a grant "${name}": there is one of this name; choose another, or end that one with "postern revoke ${name}"`,
      );
  }

  refresh();
  for (const { grant } of tools) settleState(grant);
  refresh();

  return {
    get hasOwnerKey() {
      return owner.length > 0 || fromEnvironment.length > 0;
    },
    get tools() {
      return tools.map(({ grant }) => grant);
    },
    get origins() {
      return origins;
    },
    find(credential) {
      // Neither our prefix nor a foreign credential that is known: nothing to hash. The length of one is no secret of ours.
      if (!anyForeign && !credential.startsWith(localKeyPrefix)) return null;
      check.present(credential);
      let found: Grant | null = null;
      for (const entry of known) if (check.matches(entry.digits) && isStanding(entry.grant)) found = entry.grant;
      return found;
    },
    replaceOwnerKey: () =>
      inTurn(async () => {
        const key = createLocalKey();
        const grant: OwnerGrant = { id: randomUUID(), name: "owner", kind: "owner" };
        const keyHash = hashLocalKey(key);
        await store.transaction([
          { sql: "DELETE FROM grants WHERE kind = 'owner'" },
          insert({ ...grant, keyHash, keyHint: key.slice(-4), permissions: "{}", createdAtMs: clock.nowMs() }),
        ]);
        owner = [{ digits: hashDigits(keyHash), grant, isForeign: false }];
        refresh();
        return key;
      }),
    add: (name, permissions, givenHash) =>
      inTurn(async () => {
        checkName(name);
        if (tools.length >= mostTools)
          throw new PosternError("invalid_value", `Cannot make a grant: there are ${mostTools} already; revoke some`);
        const key = givenHash === undefined ? createLocalKey() : null;
        const keyHash = givenHash ?? hashLocalKey(key as string);
        const digits = hashDigits(keyHash);
        if ([...owner, ...tools, ...fromEnvironment].some((one) => one.digits.equals(digits)))
          throw new PosternError("invalid_value", "Cannot make a grant for this credential: it has one already");
        const grant: ToolGrant = {
          id: randomUUID(),
          name,
          kind: "tool",
          permissions,
          keyHint: key === null ? null : key.slice(-4),
          createdAtMs: clock.nowMs(),
          once: null,
          state: { ended: null },
        };
        await store.transaction([insert({ ...grant, keyHash, permissions: JSON.stringify(permissions) })]);
        tools = [...tools, { digits, grant, isForeign: key === null }].sort((one, other) => (one.grant.name < other.grant.name ? -1 : 1));
        settleState(grant);
        tell();
        return { grant, key };
      }),
    change: (idOrName, to) =>
      inTurn(async () => {
        const entry = entryOf(idOrName);
        const name = to.name ?? entry.grant.name;
        checkName(name, entry.grant);
        const grant: ToolGrant = { ...entry.grant, name, permissions: to.permissions };
        await store.run("UPDATE grants SET name = ?, permissions = ? WHERE id = ?", [name, JSON.stringify(to.permissions), grant.id]);
        replaceEntry(entry, { ...entry, grant });
        settleState(grant);
        tell();
        return grant;
      }),
    replaceKey: (idOrName) =>
      inTurn(async () => {
        const entry = entryOf(idOrName);
        const key = createLocalKey();
        const keyHash = hashLocalKey(key);
        const keyHint = key.slice(-4);
        await store.run("UPDATE grants SET key_hash = ?, key_hint = ? WHERE id = ?", [keyHash, keyHint, entry.grant.id]);
        // The old key's calls hold the old state, which has ended; the new key's begin with one of their own.
        const grant: ToolGrant = { ...entry.grant, keyHint, state: { ended: null } };
        end(entry.grant, refusal(`the key of "${entry.grant.name}" was replaced; use the new one`));
        replaceEntry(entry, { digits: hashDigits(keyHash), grant, isForeign: false });
        settleState(grant);
        tell();
        return { grant, key };
      }),
    revoke: (idOrName) =>
      inTurn(async () => {
        const entry = tools.find(({ grant }) => grant.id === idOrName) ?? tools.find(({ grant }) => grant.name === idOrName);
        if (entry === undefined) return false;
        await store.run("UPDATE grants SET revoked_at_ms = ? WHERE id = ?", [Math.round(clock.nowMs()), entry.grant.id]);
        replaceEntry(entry, null);
        once = once.filter(({ grant }) => grant.id !== entry.grant.id);
        end(entry.grant, refusal(`the key of "${entry.grant.name}" was revoked; use another one`));
        tell();
        return true;
      }),
    allowOnce(keyHash, as) {
      const grant: ToolGrant = {
        ...as,
        kind: "tool",
        keyHint: null,
        createdAtMs: clock.nowMs(),
        once: { untilMs: clock.monotonicMs() + onceMs, isUsed: false },
        state: tools.find((entry) => entry.grant.id === as.id)?.grant.state ?? { ended: null },
      };
      once = [...once.filter((entry) => isStanding(entry.grant)).slice(-mostOnce), { digits: hashDigits(keyHash), grant, isForeign: true }];
      refresh();
    },
    get: (idOrName) => entryOf(idOrName).grant,
    expire,
    onChange: (listener) => void changeListeners.push(listener),
    onEnd: (listener) => void endListeners.push(listener),
    close: () => clearInterval(expiryTimer),
  };

  /** Whether a single call that was allowed is still to be made. */
  function isStanding(grant: Grant): boolean {
    return grant.kind === "owner" || grant.once === null || (!grant.once.isUsed && clock.monotonicMs() < grant.once.untilMs);
  }
}

/** Why a grant lets nobody in at this time; null where it does. */
function whyEnded({ name, permissions }: ToolGrant, nowMs: number): PosternError | null {
  if (permissions.paused) return refusal(`the key of "${name}" is paused; resume it with "postern grant ${name} --resume"`);
  if (permissions.expiresAtMs !== null && nowMs >= permissions.expiresAtMs)
    return refusal(`the key of "${name}" has expired; give it more time with "postern grant ${name} --expires 30d"`);
  return null;
}

function refusal(why: string): PosternError {
  return new PosternError("invalid_api_key", `Cannot let this call in: ${why}`, { headers: { "www-authenticate": "Bearer" } });
}

function readTool(row: GrantRow, notify: (message: string) => void): KnownKey<ToolGrant>[] {
  if (row.kind !== "tool") return [];
  const permissions = readPermissions(row.permissions);
  if (permissions === null) {
    notify(`Cannot read what the key of "${row.name}" may do: it lets nobody in; a newer Postern may have written it`);
    return [];
  }
  const { id, name, created_at_ms: createdAtMs } = row;
  const keyHint = row.key_hint === "" ? null : row.key_hint;
  const grant: ToolGrant = { id, name, kind: "tool", permissions, keyHint, createdAtMs, once: null, state: { ended: null } };
  return [{ digits: hashDigits(Buffer.from(row.key_hash)), grant, isForeign: keyHint === null }];
}

function readPermissions(text: string): Permissions | null {
  try {
    return permissionsSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function insert(row: {
  readonly id: string;
  readonly name: string;
  readonly kind: Grant["kind"];
  readonly keyHash: Buffer;
  readonly keyHint: string | null;
  readonly permissions: string;
  readonly createdAtMs: number;
}) {
  return {
    sql: "INSERT INTO grants (id, name, key_hash, key_hint, kind, permissions, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
    parameters: [row.id, row.name, row.keyHash, row.keyHint ?? "", row.kind, row.permissions, Math.round(row.createdAtMs)],
  };
}
