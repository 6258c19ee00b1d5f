import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStore } from "#core/store/open-store.ts";
import type { Store } from "#core/store/store.ts";
import { createDataFolder, createRow, createTestPlatform, type TestPlatform } from "../../../test/wire/vault/test-platform.ts";
import { openVault, type Vault } from "./vault.ts";

// No session bus, so no keychain: what holds for every place is shown with the encrypted file.
const rows = [
  createRow("openai", {
    environment: ["OPENAI_API_KEY", "PROVIDER_OPENAI_API_KEY"],
    links: { keys: "https://platform.openai.example/keys" },
  }),
  createRow("portkey", { environment: ["PORTKEY_API_KEY"] }),
  createRow("groq"),
];
const origins = ["https://api.openai.example"];
const passphrase = { POSTERN_PASSPHRASE: "correct horse" };

let dataFolder: string;
let store: Store;
const vaults: Vault[] = [];

beforeEach(async () => {
  dataFolder = createDataFolder();
  store = await openStore(path.join(dataFolder, "postern.db"));
});

afterEach(async () => {
  for (const vault of vaults.splice(0)) vault.close();
  await store.close();
});

async function open(environment: Record<string, string> = {}, itsStore = store): Promise<{ vault: Vault; platform: TestPlatform }> {
  const platform = createTestPlatform({ environment, dataFolder });
  const vault = await openVault(platform, itsStore, () => rows);
  vaults.push(vault);
  return { vault, platform };
}

/** A store's methods as properties, for a test to replace one. */
function sameCalls(original: Store): Store {
  return {
    all: (sql, parameters) => original.all(sql, parameters),
    run: (sql, parameters) => original.run(sql, parameters),
    transaction: (statements) => original.transaction(statements),
    insertMany: (...call) => original.insertMany(...call),
    close: () => original.close(),
  };
}

describe("Vault.find", () => {
  test("without a name takes the stored key named default, else the first added, else the environment's", async () => {
    const { vault } = await open({ ...passphrase, OPENAI_API_KEY: "sk-from-environment" });
    expect((await vault.find("openai")).name).toBe("environment");
    expect(vault.held("openai")?.secret).toBe("sk-from-environment");
    // Two in the same millisecond: their order must not depend on their names.
    await vault.add("openai", "zeta", "sk-zeta-00000000", origins);
    await vault.add("openai", "alpha", "sk-alpha-0000000", origins);
    expect((await vault.find("openai")).secret).toBe("sk-zeta-00000000");
    await vault.add("openai", "default", "sk-default-00000", origins);
    expect(vault.held("openai")).toBeUndefined();
    expect((await vault.find("openai")).secret).toBe("sk-default-00000");
    expect((await vault.find("openai", "environment")).secret).toBe("sk-from-environment");

    const again = (await open({ ...passphrase, OPENAI_API_KEY: "sk-from-environment" })).vault;
    expect(again.list().map((info) => info.name)).toEqual(["zeta", "alpha", "default", "environment"]);
    await again.remove("openai", "default");
    expect((await again.find("openai")).name).toBe("zeta");
  });

  test("says what to do where there is no key, beginning as clients know it", async () => {
    const { vault } = await open();
    expect([vault.has("openai"), vault.held("openai"), vault.list()]).toEqual([false, undefined, []]);
    await expect(vault.find("openai")).rejects.toMatchObject({
      code: "provider_key_missing",
      status: 401,
      message:
        "Provider API key not configured for openai; run `postern keys add openai`, or set OPENAI_API_KEY or PROVIDER_OPENAI_API_KEY before Postern starts (get a key at https://platform.openai.example/keys)",
    });
    await expect(vault.find("portkey")).rejects.toThrow(/^Portkey API key not configured; run/);
    await expect(vault.find("unheard-of")).rejects.toThrow(/^Provider API key not configured for unheard-of; run/);
  });

  test("names the keys that there are when it is asked for another", async () => {
    const { vault } = await open({ OPENAI_API_KEY: "sk-from-environment" });
    await expect(vault.find("openai", "work")).rejects.toMatchObject({
      code: "unknown_key_name",
      message: expect.stringContaining('the keys of openai are "environment"'),
    });
    await expect(vault.find("groq", "environment")).rejects.toMatchObject({ code: "unknown_key_name" });
  });

  test("gives many callers at once the same credential", async () => {
    const { vault } = await open(passphrase);
    await vault.add("openai", "work", "sk-work-00000000", origins);
    const found = await Promise.all(Array.from({ length: 50 }, () => vault.find("openai")));
    expect(new Set(found).size).toBe(1);
    expect(vault.held("openai")).toBe(found[0]);
  });

  test("never gives a new secret with the origins of the old one", async () => {
    await (await open(passphrase)).vault.add("openai", "work", "sk-old-000000000", ["https://old.example"]);
    const gate = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const slowStore: Store = {
      ...sameCalls(store),
      run: async (...statement) => {
        written.resolve();
        await gate.promise;
        return store.run(...statement);
      },
    };
    const { vault } = await open(passphrase, slowStore);
    const addition = vault.add("openai", "work", "sk-new-000000000", ["https://new.example"]);
    // The new secret is in the file now, and the index does not know it yet.
    await written.promise;
    const finding = vault.find("openai");
    gate.resolve();
    await addition;
    const found = await finding;
    expect([found.secret, found.origins]).toEqual(["sk-new-000000000", ["https://new.example"]]);
  });

  test("keeps no secret in memory that was removed while it was read", async () => {
    const { vault } = await open(passphrase);
    await vault.add("openai", "work", "sk-work-00000000", origins);
    const [, removed] = await Promise.all([vault.find("openai"), vault.remove("openai", "work")]);
    expect([removed, vault.held("openai", "work"), vault.has("openai")]).toEqual([true, undefined, false]);
  });

  test("forgets a secret ten minutes after its last use", async () => {
    const { vault, platform } = await open(passphrase);
    await vault.add("openai", "work", "sk-work-00000000", origins);
    await vault.find("openai");
    platform.advance(10 * 60_000);
    expect(vault.held("openai")).toBeUndefined();
    expect((await vault.find("openai")).secret).toBe("sk-work-00000000");
  });
});

describe("Vault.bind", () => {
  test("changes where a held key may go at once, and for good", async () => {
    const { vault } = await open(passphrase);
    await vault.add("openai", "work", "sk-work-00000000", origins);
    await vault.find("openai");
    await vault.bind("openai", "work", ["https://Other.example/v1", "https://other.example"]);
    expect(vault.held("openai")?.origins ?? []).not.toContain("https://api.openai.example");
    expect((await vault.find("openai")).origins).toEqual(["https://other.example"]);
    expect((await open()).vault.list()).toMatchObject([{ origins: ["https://other.example"] }]);
  });

  test("refuses what is no origin, an unknown key and the environment's", async () => {
    const { vault } = await open({ ...passphrase, OPENAI_API_KEY: "sk-from-environment" });
    await vault.add("openai", "work", "sk-work-00000000", origins);
    for (const origin of ["null", "ftp://x", "https://user:secret@x.example", "api.openai.com"]) {
      await expect(vault.bind("openai", "work", [origin])).rejects.toMatchObject({ code: "invalid_value", param: "origins" });
    }
    await expect(vault.bind("openai", "none", origins)).rejects.toMatchObject({ code: "unknown_key_name" });
    await expect(vault.bind("openai", "environment", origins)).rejects.toMatchObject({ code: "invalid_value" });
  });
});

describe("Vault.add and Vault.remove", () => {
  test.each([
    ["provider", "Open AI", "work", "sk-0123456789"],
    ["name", "openai", " ", "sk-0123456789"],
    ["name", "openai", "environment", "sk-0123456789"],
    ["name", "openai", "a\nb", "sk-0123456789"],
    ["secret", "openai", "work", " \n"],
    ["secret", "openai", "work", "your_openai_key"],
    ["secret", "openai", "work", "s".repeat(20_000)],
  ])("refuse a bad %s, without quoting the secret", async (param, provider, name, secret) => {
    const { vault } = await open(passphrase);
    const error: unknown = await vault.add(provider, name, secret, origins).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "invalid_value", param });
    expect(String(error)).not.toContain(secret.trim() || "never there");
    expect(vault.list()).toEqual([]);
  });

  test("keep a replaced key's place and take its new secret and origins", async () => {
    const { vault } = await open(passphrase);
    const first = await vault.add("openai", "work", " sk-first-0000aaaa\n", origins);
    await vault.add("openai", "other", "sk-other-0000bbbb", origins);
    const second = await vault.add("openai", "work", "sk-second-000cccc", ["https://other.example"]);
    expect([first.lastFour, second]).toEqual(["aaaa", { ...first, lastFour: "cccc", origins: ["https://other.example"] }]);
    expect((await vault.find("openai")).secret).toBe("sk-second-000cccc");
  });

  test("without a place for secrets nothing is stored, and the words say what would do", async () => {
    const { vault } = await open();
    expect(vault.state()).toMatchObject({ kind: "environment-only", status: "absent" });
    await expect(vault.add("openai", "work", "sk-0123456789", origins)).rejects.toMatchObject({
      code: "keychain_unavailable",
      message: expect.stringContaining("POSTERN_PASSPHRASE"),
    });
    expect(vault.list()).toEqual([]);
  });

  test("the environment's key can only be removed where it is set", async () => {
    const { vault } = await open({ OPENAI_API_KEY: "sk-from-environment" });
    await expect(vault.remove("openai", "environment")).rejects.toThrow("it comes from OPENAI_API_KEY or PROVIDER_OPENAI_API_KEY");
    expect(await vault.remove("openai", "work")).toBe(false);
  });

  test("an entry whose keychain does not exist on this machine can be removed, but not read", async () => {
    await store.run("INSERT INTO credentials VALUES ('openai', 'work', 'aaaa', '[]', 'keychain', 1)");
    const { vault } = await open();
    expect(vault.has("openai")).toBe(true);
    await expect(vault.find("openai")).rejects.toMatchObject({ code: "keychain_unavailable" });
    expect(await vault.remove("openai", "work")).toBe(true);
    expect(vault.has("openai")).toBe(false);
  });

  test("an entry whose origins cannot be read is bound to nothing", async () => {
    await store.run("INSERT INTO credentials VALUES ('openai', 'work', NULL, 'https://evil.example', 'keychain', 1)");
    expect((await open()).vault.list()).toMatchObject([{ lastFour: "", origins: [] }]);
  });
});

describe("Vault on the encrypted file", () => {
  test("is locked without its passphrase, opens with it, and says a wrong one", async () => {
    await (await open(passphrase)).vault.add("openai", "work", "sk-work-00000000", origins);

    const { vault } = await open();
    expect(vault.state()).toMatchObject({ kind: "encrypted-file", status: "locked" });
    expect(vault.has("openai")).toBe(true);
    await expect(vault.find("openai")).rejects.toMatchObject({ code: "keychain_locked" });
    await expect(vault.unlock("battery staple")).rejects.toMatchObject({ code: "invalid_value", param: "passphrase" });
    await expect(vault.unlock("")).rejects.toMatchObject({ code: "invalid_value" });
    await vault.unlock("correct horse");
    expect(vault.state().status).toBe("ready");
    expect((await vault.find("openai")).secret).toBe("sk-work-00000000");
  });

  test("a wrong POSTERN_PASSPHRASE is said in the state after it was tried once", async () => {
    await (await open(passphrase)).vault.add("openai", "work", "sk-work-00000000", origins);
    const { vault } = await open({ POSTERN_PASSPHRASE: "battery staple" });
    expect(vault.state()).toMatchObject({ kind: "encrypted-file", status: "unknown" });
    await expect(vault.find("openai")).rejects.toMatchObject({ code: "keychain_locked" });
    expect(vault.state()).toMatchObject({ status: "locked", words: expect.stringContaining("POSTERN_PASSPHRASE does not open") });
  });

  test("a damaged file is failing until a good one is back", async () => {
    const { vault } = await open(passphrase);
    await vault.add("openai", "work", "sk-work-00000000", origins);
    const file = path.join(dataFolder, "vault.json");
    const good = readFileSync(file);
    writeFileSync(file, "damaged");
    await expect(vault.find("openai")).rejects.toMatchObject({ code: "keychain_unavailable" });
    await expect(vault.add("openai", "more", "sk-more-00000000", origins)).rejects.toMatchObject({ code: "keychain_unavailable" });
    expect(vault.state()).toMatchObject({ kind: "encrypted-file", status: "failing" });
    expect([vault.list().map((info) => info.name), readFileSync(file, "utf8")]).toEqual([["work"], "damaged"]);
    writeFileSync(file, good);
    expect((await vault.find("openai")).secret).toBe("sk-work-00000000");
    expect(vault.state().status).toBe("ready");
  });

  test("unlock() makes a file's passphrase on a machine that has neither", async () => {
    const { vault } = await open();
    await vault.unlock("correct horse");
    expect(await vault.add("openai", "work", "sk-work-00000000", origins)).toMatchObject({ source: "file" });
    expect((await (await open(passphrase)).vault.find("openai")).secret).toBe("sk-work-00000000");
  });
});
