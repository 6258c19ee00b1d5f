import { runTask } from "./child.ts";

/** One part of the hot path on its own, in microseconds a call. */
export interface MicroResult {
  readonly title: string;
  readonly microseconds: number;
}

/** Measures the parts of the hot path that Postern has and a bare relay has not, in a process of their own. */
export function runMicroMeasures(): Promise<readonly MicroResult[]> {
  return runTask<readonly MicroResult[]>(new URL("./micro-child.ts", import.meta.url), {});
}
