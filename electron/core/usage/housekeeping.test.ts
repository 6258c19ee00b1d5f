import { expect, test } from "vitest";
import type { Store } from "#core/store/store.ts";
import { usageSettingsSchema } from "#shared/schema/usage.ts";
import { openHousekeeping } from "./housekeeping.ts";

test("openHousekeeping() does the rest where one thing fails, says which, and ends when it is closed", async () => {
  const done: string[] = [];
  const store: Store = {
    all: (sql) => Promise.resolve((sql.includes("EXISTS") ? [{ more: 0 }] : []) as never[]),
    run: (sql) => Promise.resolve(done.push(sql.slice(0, 23))),
    insertMany: () => Promise.resolve(0),
    transaction: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const errors: string[] = [];
  const housekeeping = openHousekeeping(store, {
    clock: {
      nowMs: () => 0,
      monotonicMs: () => 0,
      wait: (_ms, signal) => new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error))),
    },
    settings: () => usageSettingsSchema.parse({}),
    copyDaily: () => Promise.reject(new Error("no room for a copy")),
    keepChats: () => Promise.resolve(),
    onError: ({ message }) => errors.push(message),
  });
  await housekeeping.run();
  expect([errors, done]).toEqual([["no room for a copy"], ["DELETE FROM call_bodies"]]);
  await housekeeping.close();
  expect(errors).toHaveLength(1);
});
