import { randomBytes } from "node:crypto";
import { PosternError } from "#shared/errors.ts";
import type { PermissionRequest } from "#shared/contract/requests.ts";
import { localKeyPrefix } from "#shared/local-key.ts";
import {
  type GrantedEndpoint,
  grantedEndpoints,
  grantNameSchema,
  modelPatternSchema,
  type Permissions,
  permissionsSchema,
} from "#shared/schema/grant.ts";
import type { Clock } from "#core/platform.ts";
import type { ToolGrant, ToolGrants } from "./grants.ts";
import { hashLocalKey, isPlaceholder } from "./local-keys.ts";
import type { RequestHead } from "./read-head.ts";

/** Somebody who was refused. */
export interface RefusedCall {
  readonly head: Pick<RequestHead, "credentials" | "origin" | "userAgent">;
  /** What the program calls itself. */
  readonly tool: string | null;
  readonly endpoint: GrantedEndpoint | null;
  readonly model: string | null;
  /** The grant whose bounds it met; null for a caller that nobody knows. */
  readonly grant: ToolGrant | null;
}

/** What letting somebody in gave. */
export interface Allowed {
  readonly grant: ToolGrant | null;
  /** The only copy of a new key; null where the credential that came was bound. */
  readonly key: string | null;
}

/** The people's list of who asks to be let in. It holds no credential: only hashes, which it does not show. */
export interface PermissionRequests {
  /** Notes a refusal. Returns its request's id; null where it is not noted: the person denied it, or there were too many. */
  note(call: RefusedCall): string | null;
  /** Says which model a request was about, where that became known later. */
  nameModel(id: string, model: string): void;
  /** The latest first. */
  list(): readonly PermissionRequest[];
  /** Lets its credential make its next call within a minute. @throws {PosternError} `not_found`, `invalid_value` */
  allowOnce(id: string): void;
  /** Lets it in for good. @throws {PosternError} `not_found`, `invalid_value` */
  allowAlways(id: string, as: { readonly name?: string | undefined; readonly permissions?: Permissions | undefined }): Promise<Allowed>;
  /** Resolves with whether there was such a request. */
  deny(id: string, options: { readonly forget: boolean }): boolean;
  /** Told of each new request, and of one whose model became known. */
  onRequest(listener: (request: PermissionRequest) => void): void;
}

interface Entry {
  /** Who, apart from what they asked for. */
  readonly who: string;
  readonly id: string;
  readonly credentialHash: Buffer | null;
  readonly tool: string | null;
  readonly userAgent: string | null;
  readonly origin: string | null;
  readonly grantId: string | null;
  endpoint: GrantedEndpoint | null;
  model: string | null;
  count: number;
  readonly firstSeenAtMs: number;
  lastSeenAtMs: number;
}

const mostEntries = 100;
const mostDenied = 1_000;
/** New requests a minute: of one credential (of all that have none together), and of everybody. Repeated ones only count up. */
const newPerCaller = 3;
const newPerMinute = 10;
const minuteMs = 60_000;
const longestText = 200;
const webOrigin = /^(?:https?|chrome-extension|moz-extension|safari-web-extension|vscode-webview):\/\/[^\s/?#@*]{1,200}$/;

/** Opens the list; it is empty at each start. */
export function openPermissionRequests(grants: ToolGrants, clock: Pick<Clock, "nowMs" | "monotonicMs">): PermissionRequests {
  const entries = new Map<string, Entry>();
  const denied = new Set<string>();
  const listeners: ((request: PermissionRequest) => void)[] = [];
  let minuteStartMs = clock.monotonicMs();
  let newInMinute = 0;
  let newByCaller = new Map<string, number>();

  function mayBeNew(caller: string): boolean {
    const nowMs = clock.monotonicMs();
    if (nowMs - minuteStartMs >= minuteMs) {
      minuteStartMs = nowMs;
      newInMinute = 0;
      newByCaller = new Map();
    }
    const ofCaller = newByCaller.get(caller) ?? 0;
    if (newInMinute >= newPerMinute || ofCaller >= newPerCaller) return false;
    newInMinute += 1;
    newByCaller.set(caller, ofCaller + 1);
    return true;
  }

  function get(id: string): Entry {
    for (const entry of entries.values()) if (entry.id === id) return entry;
    throw new PosternError("not_found", "Cannot find this request: it was answered, or too many came after it; let the tool try again");
  }

  function grantOf({ grantId }: Entry): ToolGrant | null {
    return grantId === null ? null : (grants.tools.find(({ id }) => id === grantId) ?? null);
  }

  function proposalOf(entry: Entry): PermissionRequest["proposal"] {
    const grant = grantOf(entry);
    if (grant !== null) return { name: grant.name, permissions: widen(grant.permissions, entry) };
    const permissions = permissionsSchema.parse({
      models: entry.model === null ? null : patternsOf(entry.model),
      origins: entry.origin === null ? [] : [entry.origin],
      endpoints: entry.endpoint === "metrics" ? ["metrics"] : null,
    });
    return { name: freeName(entry.tool ?? hostOf(entry.origin)), permissions };
  }

  function freeName(wanted: string | null): string {
    const name =
      wanted
        ?.toLowerCase()
        .replaceAll(/[^\w.-]+/g, "-")
        .slice(0, 40) ?? "";
    const base = grantNameSchema.safeParse(name).success && name !== "owner" ? name : "tool";
    const taken = new Set(grants.tools.map((grant) => grant.name));
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? base : `${base}-${number}`;
      if (!taken.has(candidate)) return candidate;
    }
  }

  function show(entry: Entry): PermissionRequest {
    const { id, tool, userAgent, origin, endpoint, model, count, firstSeenAtMs, lastSeenAtMs } = entry;
    const seen = { count, firstSeenAtMs, lastSeenAtMs };
    const hasCredential = entry.credentialHash !== null;
    return {
      id,
      tool,
      userAgent,
      origin,
      endpoint,
      model,
      grant: grantOf(entry)?.name ?? null,
      ...seen,
      hasCredential,
      proposal: proposalOf(entry),
    };
  }

  function tell(entry: Entry): void {
    for (const listener of listeners) listener(show(entry));
  }

  return {
    note({ head, tool, endpoint, model, grant }) {
      const origin = head.origin === null ? null : webOrigin.test(head.origin) ? head.origin : undefined;
      // No page that could be named: there is nothing to allow.
      if (origin === undefined) return null;
      const credential = head.credentials.find(({ value }) => !isPlaceholder(value) && value.length <= 1_024)?.value ?? null;
      const credentialHash = credential === null ? null : hashLocalKey(credential);
      const caller = credentialHash?.toString("hex") ?? "";
      const who = [caller, clean(tool) ?? "", origin ?? "", grant?.id ?? ""].join("\n");
      if (denied.has(who)) return null;
      const known = entries.get(who);
      if (known !== undefined) {
        known.count += 1;
        known.lastSeenAtMs = clock.nowMs();
        known.endpoint = endpoint ?? known.endpoint;
        known.model = clean(model) ?? known.model;
        return known.id;
      }
      if (!mayBeNew(caller)) return null;
      const nowMs = clock.nowMs();
      const entry: Entry = {
        who,
        id: randomBytes(9).toString("base64url"),
        credentialHash,
        tool: clean(tool),
        userAgent: clean(head.userAgent),
        origin,
        grantId: grant?.id ?? null,
        endpoint,
        model: clean(model),
        count: 1,
        firstSeenAtMs: nowMs,
        lastSeenAtMs: nowMs,
      };
      if (entries.size >= mostEntries) {
        const oldest = [...entries.values()].reduce((one, other) => (other.lastSeenAtMs < one.lastSeenAtMs ? other : one));
        entries.delete(oldest.who);
      }
      entries.set(who, entry);
      tell(entry);
      return entry.id;
    },
    nameModel(id, model) {
      for (const entry of entries.values()) {
        if (entry.id !== id) continue;
        const isNew = entry.model === null;
        entry.model = clean(model) ?? entry.model;
        if (isNew && entry.model !== null) tell(entry);
      }
    },
    list: () => [...entries.values()].sort((one, other) => other.lastSeenAtMs - one.lastSeenAtMs).map(show),
    allowOnce(id) {
      const entry = get(id);
      if (entry.credentialHash === null)
        throw new PosternError(
          "invalid_value",
          "Cannot allow this once: it came without a key of its own, so its next call could not be told from anybody else's; allow it always, with a new key",
        );
      const { name, permissions } = proposalOf(entry);
      grants.allowOnce(entry.credentialHash, { id: entry.grantId ?? `once:${entry.id}`, name, permissions });
      entries.delete(entry.who);
    },
    async allowAlways(id, as) {
      const entry = get(id);
      const proposal = proposalOf(entry);
      const permissions = as.permissions ?? proposal.permissions;
      const grant = grantOf(entry);
      if (grant !== null) {
        const changed = await grants.change(grant.id, { name: as.name, permissions });
        entries.delete(entry.who);
        return { grant: changed, key: null };
      }
      const made = await grants.add(as.name ?? proposal.name, permissions, entry.credentialHash ?? undefined);
      entries.delete(entry.who);
      return made;
    },
    deny(id, { forget }) {
      for (const entry of entries.values()) {
        if (entry.id !== id) continue;
        entries.delete(entry.who);
        if (!forget) {
          if (denied.size >= mostDenied) denied.delete(denied.values().next().value as string);
          denied.add(entry.who);
        }
        return true;
      }
      return false;
    },
    onRequest: (listener) => void listeners.push(listener),
  };
}

/**
 * The pattern that allows just the model that was asked for. None where no pattern says that: a stranger may ask for a name
 * with spaces in it, or for one whose asterisks would allow more than itself. What is allowed then is the person's to say.
 */
function patternsOf(model: string): string[] {
  return modelPatternSchema.safeParse(model).success && !model.includes("*") ? [model] : [];
}

/** The grant with what it was refused added to it. */
function widen(permissions: Permissions, { endpoint, model, origin }: Entry): Permissions {
  const { models, endpoints, origins } = permissions;
  return {
    ...permissions,
    models: models === null || model === null ? models : [...new Set([...models, ...patternsOf(model)])],
    origins: origin === null || origins.includes(origin) ? origins : [...origins, origin],
    endpoints: widenEndpoints(endpoints, endpoint),
  };
}

function widenEndpoints(endpoints: Permissions["endpoints"], endpoint: GrantedEndpoint | null): Permissions["endpoints"] {
  if (endpoint === null || endpoints?.includes(endpoint) === true) return endpoints;
  if (endpoints !== null) return [...endpoints, endpoint];
  if (endpoint !== "passthrough" && endpoint !== "metrics") return null;
  return [...grantedEndpoints.filter((one) => one !== "passthrough" && one !== "metrics"), endpoint];
}

/** What a stranger wrote, as it can be shown on a line: no control characters, nothing that turns the direction of writing. */
function clean(text: string | null): string | null {
  const shown =
    text
      ?.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "")
      .slice(0, longestText)
      .trim() ?? "";
  // A key in the wrong place is not shown to anybody.
  return shown === "" || shown.includes(localKeyPrefix) ? null : shown;
}

function hostOf(origin: string | null): string | null {
  return origin === null ? null : (URL.parse(origin)?.host ?? null);
}
