import type { KeychainProcess } from "#core/platform.ts";
import { readKeychainRequest, type KeychainRequest } from "#core/vault/keychain-messages.ts";

/** A keychain process that a test plays: it gets the requests and decides what comes back, and when. */
export interface ScriptedKeychain {
  /** Give this to the platform. Each call is a new process. */
  readonly start: () => KeychainProcess;
  /** Every request so far, of all processes. */
  readonly requests: KeychainRequest[];
  /** How many processes were started, and how many of them were killed. */
  readonly counts: { starts: number; kills: number };
}

interface Act {
  readonly reply: (message: unknown) => void;
  readonly die: () => void;
}

/** What the played process does with a request: `reply` sends anything, `die` ends it. */
export type Script = (request: KeychainRequest, act: Act) => void;

/** Plays the keychain's process in memory, message by message. */
export function scriptKeychain(script: Script): ScriptedKeychain {
  const requests: KeychainRequest[] = [];
  const counts = { starts: 0, kills: 0 };
  const start = (): KeychainProcess => {
    counts.starts++;
    let listener: (message: unknown) => void = () => undefined;
    let tellExit: () => void = () => undefined;
    return {
      send: (message) => {
        const request = readKeychainRequest(message);
        if (request === undefined) throw new Error("the client sent what is no request");
        requests.push(request);
        script(request, { reply: (reply) => listener(reply), die: () => tellExit() });
      },
      onMessage: (each) => (listener = each),
      onExit: (each) => (tellExit = each),
      kill: () => {
        counts.kills++;
        tellExit();
      },
    };
  };
  return { start, requests, counts };
}
