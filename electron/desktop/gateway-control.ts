import { PortTakenError, type Postern } from "#core/postern.ts";
import type { GatewayState } from "#shared/desktop-bridge.ts";
import { describeHolder } from "../host/port-holder.ts";

/** The gateway, as the tray and the window start and stop it. */
export interface GatewayControl {
  readonly state: GatewayState;
  /** Where the window's own calls go; null while the gateway is stopped. */
  readonly address: string | null;
  /** Opens the port; a port that is taken is a state, and no failure. */
  start(): Promise<void>;
  /** Closes the port. Calls under way get ten seconds. */
  stop(): Promise<void>;
  /** Reads anew where it listens and whether it is paused: it moves when the settings change. */
  refresh(pausedUntilMs: number | null): void;
}

/** What the control works with. */
export interface GatewayControlOptions {
  readonly postern: Pick<Postern, "listen" | "stopListening" | "gatewayAddress">;
  /** Which port is asked for: `POSTERN_PORT`; null takes config.json's. */
  readonly port: number | null;
  readonly onChange: (state: GatewayState) => void;
}

/** Calls that are under way when the gateway is stopped get so long. */
export const drainMs = 10_000;

/** Makes the control; nothing is opened yet. */
export function createGatewayControl({ postern, port, onChange }: GatewayControlOptions): GatewayControl {
  let state: GatewayState = { kind: "stopped" };
  let changing: Promise<void> = Promise.resolve();
  let pauseTimer: NodeJS.Timeout | undefined;

  function become(next: GatewayState): void {
    state = next;
    clearTimeout(pauseTimer);
    // Nothing says that a pause is over: calls are taken again, and that is all.
    if (next.kind === "paused") pauseTimer = setTimeout(() => refresh(null), Math.max(0, next.untilMs - Date.now())).unref();
    onChange(next);
  }

  async function open(): Promise<void> {
    if (postern.gatewayAddress !== null) return;
    become({ kind: "starting" });
    try {
      await postern.listen(port === null ? {} : { port });
      become({ kind: "running", address: postern.gatewayAddress ?? "" });
    } catch (error) {
      if (error instanceof PortTakenError) become({ kind: "port-taken", port: error.port, holder: await describeHolder(error.port) });
      else become({ kind: "failed", words: error instanceof Error ? error.message : "Cannot start the gateway" });
    }
  }

  async function close(): Promise<void> {
    await postern.stopListening({ graceMs: drainMs });
    become({ kind: "stopped" });
  }

  /** One after the other: a stop that waits for calls must not meet a start. */
  function queue(change: () => Promise<void>): Promise<void> {
    const changed = changing.then(change);
    changing = changed.catch(() => undefined);
    return changed;
  }

  function refresh(pausedUntilMs: number | null): void {
    const address = postern.gatewayAddress;
    if (address === null) return;
    const next: GatewayState = pausedUntilMs === null ? { kind: "running", address } : { kind: "paused", address, untilMs: pausedUntilMs };
    if (JSON.stringify(next) !== JSON.stringify(state)) become(next);
  }

  return {
    get state() {
      return state;
    },
    get address() {
      return postern.gatewayAddress;
    },
    start: () => queue(open),
    stop: () => queue(close),
    refresh,
  };
}
