import type { MenuItemConstructorOptions } from "electron";
import { expect, test } from "vitest";
import type { GatewayState } from "#shared/desktop-bridge.ts";
import { firstTrayFacts, type TrayFacts, trayShape } from "./tray-facts.ts";
import { type TrayActions, trayTemplate } from "./tray-template.ts";

const facts = (changes: Partial<TrayFacts> = {}): TrayFacts => ({
  system: "linux",
  ...firstTrayFacts,
  gateway: { kind: "running", address: "127.0.0.1:8787" },
  ...changes,
});
const told: unknown[][] = [];
const actions = new Proxy({} as TrayActions, {
  get:
    (_target, name) =>
    (...values: unknown[]) =>
      told.push([name, ...values]),
});
const labels = (items: readonly MenuItemConstructorOptions[]): string[] =>
  items.map(({ type, label }) => (type === "separator" ? "---" : (label ?? "")));
const find = (items: readonly MenuItemConstructorOptions[], start: string): MenuItemConstructorOptions => {
  const found = items.find(({ label }) => label?.startsWith(start) === true);
  if (found === undefined) throw new Error(`No item begins with ${start}: ${labels(items).join(", ")}`);
  return found;
};

test("while it runs, everything is there", () => {
  const menu = trayTemplate(
    facts({
      aliases: ["portkey-claude", "steady"],
      defaultAlias: "steady",
      today: { calls: 318, errors: 2, costMicroUsd: 1_420_000 },
      tools: [{ id: "claude", name: "claude" }],
      launchAtLogin: true,
    }),
    actions,
  );
  expect(labels(menu)).toEqual([
    "● Running · 127.0.0.1:8787",
    "Stop gateway",
    "Copy base URL",
    "---",
    "Default model: steady",
    "Today: $1.42 · 318 requests · 2 errors",
    "Connect a tool",
    "---",
    "Open Postern",
    "Pause for 1 hour",
    "Lock keys",
    "Launch at login",
    "Settings…",
    "Check for updates…",
    "---",
    "Quit Postern (stops the gateway)",
  ]);
  const radio = find(menu, "Default model").submenu as MenuItemConstructorOptions[];
  expect(radio.map(({ label, checked, type }) => [label, checked, type])).toEqual([
    ["None", false, "radio"],
    ["portkey-claude", false, "radio"],
    ["steady", true, "radio"],
  ]);
  expect([menu[0]?.enabled, find(menu, "Launch").checked]).toEqual([false, true]);
});

test.each([
  [{ kind: "stopped" }, "○ Stopped", ["Start gateway"], "Quit Postern", "stopped"],
  [{ kind: "starting" }, "◐ Starting…", ["Start gateway"], "Quit Postern", "starting"],
  [{ kind: "failed", words: "Cannot listen" }, "▲ Cannot listen", ["Try again"], "Quit Postern", "problem"],
  [
    { kind: "port-taken", port: 8787, holder: "node (pid 42)" },
    "▲ Port 8787 is in use by node (pid 42)",
    ["Try again", "Use port 8788 instead"],
    "Quit Postern",
    "problem",
  ],
  [
    { kind: "running", address: "127.0.0.1:1" },
    "● Running · 127.0.0.1:1",
    ["Stop gateway", "Copy base URL"],
    "Quit Postern (stops the gateway)",
    "running",
  ],
] as const)("%o is told by words and by shape, with what can be done", (gateway, says, does, quits, shape) => {
  const state = facts({ gateway: gateway as GatewayState });
  const all = labels(trayTemplate(state, actions));
  expect([all[0], all.slice(1, 1 + does.length), all.at(-1), trayShape(state)]).toEqual([says, does, quits, shape]);
});

test("what waits for the person goes before how the gateway stands, and what is wrong before both", () => {
  const asking = [{ id: "r1", tool: "claude", model: "gpt-5", hasCredential: true }];
  expect(trayShape(facts({ asking }))).toBe("asking");
  expect(trayShape(facts({ asking, gateway: { kind: "port-taken", port: 1, holder: "x" } }))).toBe("problem");
  expect(trayShape(facts({ hasKeys: false }))).toBe("no-key");
  expect(trayShape(facts({ areKeysLocked: true }))).toBe("no-key");
  expect(labels(trayTemplate(facts({ hasKeys: false }), actions))).toContain("No provider's key yet: add one…");
});

test("a tool's own name can neither underline, hide nor overflow what stands there", () => {
  const asking = [{ id: "r1", tool: `evil & \u202Ename${"x".repeat(200)}`, model: "a\nb", hasCredential: false }];
  const menu = trayTemplate(facts({ asking }), actions);
  const label = find(menu, "?").label ?? "";
  expect([label.includes("&&"), /[\p{Cc}\p{Cf}]/u.test(label), label.length < 120]).toEqual([true, false, true]);
  // Without a credential a new key would have to be shown, which no menu can.
  expect(labels(find(menu, "?").submenu as MenuItemConstructorOptions[])).toEqual(["Deny", "Look at it…"]);
});

test("updates: looked for, loaded, ready; nothing where another keeps the app up to date", () => {
  const line = (update: TrayFacts["update"]): string[] => {
    const all = labels(trayTemplate(facts({ update }), actions));
    return all.slice(all.indexOf("Settings…"), all.indexOf("Settings…") + 2);
  };
  expect(line({ kind: "unavailable", words: "git" })).toEqual(["Settings…", "---"]);
  expect(line({ kind: "loading", version: "1.2.0", percent: 41.7 })).toEqual(["Settings…", "Loading 1.2.0: 42 %"]);
  const menu = trayTemplate(facts({ update: { kind: "ready", version: "1.3.0" } }), actions);
  told.length = 0;
  find(menu, "Restart to update to 1.3.0").click?.({} as never, undefined, {} as never);
  expect(told).toEqual([["restartToUpdate"]]);
});

test("a list of aliases that is too long still holds the chosen one", () => {
  const aliases = Array.from({ length: 60 }, (_, index) => `alias-${index}`);
  const menu = trayTemplate(facts({ aliases, defaultAlias: "alias-55" }), actions);
  const radio = find(menu, "Default").submenu as MenuItemConstructorOptions[];
  expect([radio.length, radio.find(({ checked }) => checked)?.label]).toEqual([26, "alias-55"]);
});
