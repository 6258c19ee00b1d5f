import type { Tone } from "../../parts/badge.tsx";
import type { Leaf } from "./draft/find-leaves.ts";
import type { AliasWorld, TargetState } from "./use-world.ts";

/** How a target stands: its provider's state, or its circuit's where the provider is ready; `unknown` where nothing was called yet. */
export type TargetStanding = "ready" | "unknown" | "open" | "half-open" | "no-key" | "key-waits" | "incomplete" | "not-accepted" | "off";

/** A standing with what belongs to it. */
export interface TargetHealth {
  readonly standing: TargetStanding;
  /** When an open circuit lets a call through again, in milliseconds since 1970; null where it is not open. */
  readonly opensAtMs: number | null;
  /** Null where nothing fresh was measured. */
  readonly firstByteMs: number | null;
}

/** What each standing looks like. */
export const standingTones: Readonly<Record<TargetStanding, Tone>> = {
  ready: "ok",
  unknown: "neutral",
  open: "bad",
  "half-open": "warn",
  "no-key": "warn",
  "key-waits": "warn",
  incomplete: "warn",
  "not-accepted": "warn",
  off: "neutral",
};

const worstFirst = { open: 0, "half-open": 1, closed: 2 } as const;

/** How a target stands now, by what the gateway has seen of it. */
export function healthOf({ provider, model }: Leaf, world: Pick<AliasWorld, "providers" | "health">): TargetHealth {
  const row = provider === null ? undefined : world.providers.get(provider);
  const none = { opensAtMs: null, firstByteMs: null };
  if (row !== undefined && row.state !== "ready") return { standing: row.state, ...none };
  // The same model may be measured more than once, with other limits; the worst counts.
  const [state] = world.health.targets
    .filter((one) => (provider === null || one.provider === provider) && one.model === model)
    .sort((one, other) => worstFirst[one.circuit] - worstFirst[other.circuit]);
  if (state === undefined) return { standing: row === undefined ? "unknown" : "ready", ...none };
  return { standing: standingOf(state), opensAtMs: opensAt(state, world.health.readAtMs), firstByteMs: state.firstByteMs };
}

/** Whether a call could go there now. */
export function isUsable({ standing }: TargetHealth): boolean {
  return standing === "ready" || standing === "unknown" || standing === "half-open";
}

function standingOf({ circuit }: TargetState): TargetStanding {
  return circuit === "closed" ? "ready" : circuit;
}

function opensAt({ opensInMs }: TargetState, readAtMs: number): number | null {
  return opensInMs === null ? null : readAtMs + opensInMs;
}
