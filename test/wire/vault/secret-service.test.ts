import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askSecretService } from "#core/vault/secret-service.ts";
import { findCommand, hasKeyring, startKeyring, type Keyring } from "./keyring.ts";

/** A PATH where one D-Bus tool is all there is. */
function pathWithOnly(tool: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-path-"));
  const file = findCommand(tool);
  if (file !== undefined) symlinkSync(file, path.join(folder, tool));
  return folder;
}

describe.skipIf(!hasKeyring)("askSecretService (needs gnome-keyring and dbus)", { timeout: 60_000 }, () => {
  let keyring: Keyring;
  beforeAll(async () => {
    keyring = await startKeyring();
  });
  afterAll(() => keyring.stop());

  describe.each(["dbus-send", "gdbus", "busctl"])("with %s alone", (tool) => {
    const isThere = findCommand(tool) !== undefined;

    test.skipIf(!isThere)(`reads open, locked and absent (needs ${tool})`, async () => {
      const environment = { ...keyring.environment, PATH: pathWithOnly(tool) };
      expect(await askSecretService(environment, { mayStart: false })).toBe("ready");
      await keyring.lock();
      expect(await askSecretService(environment, { mayStart: false })).toBe("locked");
      await keyring.kill();
      expect(await askSecretService(environment, { mayStart: true })).toBe("absent");
      await keyring.restart("without-a-keyring");
      expect(await askSecretService(environment, { mayStart: false })).toBe("session-only");
      await keyring.kill();
      await keyring.restart("open");
    });
  });

  test("without any tool it does not know", async () => {
    const environment = { ...keyring.environment, PATH: pathWithOnly("none-of-them") };
    expect(await askSecretService(environment, { mayStart: true })).toBe("unknown");
  });
});
