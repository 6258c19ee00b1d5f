import { PosternError } from "#shared/errors.ts";
import { localKeyPrefix } from "#shared/local-key.ts";
import type { Clock } from "#core/platform.ts";
import type { Grant, Grants } from "./grants.ts";
import { isPlaceholder } from "./local-keys.ts";
import type { RequestHead } from "./read-head.ts";

/** Who calls: the holder of a local key, or somebody who brings a provider's key of their own, or both. */
export interface Caller {
  readonly grant: Grant | null;
  /** A provider's key that the caller sent; it goes only to the provider that the call names. */
  readonly ownKey: string | null;
}

/** Finds out who calls, and keeps count of wrong keys. */
export interface CallerCheck {
  /** Whether this is a local key, or looks like one: it never goes to a provider. */
  isLocalKey(credential: string): boolean;
  /**
   * The one gate before every path that is not anonymous.
   *
   * @param options `configHasKeys`: the call's own config may bring the keys; each of its targets is held to that later
   * @throws {PosternError} `invalid_api_key`, `too_many_failed_keys` or `conflicting_credentials`
   */
  identify(head: RequestHead, options: { readonly bringYourOwnKey: boolean; readonly configHasKeys: boolean }): Caller;
}

const failuresPerMinute = 30;
const howToGetAKey = 'make one for this tool with "postern grant NAME", or allow its request in Postern';

/**
 * Makes the gate. Wrong keys are counted for all callers together, so that a second address or header does not buy
 * more guesses; a right key never meets the counter.
 */
export function createCallerCheck(grants: Grants, clock: Clock): CallerCheck {
  let windowStartMs = clock.monotonicMs();
  let failures = 0;

  function refuse(message: string): PosternError {
    if (clock.monotonicMs() - windowStartMs > 60_000) {
      windowStartMs = clock.monotonicMs();
      failures = 0;
    }
    if (++failures > failuresPerMinute) {
      return new PosternError(
        "too_many_failed_keys",
        "Cannot let this call in: too many wrong keys in the last minute; wait a minute, then send a right one",
        {
          headers: { "retry-after": "60" },
        },
      );
    }
    return unauthenticated(message);
  }

  return {
    isLocalKey: (credential) => credential.startsWith(localKeyPrefix) || grants.find(credential) !== null,
    identify(head, { bringYourOwnKey, configHasKeys }) {
      let grant: Grant | null = null;
      let wrongLocalKey = false;
      let grantHeader = "";
      let ownKey: string | null = null;
      let portkeyKey: string | null = null;
      for (const { header, value } of head.credentials) {
        const found = grants.find(value);
        if (found !== null) {
          if (grant !== null && grant.id !== found.id) throw conflict("two different local keys came");
          grant = found;
          grantHeader = header;
        } else if (value.startsWith(localKeyPrefix)) {
          wrongLocalKey = true;
        } else if (isPlaceholder(value)) {
          continue;
        } else if (header === "x-portkey-api-key") {
          portkeyKey = value;
        } else if (ownKey !== null && ownKey !== value) {
          throw conflict("two different keys came");
        } else {
          ownKey = value;
        }
      }
      // The local Portkey gateway ignores this header beside another key; alone it is a key for hosted Portkey.
      ownKey ??= grant === null ? portkeyKey : null;
      if (wrongLocalKey) {
        if (grant !== null) throw conflict("one of the local keys that came is not known here");
        throw refuse(`Cannot let this call in: its local key is not known here, or was replaced; ${howToGetAKey}`);
      }
      if (grant !== null) {
        if (ownKey !== null && grantHeader !== "x-portkey-api-key") {
          throw conflict("a provider's key came beside the local key; to use both, send the local key as x-portkey-api-key");
        }
        if (grant.kind === "tool" && grant.once !== null) grant.once.isUsed = true;
        return { grant, ownKey };
      }
      if (ownKey === null && configHasKeys && bringYourOwnKey) return { grant: null, ownKey: null };
      if (ownKey === null) throw unauthenticated(`Cannot let this call in: it has no key; ${howToGetAKey}`);
      if (!bringYourOwnKey) throw refuse(`Cannot let this call in: its key is not one of Postern's; ${howToGetAKey}`);
      return { grant: null, ownKey };
    },
  };
}

/** The refusal of a caller that nobody knows, with how to become known. */
export function unauthenticated(message: string): PosternError {
  return new PosternError("invalid_api_key", message, { headers: { "www-authenticate": "Bearer" } });
}

function conflict(what: string): PosternError {
  return new PosternError("conflicting_credentials", `Cannot tell who calls: ${what}; send one`);
}
