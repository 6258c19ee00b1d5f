import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import type { KeychainProcess } from "#core/platform.ts";
import { forkKeychain } from "../../../electron/headless/keychain-process.ts";
import { keychainEnvironment } from "../../../electron/host/keychain-environment.ts";
import { hasKeyring, startKeyring, type Keyring } from "./keyring.ts";

const source = (file: string): string => new URL(`../../../electron/${file}`, import.meta.url).href;

describe("keychainEnvironment", () => {
  test("lets through what finds the keychain, and no key, no passphrase and no option of Node", () => {
    const kept = { HOME: "/home/me", PATH: "/bin", XDG_RUNTIME_DIR: "/run/me", DBUS_SESSION_BUS_ADDRESS: "unix:path=/x", DISPLAY: ":0" };
    const dropped = {
      OPENAI_API_KEY: "sk-1",
      POSTERN_PASSPHRASE: "x",
      POSTERN_API_KEY: "y",
      NODE_OPTIONS: "--inspect",
      AWS_SECRET_ACCESS_KEY: "z",
    };
    expect(keychainEnvironment({ ...kept, ...dropped, LANG: undefined })).toEqual(kept);
  });
});

describe("forkKeychain", () => {
  const processes: KeychainProcess[] = [];
  afterEach(() => {
    for (const each of processes.splice(0)) each.kill();
  });

  test("answers a good question after any number of bad ones", async () => {
    const child = forkKeychain();
    processes.push(child);
    const reply = new Promise((resolve) => child.onMessage(resolve));
    const bad = [
      0,
      "x",
      [],
      {},
      { id: "1", kind: "probe" },
      { id: 1, kind: "findCredentials", service: "a" },
      { id: 2, kind: "set", service: "a", account: "b" },
    ];
    for (const message of bad) child.send(message);
    child.send({ id: 7, kind: "probe" });
    expect(await reply).toMatchObject({ id: 7 });
  });

  test("tells its end once, and takes messages after it", async () => {
    const child = forkKeychain();
    let exits = 0;
    const exit = new Promise<void>((resolve) => child.onExit(() => (exits++, resolve())));
    child.kill();
    await exit;
    child.send({ id: 1, kind: "probe" });
    child.kill();
    expect(exits).toBe(1);
  });

  test("does not keep a program alive that has its answer", async () => {
    const code = `import { forkKeychain } from "${source("headless/keychain-process.ts")}";
      const child = forkKeychain();
      const patience = setTimeout(() => {}, 60_000);
      child.onMessage((reply) => { console.log(reply.id); clearTimeout(patience); });
      child.send({ id: 7, kind: "probe" });`;
    const program = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface(program.stdout), "line");
    const [exitCode] = await once(program, "exit");
    expect([line, exitCode]).toEqual(["7", 0]);
  });

  test("in a build it runs the .js that lies beside the bundle", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "postern-dist-"));
    const bundle = path.join(folder, "postern.js");
    writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }');
    const code = stripTypeScriptTypes(readFileSync(new URL(source("headless/keychain-process.ts")), "utf8"));
    writeFileSync(bundle, code.replace("../host/", source("host/")));
    writeFileSync(path.join(folder, "keychain-child.js"), 'process.on("message", () => process.send("from the build"));');
    const built = (await import(/* @vite-ignore */ pathToFileURL(bundle).href)) as { forkKeychain: typeof forkKeychain };
    const child = built.forkKeychain();
    processes.push(child);
    const reply = new Promise((resolve) => child.onMessage(resolve));
    child.send({});
    expect(await reply).toBe("from the build");
  });
});

describe.skipIf(!hasKeyring)("forkKeychain on a hanging keyring (needs gnome-keyring and dbus)", () => {
  let keyring: Keyring;
  afterEach(() => keyring.stop());

  test("ends with its parent, also while a call hangs in native code", async () => {
    keyring = await startKeyring();
    keyring.freeze();
    const code = `import { readFileSync } from "node:fs";
      import { forkKeychain } from "${source("headless/keychain-process.ts")}";
      const child = forkKeychain();
      child.onMessage(() => {
        for (const id of [2, 3, 4, 5]) child.send({ id, kind: "get", service: "Postern", account: "x" });
        console.log(readFileSync("/proc/self/task/" + process.pid + "/children", "utf8"));
      });
      child.send({ id: 1, kind: "probe" });
      setInterval(() => {}, 60_000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", code], {
      env: keyring.environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface(parent.stdout), "line");
    const pid = Number(String(line).trim());
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    parent.kill("SIGKILL");
    // No event tells the end of another's child.
    while (isRunning(pid)) await setTimeout(20);
    keyring.thaw();
    expect(isRunning(pid)).toBe(false);
  });
});

/** A zombie counts as ended: reaping it is up to whoever inherited it. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}
