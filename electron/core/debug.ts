import createDebug from "debug";

/** The areas that `DEBUG=postern:<area>` can name. */
export type DebugArea = "catalog" | "http" | "routing" | "upstream" | "vault";

/** Writes a line about what an area does. The arguments must never hold a secret, a prompt or an answer. */
export interface DebugLog {
  (format: string, ...values: unknown[]): void;
  /** Whether anybody listens: guard what costs something to find out. */
  readonly enabled: boolean;
}

/** A log of one area, silent unless the `DEBUG` environment variable names it (`postern:*` names all), on stderr. */
export function debugLog(area: DebugArea): DebugLog {
  return createDebug(`postern:${area}`);
}
