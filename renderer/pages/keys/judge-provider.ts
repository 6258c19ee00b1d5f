import type { KeyDetail } from "#shared/contract/keys.ts";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import type { Tone } from "../../parts/badge.tsx";
import { formatAgo } from "../../text/format.ts";
import type { Say } from "../../text/texts.ts";

/** How something stands, in a colour and in words that say the same. */
export interface Standing {
  readonly tone: Tone;
  readonly words: string;
}

/** How a key stands. */
export function judgeKey(say: Say<"keys">, key: KeyDetail, nowMs: number): Standing {
  if (key.waits) return { tone: "warn", words: say("stateWaits") };
  if (key.standing === "works") return { tone: "ok", words: say("stateWorks") };
  // A test may tell nothing: some providers answer anybody, and some have nothing that costs nothing to ask for.
  if (key.standing === "untested") return { tone: "neutral", words: say(key.test === null ? "stateUntested" : "stateUnproven") };
  const words = key.sinceMs === null ? say("stateFailing") : say("stateFailingSince", { when: formatAgo(key.sinceMs, nowMs) });
  return { tone: "bad", words };
}

/** How a provider stands: as its row does, and where it is ready, as the key that serves it does. */
export function judgeProvider(say: Say<"keys">, row: ProviderInfo, keys: readonly KeyDetail[], nowMs: number): Standing {
  switch (row.state) {
    case "off":
      return { tone: "neutral", words: say("stateOff") };
    case "not-accepted":
      return { tone: "neutral", words: say("stateNotAccepted") };
    case "incomplete":
      return { tone: "warn", words: say("stateIncomplete") };
    case "no-key":
      return { tone: "neutral", words: say("stateNoKey") };
    case "key-waits":
      return { tone: "warn", words: say("stateWaits") };
    case "ready": {
      if (row.auth === "none") return { tone: "ok", words: say("stateKeyless") };
      const serving = keys.find((key) => key.serves) ?? keys[0];
      return serving === undefined ? { tone: "neutral", words: say("stateNoKey") } : judgeKey(say, serving, nowMs);
    }
  }
}

/** Whether a person uses this provider: it has a key, or was accepted, or is their own. */
export function isInUse(row: ProviderInfo): boolean {
  return row.keys.length > 0 || row.source === "own" || (row.auth === "none" && row.state === "ready");
}

/** Where a key lies, in words. */
export function placeOf(say: Say<"keys">, key: Pick<KeyDetail, "source" | "variable">): string {
  if (key.source === "keychain") return say("placeKeychain");
  if (key.source === "file") return say("placeFile");
  return key.variable === null ? say("placeEnvironmentAny") : say("placeEnvironment", { variable: key.variable });
}

/** A name that none of these has: the wanted one, else with a number behind it. */
export function freeName(wanted: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** The host of a link, to be shown beside it. */
export function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}
