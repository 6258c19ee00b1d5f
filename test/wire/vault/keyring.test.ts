import { lookup } from "node:dns/promises";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "#core/store/open-store.ts";
import type { Store } from "#core/store/store.ts";
import { askSecretService } from "#core/vault/secret-service.ts";
import { openVault, type Vault } from "#core/vault/vault.ts";
import { forkKeychain } from "../../../electron/headless/keychain-process.ts";
import { hasKeyring, startKeyring, type Keyring } from "./keyring.ts";
import { silencePrompter } from "./silence-prompter.ts";
import { createRow, createTestPlatform, type TestPlatform, type TestPlatformOptions } from "./test-platform.ts";

const rows = [createRow("openai", { environment: ["OPENAI_API_KEY"] }), createRow("groq")];
const origins = ["https://api.openai.example"];
// Characters that look different in every encoding, so that a search for each of them means something.
const canary = "sk-canary/+?=&% 0123456789-tail";

let keyring: Keyring;
const openVaults: Vault[] = [];
const openStores: Store[] = [];

async function openOnKeyring(options: TestPlatformOptions = {}): Promise<{ vault: Vault; platform: TestPlatform }> {
  const environment = { ...keyring.environment, ...options.environment };
  const platform = createTestPlatform({ startKeychainProcess: () => forkKeychain(environment), ...options, environment });
  const store = await openStore(path.join(platform.dataFolder, "postern.db"));
  const vault = await openVault(platform, store, () => rows);
  openStores.push(store);
  openVaults.push(vault);
  return { vault, platform };
}

/** A second vault on the same folder and keyring: its memory is empty. */
async function reopen(platform: TestPlatform, options: TestPlatformOptions = {}): Promise<Vault> {
  return (await openOnKeyring({ ...options, dataFolder: platform.dataFolder })).vault;
}

/** Every error in the chain of causes, in all its text. */
async function failureOf(work: Promise<unknown>): Promise<{ code: unknown; text: string }> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const texts: string[] = [];
  for (let each = error; each instanceof Error; each = each.cause) texts.push(`${each.stack}`, JSON.stringify(each));
  return { code: error instanceof Error && "code" in error ? error.code : undefined, text: texts.join("\n") };
}

describe.skipIf(!hasKeyring)("vault on the Secret Service (needs gnome-keyring and dbus)", { timeout: 60_000 }, () => {
  beforeEach(async () => {
    keyring = await startKeyring();
  });

  afterEach(async () => {
    for (const vault of openVaults.splice(0)) vault.close();
    for (const store of openStores.splice(0)) await store.close();
    await keyring.stop();
  });

  test("stores, finds after a restart, replaces and removes a key", async () => {
    const { vault, platform } = await openOnKeyring();
    expect(vault.state()).toMatchObject({ kind: "keychain", status: "ready" });
    const info = await vault.add("openai", "work", canary, origins);
    expect(info).toMatchObject({ provider: "openai", name: "work", lastFour: "tail", origins, source: "keychain" });

    const second = await reopen(platform);
    expect(second.list()).toEqual([info]);
    expect(second.has("openai")).toBe(true);
    expect(second.held("openai")).toBeUndefined();
    expect(await second.find("openai")).toMatchObject({ secret: canary, name: "work", origins });
    expect(second.held("openai", "work")?.secret).toBe(canary);

    await second.add("openai", "work", "sk-replaced-0000", origins);
    expect((await second.find("openai")).secret).toBe("sk-replaced-0000");
    expect(await second.remove("openai", "work")).toBe(true);
    expect(await second.remove("openai", "work")).toBe(false);
    expect(second.held("openai", "work")).toBeUndefined();
    expect((await failureOf(second.find("openai"))).code).toBe("provider_key_missing");
  });

  test("two data folders with keys of one name keep them apart in one keychain", async () => {
    const one = await openOnKeyring();
    const other = await openOnKeyring();
    other.platform.advance(5);
    await one.vault.add("openai", "work", "sk-of-the-first-folder", origins);
    await other.vault.add("openai", "work", "sk-of-the-second-folder", origins);
    await other.vault.remove("openai", "work");
    expect((await (await reopen(one.platform)).find("openai")).secret).toBe("sk-of-the-first-folder");
  });

  test("a locked keyring is said at once, fails with keychain_locked, tells the person once, and opens again when the person unlocks it", async () => {
    const { vault, platform } = await openOnKeyring();
    await vault.add("openai", "work", canary, origins);
    await keyring.lock();

    let starts = 0;
    const startKeychainProcess = (): ReturnType<typeof forkKeychain> => {
      starts++;
      return forkKeychain(keyring.environment);
    };
    const locked = await openOnKeyring({ startKeychainProcess, dataFolder: platform.dataFolder });
    expect(locked.vault.state()).toMatchObject({ kind: "keychain", status: "locked" });
    expect(starts).toBe(0);
    expect(locked.vault.has("openai")).toBe(true);

    const first = await failureOf(locked.vault.find("openai"));
    expect(first.code).toBe("keychain_locked");
    expect((await failureOf(locked.vault.find("openai"))).code).toBe("keychain_locked");
    expect(starts).toBe(1);
    expect(locked.platform.notices).toHaveLength(1);
    expect((await failureOf(locked.vault.add("groq", "mine", canary, origins))).code).toBe("keychain_locked");

    await keyring.unlock();
    expect((await locked.vault.find("openai")).secret).toBe(canary);
    expect(locked.vault.state().status).toBe("ready");
  });

  test("a dialog that nobody answers ends in keychain_locked at the limit, and the calls behind it open no more of them", async () => {
    const { vault, platform } = await openOnKeyring();
    for (const name of ["one", "two", "three"]) await vault.add("openai", name, canary, origins);
    await keyring.lock();
    await using prompter = await silencePrompter(keyring.environment["DBUS_SESSION_BUS_ADDRESS"] ?? "");
    const other = await reopen(platform, { speed: 10 });
    const failures = await Promise.all(["one", "two", "three"].map((name) => failureOf(other.find("openai", name))));
    expect(failures.map(({ code }) => code)).toEqual(Array(3).fill("keychain_locked"));
    expect(prompter.calls()).toBe(1);

    await keyring.unlock();
    expect((await other.find("openai", "two")).secret).toBe(canary);
  });

  test("a keyring that hangs ends in an error at the limit, while files and names are still served", async () => {
    const { vault, platform } = await openOnKeyring();
    for (const name of ["one", "two", "three", "four", "five"]) await vault.add("openai", name, `${canary}${name}`, origins);
    const other = await reopen(platform, { speed: 10 });
    keyring.freeze();
    const failures = ["one", "two", "three", "four", "five"].map((name) => failureOf(other.find("openai", name)));
    // libuv's four threads would all be taken by now, had the calls been made in this process.
    await expect(readFile(new URL(import.meta.url), "utf8")).resolves.toContain("a keyring that hangs");
    await expect(lookup("localhost")).resolves.toBeDefined();
    expect((await Promise.all(failures)).map(({ code }) => code)).toEqual(Array(5).fill("keychain_unavailable"));
    expect(other.state()).toMatchObject({ kind: "keychain", status: "failing" });

    keyring.thaw();
    expect((await other.find("openai", "one")).secret).toBe(`${canary}one`);
    expect(other.state().status).toBe("ready");
  });

  test("a service that dies is failing, and serves again once it is back", async () => {
    const { vault, platform } = await openOnKeyring();
    await vault.add("openai", "work", canary, origins);
    const other = await reopen(platform);
    await keyring.kill();
    expect((await failureOf(other.find("openai"))).code).toBe("keychain_unavailable");
    expect(other.state()).toMatchObject({ kind: "keychain", status: "failing" });
    await keyring.restart("open");
    expect((await other.find("openai")).secret).toBe(canary);
    expect(other.state().status).toBe("ready");
  });

  test("a service that was restarted between two calls is not noticed", async () => {
    const { vault } = await openOnKeyring();
    await vault.add("openai", "work", canary, origins);
    await keyring.kill();
    await keyring.restart("open");
    expect((await vault.find("openai")).secret).toBe(canary);
  });

  test("a keychain process that is killed in the middle is started again by the next call", async () => {
    const processes: ReturnType<typeof forkKeychain>[] = [];
    const startKeychainProcess = (): ReturnType<typeof forkKeychain> => {
      const child = forkKeychain(keyring.environment);
      processes.push(child);
      return child;
    };
    const { vault } = await openOnKeyring({ startKeychainProcess });
    await vault.add("openai", "work", canary, origins);
    processes[0]?.kill();
    expect((await vault.find("openai")).secret).toBe(canary);
    expect(processes).toHaveLength(2);
  });

  test("an entry that someone removed from the open keyring is missing, not locked", async () => {
    const { vault, platform } = await openOnKeyring();
    await vault.add("openai", "work", canary, origins);
    const other = await reopen(platform);
    await keyring.kill();
    await keyring.restart("without-a-keyring");
    await keyring.kill();
    await keyring.restart("open");
    const failure = await failureOf(other.find("openai"));
    expect(failure.code).toBe("provider_key_missing");
    expect(failure.text).toContain('Key "work" was removed from the keychain');
  });

  test("a service without a default keyring is session-only: nothing is stored in it", async () => {
    await keyring.kill();
    await keyring.restart("without-a-keyring");
    const { vault } = await openOnKeyring();
    expect(vault.state()).toMatchObject({ kind: "environment-only", status: "session-only" });
    expect((await failureOf(vault.add("openai", "work", canary, origins))).code).toBe("keychain_unavailable");

    const withPassphrase = await openOnKeyring({ environment: { POSTERN_PASSPHRASE: "correct horse" } });
    expect(await withPassphrase.vault.add("openai", "work", canary, origins)).toMatchObject({ source: "file" });
  });

  test("a locked keyring gives way to the encrypted file where the person gave a passphrase", async () => {
    await keyring.lock();
    const { vault } = await openOnKeyring({ environment: { POSTERN_PASSPHRASE: "correct horse" } });
    expect(vault.state().kind).toBe("encrypted-file");
    expect(await vault.add("openai", "work", canary, origins)).toMatchObject({ source: "file" });
    expect((await vault.find("openai")).secret).toBe(canary);
  });

  test("no bus, a dead bus and a bus without a service are each absent", async () => {
    const { DBUS_SESSION_BUS_ADDRESS: _bus, XDG_RUNTIME_DIR: _folder, ...bare } = keyring.environment;
    expect(await askSecretService(bare, { mayStart: true })).toBe("absent");
    expect(await askSecretService({ ...bare, DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere/bus" }, { mayStart: true })).toBe("absent");
    await keyring.kill();
    const { vault } = await openOnKeyring();
    expect(vault.state()).toMatchObject({ kind: "environment-only", status: "absent" });
    expect((await failureOf(vault.add("openai", "work", canary, origins))).code).toBe("keychain_unavailable");
  });

  test("a key reaches no argument, no environment, no error and no file", async () => {
    const { vault, platform } = await openOnKeyring({
      environment: { OPENAI_API_KEY: canary, POSTERN_PASSPHRASE: `${canary}-passphrase` },
    });
    await vault.add("groq", "work", canary, origins);
    const children = childrenOf(process.pid).filter((pid) => readProcess(pid, "cmdline").includes("keychain-child"));
    expect(children).toHaveLength(1);
    const shown = children.map((pid) => readProcess(pid, "cmdline") + readProcess(pid, "environ")).join();
    expect(shown).toContain("DBUS_SESSION_BUS_ADDRESS");

    const other = await reopen(platform);
    await keyring.lock();
    const texts = [shown, (await failureOf(other.find("groq"))).text, (await failureOf(other.add("groq", "more", canary, origins))).text];
    await keyring.kill();
    texts.push((await failureOf(other.find("groq"))).text, (await failureOf(other.add("groq", "more", canary, origins))).text);
    texts.push(JSON.stringify([other.state(), other.list(), vault.held("openai")]), ...platform.notices);
    for (const file of readdirSync(platform.dataFolder)) texts.push(readFileSync(path.join(platform.dataFolder, file), "latin1"));
    expect(texts.length).toBeGreaterThan(6);
    for (const text of texts) for (const form of formsOf(canary)) expect(text).not.toContain(form);
  });
});

/** How a secret may be written: as it is, in hex, URL-encoded, as JSON, and in base64 at each of its three alignments. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .slice(4, -4),
  );
  return [secret, bytes.toString("hex"), encodeURIComponent(secret), encodeURI(secret), ...base64];
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

function readProcess(pid: number, file: "cmdline" | "environ"): string {
  return readFileSync(`/proc/${pid}/${file}`, "utf8");
}
