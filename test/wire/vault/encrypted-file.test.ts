import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { EncryptedFile } from "#core/vault/encrypted-file.ts";
import { createDataFolder } from "./test-platform.ts";

const source = new URL("../../../electron/core/vault/encrypted-file.ts", import.meta.url).href;

describe("EncryptedFile", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = createDataFolder();
    file = path.join(folder, "vault.json");
  });

  async function openFile(passphrase = "correct horse"): Promise<EncryptedFile> {
    const vault = new EncryptedFile(file);
    await vault.open(passphrase);
    return vault;
  }

  test("keeps secrets over a restart, for its owner's eyes only, and nothing of them in the open", async () => {
    const vault = await openFile();
    await Promise.all([vault.set("openai/work", "sk-canary-1"), vault.set("groq/default", "gsk-canary-2")]);
    expect(readdirSync(folder)).toEqual(["vault.json"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).not.toMatch(/canary|openai|groq/);

    const again = await openFile();
    expect([await again.get("openai/work"), await again.get("groq/default"), await again.get("groq/none")]).toEqual([
      "sk-canary-1",
      "gsk-canary-2",
      undefined,
    ]);
    expect([await again.delete("openai/work"), await again.delete("openai/work")]).toEqual([true, false]);
    expect(await again.get("openai/work")).toBeUndefined();
  });

  test("a passphrase typed in another Unicode form opens it", async () => {
    await (await openFile("Äpfel")).set("openai/work", "sk-1");
    expect(await (await openFile("A\u0308pfel")).get("openai/work")).toBe("sk-1");
  });

  test("a wrong passphrase is keychain_locked, and neither it nor no passphrase can write", async () => {
    await (await openFile()).set("openai/work", "sk-1");
    const before = readFileSync(file);
    const wrong = new EncryptedFile(file);
    await expect(wrong.open("battery staple")).rejects.toMatchObject({ code: "keychain_locked" });
    await expect(wrong.set("openai/work", "sk-2")).rejects.toMatchObject({ code: "keychain_locked" });
    expect(readFileSync(file)).toEqual(before);
  });

  test("a damaged or newer file is keychain_unavailable, and is never written over", async () => {
    const vault = await openFile();
    await vault.set("openai/work", "sk-1");
    const good = readFileSync(file, "utf8");
    for (const bad of ["", "{}", good.slice(0, -40), good.replace('"version": 1', '"version": 2')]) {
      writeFileSync(file, bad);
      await expect(vault.set("openai/work", "sk-2")).rejects.toMatchObject({ code: "keychain_unavailable" });
      await expect(new EncryptedFile(file).open("correct horse")).rejects.toMatchObject({ code: "keychain_unavailable" });
      expect(readFileSync(file, "utf8")).toBe(bad);
    }
    writeFileSync(file, good);
    expect(await vault.get("openai/work")).toBe("sk-1");
  });

  test("a file that another passphrase made meanwhile is locked, not overwritten", async () => {
    const vault = await openFile();
    await vault.set("openai/work", "sk-1");
    rmSync(file);
    await (await openFile("battery staple")).set("openai/work", "sk-other");
    await expect(vault.set("openai/work", "sk-2")).rejects.toMatchObject({ code: "keychain_locked" });
    expect(await (await openFile("battery staple")).get("openai/work")).toBe("sk-other");
  });

  test("a kill between the write and the rename leaves the old file, and the next write works", async () => {
    await (await openFile()).set("openai/work", "sk-old");
    const before = readFileSync(file);
    const code = `import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      fs.promises.rename = () => process.kill(process.pid, "SIGKILL");
      syncBuiltinESMExports();
      const { EncryptedFile } = await import("${source}");
      const vault = new EncryptedFile(${JSON.stringify(file)});
      await vault.open("correct horse");
      await vault.set("openai/work", "sk-new");`;
    const program = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "inherit" });
    const [, signal] = await once(program, "exit");
    expect(signal).toBe("SIGKILL");
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(folder)).toEqual(["vault.json", "vault.json.tmp"]);

    const vault = await openFile();
    expect(await vault.get("openai/work")).toBe("sk-old");
    await vault.set("openai/work", "sk-newer");
    expect(readdirSync(folder)).toEqual(["vault.json"]);
  });

  test("a folder that cannot be written to is said, and the old file serves on", async () => {
    const vault = await openFile();
    await vault.set("openai/work", "sk-1");
    // A folder in the temporary file's place: refused for root as well, whom no mode stops.
    mkdirSync(`${file}.tmp`);
    await expect(vault.set("openai/work", "sk-2")).rejects.toMatchObject({ code: "keychain_unavailable" });
    expect(await vault.get("openai/work")).toBe("sk-1");
  });
});
