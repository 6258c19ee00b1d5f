import { afterEach, expect, test } from "vitest";
import { scriptKeychain, type Script, type ScriptedKeychain } from "../../../test/wire/vault/scripted-keychain.ts";
import { createTestPlatform, type TestPlatform } from "../../../test/wire/vault/test-platform.ts";
import { Keychain } from "./keychain.ts";

// A session bus and no tool to ask it: all that is known of the keychain is what the last call left, as on macOS and Windows.
const environment = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere", PATH: "/nowhere" };
const keychains: Keychain[] = [];

function createKeychain(script: Script): { keychain: Keychain; platform: TestPlatform; child: ScriptedKeychain } {
  const child = scriptKeychain(script);
  const platform = createTestPlatform({ environment, speed: 1_000, startKeychainProcess: child.start });
  const keychain = new Keychain(platform);
  keychains.push(keychain);
  return { keychain, platform, child };
}

afterEach(() => {
  for (const keychain of keychains.splice(0)) keychain.close();
});

test("Keychain.look() starts no process and leaves the state unknown where nothing can tell", async () => {
  const { keychain, child } = createKeychain(() => undefined);
  await keychain.look({ mayStart: false });
  expect([keychain.status, child.counts.starts]).toEqual(["unknown", 0]);
});

test.each([
  ["refuses", "denied", { ok: false, failure: "denied", words: "User canceled the operation." }],
  ["is locked", "locked", { ok: false, failure: "locked", words: "User interaction is not allowed." }],
  ["never answers", "locked", undefined],
])("Keychain that %s is %s, opens no second dialog for half a minute, and then asks again", async (_what, status, outcome) => {
  let isOpen = false;
  const { keychain, platform, child } = createKeychain(({ id }, { reply }) => {
    if (isOpen) reply({ id, ok: true, value: "sk-1" });
    else if (outcome !== undefined) reply({ id, ...outcome });
  });
  await expect(keychain.get("a")).rejects.toMatchObject({ code: "keychain_locked" });
  expect(keychain.status).toBe(status);
  isOpen = true;
  platform.advance(29_000);
  await expect(keychain.get("a")).rejects.toMatchObject({ code: "keychain_locked" });
  expect(child.requests).toHaveLength(1);
  platform.advance(1_000);
  expect(await keychain.get("a")).toBe("sk-1");
  expect(keychain.status).toBe("ready");
});

test("Keychain lets a person who stores a key see the dialog at once, whatever was refused before", async () => {
  let isOpen = false;
  const { keychain } = createKeychain(({ id }, { reply }) =>
    reply(isOpen ? { id, ok: true, value: true } : { id, ok: false, failure: "denied", words: "" }),
  );
  await expect(keychain.get("a")).rejects.toMatchObject({ code: "keychain_locked" });
  isOpen = true;
  await keychain.set("a", "sk-1");
  expect(keychain.status).toBe("ready");
});

test("Keychain without its native library is absent at the first sight of it, and is not asked again", async () => {
  const { keychain } = createKeychain(({ id }, { reply }) =>
    reply({ id, ok: false, failure: "unloadable", words: "libsecret is not installed" }),
  );
  await keychain.prepare();
  expect(keychain.status).toBe("absent");
  await keychain.look({ mayStart: true });
  expect(keychain.status).toBe("absent");
  await expect(keychain.get("a")).rejects.toMatchObject({ code: "keychain_unavailable" });
});

test("Keychain that worked and is gone is failing, not absent: the person is not to install one", async () => {
  let isGone = false;
  const { keychain } = createKeychain(({ id }, { reply }) =>
    reply(
      isGone
        ? { id, ok: false, failure: "absent", words: "The name was not provided by any .service files" }
        : { id, ok: true, value: "sk-1" },
    ),
  );
  await keychain.get("a");
  isGone = true;
  await expect(keychain.get("a")).rejects.toMatchObject({
    code: "keychain_unavailable",
    message: expect.stringContaining("it said: The name"),
  });
  expect(keychain.status).toBe("failing");
  isGone = false;
  expect(await keychain.get("a")).toBe("sk-1");
});

test.skipIf(process.platform !== "linux")(
  "Keychain takes an unknown account for a locked keyring where nothing can tell (Linux only)",
  async () => {
    const { keychain } = createKeychain(({ id }, { reply }) => reply({ id, ok: true, value: null }));
    await expect(keychain.get("a")).rejects.toMatchObject({ code: "keychain_locked" });
  },
);
