import autocannon from "autocannon";
import type { RunningPostern } from "./start-postern.ts";

/** Calls that come in without a pause. */
export interface Pouring {
  /** Ends them. @returns how many were answered with 200 */
  stop(): Promise<number>;
}

const longestSeconds = 120;

/**
 * Makes many calls at a steady rate until it is stopped, as busy agents do: each goes the whole way through the gateway and
 * into the log. Several hundred a second take a model that answers at once, such as `@postern/hello`, or an alias whose
 * cache is filled.
 */
export function pourCalls(
  postern: Pick<RunningPostern, "url" | "key">,
  { perSecond, model = "@postern/hello" }: { readonly perSecond: number; readonly model?: string },
): Pouring {
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const instance = autocannon(
    {
      url: `${postern.url}/v1/chat/completions`,
      method: "POST",
      headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json", "user-agent": "pour/1.0" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
      connections: 8,
      overallRate: perSecond,
      duration: longestSeconds,
    },
    (error: Error | null, result) => (error === null ? resolve(result) : reject(error)),
  ) as unknown as { stop(): void };
  return {
    async stop() {
      instance.stop();
      return (await promise)["2xx"];
    },
  };
}
