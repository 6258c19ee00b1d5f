import type { Strategy } from "#shared/schema/routing-strategy.ts";

/** One condition of a strategy: what has to hold, and the name of the target that it leads to. */
export type Condition = NonNullable<Strategy["conditions"]>[number];

/** A name for the name: an object with a method "then" would be a promise, which this is not. */
const target: Exclude<keyof Condition, "query"> = "then";

/** Puts a condition together. */
export function makeCondition(query: Condition["query"], name: string): Condition {
  const members = new Map<string, unknown>([["query", query]]);
  members.set(target, name);
  return Object.fromEntries(members) as Condition;
}
