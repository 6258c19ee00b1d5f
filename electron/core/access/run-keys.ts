import { timingSafeEqual } from "node:crypto";
import type { Clock } from "#core/platform.ts";
import { PosternError } from "#shared/errors.ts";
import { permissionsSchema } from "#shared/schema/grant.ts";
import type { Grant, Grants, ToolGrant, ToolGrants } from "./grants.ts";
import { createLocalKey, hashLocalKey } from "./local-keys.ts";

/** A key that lives until it is released. */
export interface RunKey {
  readonly key: string;
  /** The stored grant that it has the rights of; null where there was none of the tool's name. */
  readonly grantId: string | null;
  /** Ends the key at once. */
  readonly release: () => void;
}

/** Local keys that live as long as a program that was started with one. They are in memory only. */
export interface RunKeys {
  /**
   * Makes a key for a run of a tool: with the rights of the grant of its name, as they are at each call; where there is no
   * such grant, with those of a grant that says nothing.
   *
   * @param before what the run has already, where it outlived a restart
   * @throws {PosternError} `not_granted` where the grant that it had has ended meanwhile
   */
  issue(tool: string, before?: Pick<RunKey, "key" | "grantId">): RunKey;
  /** Makes a key for a part of Postern itself that calls the gateway for its owner. */
  issueForOwner(name: string): RunKey;
  /** The grants, with these keys among those that they find. */
  among<Known extends Grants>(grants: Known): Known;
}

interface Entry {
  readonly hash: Buffer;
  readonly grant: () => Grant | null;
}

/** Opens the list; it is empty. */
export function openRunKeys(grants: Pick<ToolGrants, "tools">, clock: Pick<Clock, "nowMs">): RunKeys {
  let entries: readonly Entry[] = [];

  function add(key: string, grantId: string | null, grant: Entry["grant"], end: () => void = () => undefined): RunKey {
    const entry: Entry = { hash: hashLocalKey(key), grant };
    entries = [...entries, entry];
    const release = (): void => {
      entries = entries.filter((one) => one !== entry);
      end();
    };
    return { key, grantId, release };
  }

  function find(credential: string): Grant | null {
    if (entries.length === 0) return null;
    const presented = hashLocalKey(credential);
    let found: Entry | null = null;
    for (const entry of entries) if (timingSafeEqual(entry.hash, presented)) found = entry;
    return found?.grant() ?? null;
  }

  return {
    issue(tool, before) {
      const key = before?.key ?? createLocalKey();
      const heldId = before?.grantId ?? null;
      const granted = grants.tools.find(({ id, name }) => (heldId === null ? name === tool : id === heldId));
      if (heldId !== null && granted === undefined) {
        // Else a restart would give a revoked tool the rights of one that nobody has limited.
        throw new PosternError(
          "not_granted",
          `Cannot go on with this run: the grant of ${tool} has ended; start it anew with "postern run ${tool}"`,
        );
      }
      if (granted !== undefined) {
        // By its id: one that was revoked, and made anew under the same name, is another one.
        return add(key, granted.id, () => grants.tools.find(({ id, state }) => id === granted.id && state.ended === null) ?? null);
      }
      const own: ToolGrant = {
        id: `run:${tool}`,
        name: tool,
        kind: "tool",
        permissions: permissionsSchema.parse({}),
        keyHint: key.slice(-4),
        createdAtMs: clock.nowMs(),
        once: null,
        state: { ended: null },
      };
      return add(
        key,
        null,
        () => own,
        () =>
          void (own.state.ended = new PosternError(
            "invalid_api_key",
            `Cannot go on with this call: ${tool} has ended, and its key with it`,
          )),
      );
    },
    issueForOwner: (name) => add(createLocalKey(), null, () => ({ id: name, name, kind: "owner" })),
    among: (known) => {
      // Everything else is the grants' own.
      const findAny = (credential: string): Grant | null => known.find(credential) ?? find(credential);
      return Object.create(known, { find: { value: findAny } }) as typeof known;
    },
  };
}
