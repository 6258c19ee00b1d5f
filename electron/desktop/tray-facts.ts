import type { GatewayState, UpdateState } from "#shared/desktop-bridge.ts";

/** Somebody who asks to be let in, as the tray shows it. */
export interface AskingTool {
  readonly id: string;
  /** What it calls itself: a claim. */
  readonly tool: string | null;
  readonly model: string | null;
  /** Whether it came with a credential that can be let in. */
  readonly hasCredential: boolean;
}

/** Everything that the tray shows. */
export interface TrayFacts {
  readonly system: "macos" | "windows" | "linux";
  readonly gateway: GatewayState;
  /** Whether any provider can be called: a key is there, or a server on this machine. */
  readonly hasKeys: boolean;
  readonly areKeysLocked: boolean;
  readonly asking: readonly AskingTool[];
  readonly aliases: readonly string[];
  readonly defaultAlias: string | null;
  readonly today: { readonly calls: number; readonly errors: number; readonly costMicroUsd: number | null } | null;
  readonly tools: readonly { readonly id: string; readonly name: string }[];
  readonly launchAtLogin: boolean;
  readonly update: UpdateState;
}

/** What the tray's icon says by its shape. */
export const trayShapes = ["running", "starting", "stopped", "paused", "problem", "no-key", "asking"] as const;

/** One of {@link trayShapes}. */
export type TrayShape = (typeof trayShapes)[number];

/** The icon's shape: what waits for the person first, then what is wrong, then how the gateway stands. */
export function trayShape({ gateway, hasKeys, areKeysLocked, asking }: TrayFacts): TrayShape {
  if (gateway.kind === "port-taken" || gateway.kind === "failed") return "problem";
  if (asking.length > 0) return "asking";
  if (gateway.kind === "running") return hasKeys && !areKeysLocked ? "running" : "no-key";
  return gateway.kind;
}

/** What the tray knows before anything was asked. */
export const firstTrayFacts: Omit<TrayFacts, "system"> = {
  gateway: { kind: "stopped" },
  hasKeys: true,
  areKeysLocked: false,
  asking: [],
  aliases: [],
  defaultAlias: null,
  today: null,
  tools: [],
  launchAtLogin: false,
  update: { kind: "current", checkedAtMs: null },
};
