import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import { whenQuiet } from "./quiet-moment.ts";

/**
 * A component that the first page does without: it comes when it is first drawn, or in a quiet moment before. Then it is there when
 * somebody opens it, at once and even while Postern is away.
 */
export function lazyPart<Props>(load: () => Promise<ComponentType<Props>>): LazyExoticComponent<ComponentType<Props>> {
  loadWhenQuiet(load);
  return lazy(async () => ({ default: await load() }));
}

/** Loads code in a quiet moment. Where it does not come, whoever needs it asks again. */
export function loadWhenQuiet(load: () => Promise<unknown>): void {
  whenQuiet(() => void load().catch(() => undefined));
}
