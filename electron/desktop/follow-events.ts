import { setTimeout as wait } from "node:timers/promises";
import type { AdminClient } from "#shared/contract/client.ts";
import { type LiveEvent, liveEventSchema } from "#shared/contract/events.ts";

const retryMs = 1_000;

/**
 * Follows what happens. The stream is opened anew if it breaks, and tells `hello` each time.
 *
 * @returns what ends it
 */
export function followEvents(call: AdminClient, onEvent: (event: LiveEvent) => void): () => void {
  const ending = new AbortController();
  let reader: ReadableStreamDefaultReader<string> | undefined;

  async function follow(): Promise<void> {
    const answer = (await call("watchEvents", {})) as unknown as Response;
    if (answer.body === null) return;
    reader = answer.body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
    let waiting = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      waiting += value;
      const blocks = waiting.split("\n\n");
      waiting = blocks.pop() ?? "";
      for (const block of blocks) tell(block);
    }
  }

  function tell(block: string): void {
    const data = block.split("\n").find((line) => line.startsWith("data: "));
    if (data === undefined) return;
    const event = liveEventSchema.safeParse(JSON.parse(data.slice("data: ".length)));
    if (event.success) onEvent(event.data);
  }

  async function keepFollowing(): Promise<void> {
    while (!ending.signal.aborted) {
      await follow().catch(() => undefined);
      await wait(retryMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  }

  void keepFollowing();
  return () => {
    ending.abort();
    reader?.cancel().catch(() => undefined);
  };
}
