const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A duration as a person reads it: `12 ms`, `1.5 s`, `2 m 05 s`; `?` where it is unknown. */
export function durationText(ms: number | null): string {
  if (ms === null) return "?";
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, "0")} s`;
}

/** Reads `30m`, `12h`, `7d` or `4w`. @returns milliseconds; null for anything else */
export function readDurationMs(text: string): number | null {
  const match = /^(\d{1,5})([mhdw])$/.exec(text.trim());
  return match === null ? null : Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs];
}
