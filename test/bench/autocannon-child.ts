// One run of autocannon, as a process of its own.

import autocannon from "autocannon";
import type { Load, LoadResult } from "./load-generator.ts";

process.once("message", (load: Load) => {
  let doneAtMs = 0;
  const startedAtMs = performance.now();
  autocannon(
    {
      url: load.target.url,
      method: "POST",
      headers: { ...load.target.headers },
      body: load.body,
      connections: load.connections,
      amount: load.requests,
      timeout: 60,
      // It looks at each of these ticks whether it is done.
      sampleInt: 50,
      setupClient: (client) => client.on("response", () => (doneAtMs = performance.now())),
    },
    (error: Error | null, result) => {
      if (error !== null) throw error;
      if (result.non2xx > 0 || result.errors > 0 || result["2xx"] !== load.requests) {
        throw new Error(`Cannot use this run: ${result["2xx"]} of ${load.requests} answers were 200, ${result.errors} requests failed`);
      }
      process.send?.({ requests: load.requests, seconds: (doneAtMs - startedAtMs) / 1000 } satisfies LoadResult);
    },
  );
});
