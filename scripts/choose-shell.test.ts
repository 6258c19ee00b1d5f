import { expect, test } from "vitest";
import { type Machine, whyNoElectron } from "./choose-shell.ts";

const machine = (changes: Partial<Machine> & { readonly files?: Readonly<Record<string, string>> }): Machine => ({
  platform: "linux",
  environment: { DISPLAY: ":0" },
  userId: 1000,
  read: (file) => changes.files?.[file] ?? null,
  ...changes,
});

test.each([
  ["a desktop", {}, null],
  ["Wayland alone", { environment: { WAYLAND_DISPLAY: "wayland-0" } }, null],
  ["macOS", { platform: "darwin", environment: {} }, null],
  ["Windows", { platform: "win32", environment: {}, userId: undefined }, null],
  ["root", { userId: 0 }, "root"],
  ["a server", { environment: {} }, "no display"],
  ["an empty display", { environment: { DISPLAY: "" } }, "no display"],
  ["Ubuntu since 24.04", { files: { "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n" } }, "sandbox"],
  ["Debian before 11", { files: { "/proc/sys/kernel/unprivileged_userns_clone": "0\n" } }, "sandbox"],
  ["no namespaces at all", { files: { "/proc/sys/user/max_user_namespaces": "0\n" } }, "sandbox"],
] as const)("says whether Electron can run on %s", (_name, changes, says) => {
  const why = whyNoElectron(machine(changes as Partial<Machine>));
  expect(says === null ? why : why?.includes(says)).toBe(says === null ? null : true);
});
