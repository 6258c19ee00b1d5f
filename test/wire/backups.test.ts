import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { adminOf } from "../fakes/call-admin.ts";
import { runCommand } from "../fakes/run-command.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function ask({ url }: RunningPostern, key: string): Promise<number> {
  return (await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;
}

describe("backups", () => {
  test("bring back what was there when they were made, and keep what was there instead", async () => {
    let name: string;
    let first: string;
    {
      await using postern = await startPostern({ key: "", dataFolder: folder });
      const admin = adminOf(postern);
      first = (await admin("replaceOwnerKey", {})).key;
      name = (await admin("createBackup", {})).name;
      await admin("replaceOwnerKey", {});
      expect(await ask(postern, first)).toBe(401);
      expect((await admin("restoreBackup", { parameters: { name } })).words).toContain("next start");
      // The running one goes on with what it has.
      expect(await ask(postern, first)).toBe(401);
    }
    await using again = await startPostern({ key: "", dataFolder: folder });
    expect(await ask(again, first)).toBe(200);
    const { backups } = await adminOf(again)("listBackups", {});
    expect(backups.map((backup) => backup.name)).toEqual([name]);
    expect(readdirSync(folder).filter((file) => /^postern\.db\.before-restore-\d+$/.test(file))).toHaveLength(1);
    const modes = [path.join(folder, "postern.db"), path.join(folder, "backups"), path.join(folder, "backups", name)];
    // Windows has no modes of this kind.
    const others = process.platform === "win32" ? 0 : 0o077;
    expect(modes.map((file) => statSync(file).mode & others)).toEqual([0, 0, 0]);
  });

  test("that are damaged, newer or somebody else's are refused, and nothing is laid ready", async () => {
    await using postern = await startPostern({ dataFolder: folder });
    const admin = adminOf(postern);
    const { name } = await admin("createBackup", {});
    const at = (file: string): string => path.join(folder, "backups", file);
    writeFileSync(at("text.db"), "no database at all, but long enough to be looked at".repeat(200));
    writeFileSync(at("empty.db"), "");
    const bytes = readFileSync(at(name));
    writeFileSync(at("cut.db"), bytes.subarray(0, bytes.length / 2));
    copyFileSync(at(name), at("newer.db"));
    for (const [file, sql] of [
      ["newer.db", "PRAGMA user_version = 99"],
      ["foreign.db", "CREATE TABLE notes (text TEXT)"],
    ] as const) {
      const database = new DatabaseSync(at(file));
      database.exec(sql);
      database.close();
    }
    for (const file of ["text.db", "empty.db", "cut.db", "newer.db", "foreign.db"]) {
      await expect(admin("restoreBackup", { parameters: { name: file } })).rejects.toMatchObject({ code: "invalid_value" });
    }
    await expect(admin("restoreBackup", { parameters: { name: "gone.db" } })).rejects.toMatchObject({ code: "not_found" });
    for (const climbing of ["../postern.db", "..%2fpostern.db", "/etc/passwd", "postern.lock"]) {
      await expect(admin("restoreBackup", { parameters: { name: climbing } })).rejects.toMatchObject({ code: "invalid_value" });
    }
    expect(readdirSync(folder).filter((file) => file.includes("restored"))).toEqual([]);
    expect((await admin("getStatus", {})).version).not.toBe("");
  });

  test("that would act on their own are refused, two at once are checked side by side, and one in another journal mode is taken", async () => {
    await using postern = await startPostern({ dataFolder: folder });
    const admin = adminOf(postern);
    await admin("listChats", { query: {} });
    const { name, chats: chatCopy } = await admin("createBackup", {});
    const variant = (file: string, sql: string, of = name): Uint8Array => {
      const target = path.join(folder, "backups", file);
      copyFileSync(path.join(folder, "backups", of), target);
      const database = new DatabaseSync(target);
      database.exec(sql);
      database.close();
      const bytes = readFileSync(target);
      rmSync(target);
      return bytes;
    };
    const upload = (bytes: Uint8Array): Promise<unknown> => admin("uploadBackup", { body: bytes }).then(() => "taken", String);
    const trigger = "CREATE TRIGGER spy AFTER INSERT ON calls BEGIN DELETE FROM grants; END";
    const answers = await Promise.all([
      upload(variant("trigger.db", trigger)),
      upload(variant("view.db", "CREATE VIEW spied AS SELECT * FROM grants")),
      upload(variant("virtual.db", "CREATE VIRTUAL TABLE spied USING fts5(text)")),
    ]);
    expect(answers).toEqual([
      expect.stringContaining('it holds a trigger "spy", which no Postern has made; nothing was changed'),
      expect.stringContaining('a view "spied"'),
      expect.stringContaining('a virtual table "spied"'),
    ]);
    expect(await upload(variant("chats.db", trigger.replace("calls", "messages").replace("grants", "chats"), chatCopy?.name))).toContain(
      'it holds a trigger "spy"',
    );
    expect(await upload(variant("wal.db", "PRAGMA journal_mode = WAL"))).toBe("taken");
    const chats = variant("other.db", "CREATE TABLE notes (text TEXT)");
    expect(await upload(chats)).toBe("taken");
  });

  test("are made, listed and restored by the command, with nothing running", async () => {
    const run = (...words: string[]): ReturnType<typeof runCommand> => runCommand(["backups", ...words, "--data-dir", folder]);
    const none = await run();
    const made = await run("create", "--json");
    const { name } = JSON.parse(made.stdout) as { name: string };
    const listed = await run("list");
    const restored = await run("restore", name);
    const wrong = await run("restore");
    expect([none.code, made.code, listed.code, restored.code, wrong.code]).toEqual([0, 0, 0, 0, 2]);
    expect([none.stdout.includes("No copies"), listed.stdout.includes(name)]).toEqual([true, true]);
  });

  test("can be downloaded, put into another Postern, taken back before the start, and removed", async () => {
    await using postern = await startPostern({ dataFolder: folder });
    await using other = await startPostern();
    const [admin, there] = [adminOf(postern), adminOf(other)];
    const { name } = await admin("createBackup", {});
    const bytes = new Uint8Array(await (await admin("downloadBackup", { parameters: { name } })).arrayBuffer());
    const uploaded = await there("uploadBackup", { body: bytes });
    expect(uploaded).toMatchObject({ database: "postern", bytes: bytes.length });
    await there("restoreBackup", { parameters: { name: uploaded.name } });
    expect((await there("listBackups", {})).waiting).toEqual(["postern"]);
    expect(await there("cancelRestore", {})).toEqual({ cancelled: true });
    expect((await there("listBackups", {})).waiting).toEqual([]);
    await expect(there("uploadBackup", { body: new TextEncoder().encode("no database") })).rejects.toMatchObject({ code: "invalid_value" });
    expect(await there("removeBackup", { parameters: { name: uploaded.name } })).toEqual({ removed: true });
    expect(readdirSync(path.join(other.dataFolder, "backups"))).toEqual([]);
    await expect(there("removeBackup", { parameters: { name: "../config.json" } })).rejects.toMatchObject({ code: "invalid_value" });
    await expect(there("downloadBackup", { parameters: { name: "gone.db" } })).rejects.toMatchObject({ code: "not_found" });
  });
});
