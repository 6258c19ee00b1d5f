import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
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

    test.skipIf(!isThere)(`tells open, locked, hanging, absent and session-only apart (needs ${tool})`, async () => {
      const environment = { ...keyring.environment, PATH: pathWithOnly(tool) };
      expect(await askSecretService(environment, { mayStart: false })).toBe("ready");
      await keyring.lock();
      expect(await askSecretService(environment, { mayStart: false })).toBe("locked");
      keyring.freeze();
      expect(await askSecretService(environment, { mayStart: true })).toBe("failing");
      await keyring.kill();
      expect(await askSecretService(environment, { mayStart: true })).toBe("absent");
      expect(await askSecretService({ ...environment, DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" }, { mayStart: true })).toBe("absent");
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

  test("a service that would have to be started is idle, and stays off until it may be", async () => {
    const bus = await startBusWithService();
    try {
      const environment = { DBUS_SESSION_BUS_ADDRESS: bus.address, PATH: process.env["PATH"] };
      expect(await askSecretService(environment, { mayStart: false })).toBe("idle");
      expect(existsSync(bus.startedFile)).toBe(false);
      expect(await askSecretService(environment, { mayStart: true })).toBe("failing");
      expect(existsSync(bus.startedFile)).toBe(true);
    } finally {
      bus.daemon.kill();
    }
  });
});

/** A bus that knows how to start a Secret Service: one that leaves a file behind and ends. */
async function startBusWithService(): Promise<{ daemon: ChildProcess; address: string; startedFile: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-bus-"));
  const startedFile = path.join(folder, "started");
  writeFileSync(
    path.join(folder, "org.freedesktop.secrets.service"),
    `[D-BUS Service]\nName=org.freedesktop.secrets\nExec=${findCommand("touch") ?? "touch"} ${startedFile}\n`,
  );
  const policy =
    '<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>';
  const config = `<busconfig><type>session</type><listen>unix:path=${folder}/bus</listen><servicedir>${folder}</servicedir>${policy}</busconfig>`;
  writeFileSync(path.join(folder, "bus.conf"), config);
  const daemon = spawn(
    findCommand("dbus-daemon") ?? "dbus-daemon",
    [`--config-file=${folder}/bus.conf`, "--nofork", "--nopidfile", "--print-address"],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const [address] = (await once(createInterface(daemon.stdout), "line")) as [string];
  return { daemon, address, startedFile };
}
