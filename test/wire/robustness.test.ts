import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder } from "#core/store/lock-folder.ts";
import { describeHolder } from "../../electron/host/port-holder.ts";
import { chatCall, goodBody } from "../fakes/observe-call.ts";
import { openAiModels } from "../fakes/openai-replies.ts";
import { type RawResult, rawHttp, rawRequest } from "../fakes/raw-http.ts";
import { runCommand } from "../fakes/run-command.ts";
import { startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

// What goes wrong around Postern while it runs must not end it, nor be taken for something else.

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hello = goodBody.replace("@openai/gpt-4o", "@postern/hello");
const ask = (on: Pick<RunningPostern, "port" | "key">, model: string): Promise<RawResult> =>
  rawHttp(on.port, chatCall(on, hello.replace("@postern/hello", model)));
const withAlias = (name: string): string =>
  JSON.stringify({ discovery: { enabled: false }, aliases: { [name]: { provider: "postern", model: "hello" } } });

describe("a folder in the place of config.json", () => {
  test("is reported, and leaves the last good one in force until a file is back", async () => {
    await using postern = await startPostern({ dataFolder: folder, config: JSON.parse(withAlias("kept")) as Record<string, unknown> });
    const file = path.join(folder, "config.json");
    renameSync(file, `${file}.old`);
    mkdirSync(file);
    await eventually(() => expect(postern.stderr()).toContain(`${file}:1:1 the file cannot be read: EISDIR`));
    expect((await ask(postern, "kept")).status).toBe(200);
    rmSync(file, { recursive: true });
    writeFileSync(file, withAlias("fresh"));
    await eventually(async () => expect((await ask(postern, "fresh")).status).toBe(200));
  });

  test("keeps no Postern from starting", async () => {
    const first = await startPostern({ dataFolder: folder, config: JSON.parse(withAlias("kept")) as Record<string, unknown> });
    await first.stop();
    const file = path.join(folder, "config.json");
    // startPostern would write its file there; this command starts from the same folder.
    rmSync(file);
    mkdirSync(file);
    expect((await runCommand(["status", "--data-dir", folder])).stdout).toMatch(/not running[^]*cannot be read: EISDIR/);
  });
});

test.skipIf(process.platform === "win32")("serve outlives whoever read its output", async () => {
  const file = path.join(folder, "config.json");
  writeFileSync(file, withAlias("kept"));
  const key = "k".repeat(40);
  const words = ["electron/headless/main.mjs", "serve", "--port", "0", "--no-ui", "--data-dir", folder];
  const shell = spawn("sh", ["-c", '"$0" "$@" 2>&1 | head -n 1', process.execPath, ...words], {
    cwd: path.resolve(import.meta.dirname, "../.."),
    env: { PATH: process.env["PATH"], HOME: folder, POSTERN_API_KEY: key },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(shell, "exit");
  const [line] = (await once(createInterface(shell.stdout), "line")) as [string];
  const pid = Number(readFileSync(path.join(folder, "postern.pid"), "utf8"));
  try {
    const on = { port: Number(/:(\d+)$/.exec(line)?.[1]), key };
    // Twice, for `head` may still be leaving at the first.
    for (const round of ["first", "second"]) {
      writeFileSync(file, `{ "${round}": 1 }`);
      await eventually(async () => expect((await runCommand(["status", "--data-dir", folder])).stdout).toContain(round));
    }
    writeFileSync(file, withAlias("fresh"));
    await eventually(async () => expect((await ask(on, "fresh")).status).toBe(200));
  } finally {
    process.kill(pid, "SIGTERM");
    await ended;
  }
});

test("the models of a provider are those of its base URL as it is now", async () => {
  await using before = await startScriptedProvider();
  await using after = await startScriptedProvider();
  before.route("GET", "/v1/models", openAiModels(["from-before"]));
  after.route("GET", "/v1/models", openAiModels(["from-after"]));
  const config = (origin: string): Record<string, unknown> => ({
    discovery: { enabled: false },
    providers: { mine: { dialect: "openai-chat", auth: "none", baseUrl: `${origin}/v1` } },
  });
  await using postern = await startPostern({ dataFolder: folder, config: config(before.origin) });
  const list = async (): Promise<string> => (await rawHttp(postern.port, rawRequest(postern, "GET /v1/models"))).body.toString();
  expect(await list()).toContain("from-before");
  writeFileSync(path.join(folder, "config.json"), JSON.stringify(config(after.origin)));
  await eventually(async () => {
    const models = await list();
    expect({ after: models.includes("from-after"), before: models.includes("from-before") }).toEqual({ after: true, before: false });
  });
});

describe("lockFolder()", () => {
  test("tells a folder that is in use, with the process, until it is released", () => {
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ name: "FolderInUseError", pid: process.pid }));
    lock.release();
    lockFolder(folder).release();
  });

  test.each([
    ["that is no database", (file: string) => writeFileSync(file, "x".repeat(4096))],
    ["that is a folder", (file: string) => mkdirSync(file)],
  ])("names a lock file %s, and blames no other Postern", (_title, spoil) => {
    const file = path.join(folder, "postern.lock");
    spoil(file);
    expect(() => lockFolder(folder)).toThrow(`Cannot lock ${file}: `);
  });
});

test.runIf(process.platform === "linux")("describeHolder() names a Node program by what was started, not by its thread", async () => {
  const script = 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => console.log(s.address().port))';
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  expect(await describeHolder(Number(line))).toBe(`${path.basename(process.execPath)} (pid ${child.pid})`);
  child.kill();
  await once(child, "exit");
});
