import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { adminOf } from "../fakes/call-admin.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

const prompt = "canary-prompt-41d7c2";

async function ask({ url, key }: RunningPostern): Promise<void> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "@postern/hello", messages: [{ role: "user", content: prompt }] }),
  });
  await answer.text();
}

test("exportData packs settings, database and calls into an archive that tar reads, without a key, and leaves nothing behind", async () => {
  const secret = "sk-canary-6be20f91d3";
  await using postern = await startPostern({ environment: { OPENAI_API_KEY: secret } });
  await ask(postern);
  const response = await adminOf(postern)("exportData", {});
  const folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
  const file = path.join(folder, "export.tar.gz");
  writeFileSync(file, new Uint8Array(await response.arrayBuffer()));
  execFileSync("tar", ["-xzf", file, "-C", folder]);
  const at = (name: string): string => path.join(folder, "postern-export", name);
  expect(readdirSync(at("")).sort()).toEqual(["calls.json", "config.json", "postern.db"]);
  expect(JSON.parse(readFileSync(at("calls.json"), "utf8"))).toMatchObject([{ modelAsked: "@postern/hello", status: 200 }]);
  expect(readFileSync(at("config.json"), "utf8")).toBe(readFileSync(path.join(postern.dataFolder, "config.json"), "utf8"));
  expect(readdirSync(at("")).filter((name) => readFileSync(at(name)).includes(secret))).toEqual([]);
  rmSync(folder, { recursive: true });
  await eventually(() => expect(readdirSync(postern.dataFolder).filter((name) => name.startsWith("export-"))).toEqual([]));
});

test("exportData can be asked for again while one is under way: both come whole", async () => {
  await using postern = await startPostern();
  const call = adminOf(postern);
  const files = await Promise.all(
    [1, 2, 3].map(async () => gunzipSync(new Uint8Array(await (await call("exportData", {})).arrayBuffer()))),
  );
  for (const file of files)
    expect([file.includes("postern-export/postern.db"), file.subarray(-1_024).every((byte) => byte === 0)]).toEqual([true, true]);
});

test("eraseLogs leaves nothing of any call in the data folder", async () => {
  await using postern = await startPostern({ config: { usage: { keepBodiesOf: ["*"] }, observability: { logLevel: "debug" } } });
  const call = adminOf(postern);
  await ask(postern);
  const { name } = await call("createBackup", {});
  const copy = new Uint8Array(readFileSync(path.join(postern.dataFolder, "backups", name)));
  // A copy that was uploaded has a name of another kind.
  await call("uploadBackup", { body: copy });
  const holding = (): string[] =>
    readdirSync(postern.dataFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(db|db-wal|log)$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(prompt) || readFileSync(file).includes("@postern/hello"));
  await eventually(() => expect(holding().length).toBeGreaterThan(0));
  const erased = await call("eraseLogs", { query: { backups: "delete" } });
  expect(erased).toMatchObject({ calls: 1, backups: 2 });
  expect((await call("listCalls", { query: {} })).calls).toEqual([]);
  expect(holding()).toEqual([]);
});

test("getAbout and listLicences say what this is, with Postern's own licence first", async () => {
  await using postern = await startPostern();
  const call = adminOf(postern);
  expect(await call("getAbout", {})).toMatchObject({ dataFolder: postern.dataFolder, electron: null });
  const { packages, texts } = await call("listLicences", {});
  expect(packages[0]).toMatchObject({ name: "postern", licence: "MIT" });
  expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(["undici", "zod", "react"]));
  expect(texts[packages[0]?.text ?? -1]).toContain("Permission is hereby granted");
});
