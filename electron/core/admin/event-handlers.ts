import type { eventsContract } from "#shared/contract/events.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/events.ts`. */
export function createEventHandlers({ events }: Pick<AdminParts, "events">): HandlersOf<typeof eventsContract> {
  return { watchEvents: async () => events.watch() };
}
