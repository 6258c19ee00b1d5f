import { expect, test } from "vitest";
import { callConfigSchema } from "#shared/schema/routing.ts";
import { routeWorld } from "../../../test/fakes/route-world.ts";
import { mayBeRouted, whyNotRouted } from "./why-not-routed.ts";

const keyless = { provider: "google", model: "m" };
const keyed = { provider: "openai", model: "m" };
const world = routeWorld({
  aliases: {
    waits: callConfigSchema.parse(keyless),
    falls: callConfigSchema.parse({ strategy: { mode: "fallback" }, targets: [keyless, keyed] }),
    decides: callConfigSchema.parse({
      // oxlint-disable-next-line unicorn/no-thenable -- Portkey's name for it
      strategy: { mode: "conditional", conditions: [{ query: { "metadata.plan": "paid" }, then: "paid" }], default: "free" },
      targets: [
        { name: "paid", ...keyed },
        { name: "free", ...keyless },
      ],
    }),
  },
});

test.each([
  ["waits", false, "provider_key_missing"],
  ["falls", true, undefined],
  // An empty call goes to the target without a key; another call need not.
  ["decides", true, "provider_key_missing"],
  ["@openai/m", true, undefined],
] as const)("%j may be routed: %j", (name, may, code) => {
  expect([mayBeRouted(name, world), whyNotRouted(name, world)?.code]).toEqual([may, code]);
});
