import type { Clock } from "#core/platform.ts";
import type { LiveEvent } from "#shared/contract/events.ts";
import { PosternError } from "#shared/errors.ts";
import { version } from "#shared/version.ts";

/** An event without its time. */
export type NewEvent = LiveEvent extends infer Event ? (Event extends LiveEvent ? Omit<Event, "atMs"> : never) : never;

/** What happens, for whoever watches. */
export interface LiveEvents {
  /** Tells everybody who watches. Costs next to nothing where nobody does, and never waits. */
  publish(event: NewEvent): void;
  /** How many watch. */
  readonly watchers: number;
  /** A stream of server-sent events from now on. @throws {PosternError} where 32 watch already */
  watch(): ReadableStream<Uint8Array>;
  /** Ends every stream. */
  close(): void;
}

const heartbeatMs = 15_000;
const mostWatchers = 32;
/** What a slow reader may have waiting. Later events are not kept for it: it is told how many it missed. */
const mostWaiting = 256;

interface Watcher {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  missed: number;
}

/** Opens the exchange of events. Nothing runs while nobody watches. */
export function openLiveEvents(clock: Pick<Clock, "nowMs">): LiveEvents {
  const watchers = new Set<Watcher>();
  const encoder = new TextEncoder();
  let heartbeat: NodeJS.Timeout | undefined;
  let isClosed = false;

  function write(event: NewEvent): Uint8Array {
    return encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify({ ...event, atMs: clock.nowMs() })}\n\n`);
  }

  function leave(watcher: Watcher): void {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(heartbeat);
    heartbeat = undefined;
  }

  function send(watcher: Watcher, bytes: Uint8Array): void {
    if ((watcher.controller.desiredSize ?? 0) > 0) watcher.controller.enqueue(bytes);
    else watcher.missed += 1;
  }

  return {
    get watchers() {
      return watchers.size;
    },
    publish(event) {
      if (watchers.size === 0) return;
      const bytes = write(event);
      for (const watcher of watchers) send(watcher, bytes);
    },
    watch() {
      if (isClosed || watchers.size >= mostWatchers) {
        const why = isClosed ? "Postern is shutting down" : `${mostWatchers} streams are open already; close one`;
        throw new PosternError(isClosed ? "shutting_down" : "invalid_value", `Cannot open another stream of events: ${why}`);
      }
      let watcher: Watcher;
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            watcher = { controller, missed: 0 };
            watchers.add(watcher);
            // Read what is there first, and follow from there: the stream itself has no past.
            controller.enqueue(write({ type: "hello", version, missed: 0 }));
            heartbeat ??= setInterval(() => {
              for (const one of watchers) if ((one.controller.desiredSize ?? 0) > 0) one.controller.enqueue(encoder.encode(":\n\n"));
            }, heartbeatMs).unref();
          },
          pull(controller) {
            if (watcher.missed === 0) return;
            controller.enqueue(write({ type: "hello", version, missed: watcher.missed }));
            watcher.missed = 0;
          },
          cancel: () => leave(watcher),
        },
        { highWaterMark: mostWaiting },
      );
    },
    close() {
      isClosed = true;
      for (const watcher of watchers) {
        watcher.controller.close();
        leave(watcher);
      }
    },
  };
}
