import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Finding } from "#shared/contract/doctor.ts";
import { examineAddresses } from "../../electron/headless/doctor/examine-listener.ts";
import { runCommand } from "../fakes/run-command.ts";
import { startPostern } from "../fakes/start-postern.ts";
import { startScriptedProvider } from "../fakes/scripted-provider.ts";

let folder: string;
let held: Server | null = null;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
});

afterEach(() => {
  held?.close();
  held = null;
  rmSync(folder, { recursive: true, force: true });
});

/** What the doctor found to be wrong, by subject; `ok` and notes left out unless `all` is wanted. */
async function examine(environment: Record<string, string> = {}): Promise<{ code: number | null; wrong: string[]; findings: Finding[] }> {
  const port = environment["POSTERN_PORT"] ?? "0";
  const { code, stdout } = await runCommand(["doctor", "--json", "--data-dir", folder], {
    environment: { POSTERN_PORT: port, ...environment },
  });
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  return { code, findings, wrong: findings.filter(({ verdict }) => verdict === "wrong").map(({ subject }) => subject) };
}

function writeConfig(config: object): void {
  writeFileSync(path.join(folder, "config.json"), JSON.stringify({ discovery: { enabled: false }, ...config }), { mode: 0o600 });
}

describe("postern doctor", () => {
  test("finds nothing wrong with a healthy instance, running or not, and sends a provider no key", async () => {
    await using provider = await startScriptedProvider();
    const config = { providers: { openai: { baseUrl: `${provider.origin}/v1` } } };
    const environment = { OPENAI_API_KEY: "sk-canary-5d8e2f1a9c" };
    writeConfig(config);
    const stopped = await examine(environment);
    await using postern = await startPostern({ dataFolder: folder, config, environment });
    const running = await examine(environment);
    expect([stopped.code, stopped.wrong, running.code, running.wrong]).toEqual([0, [], 0, []]);
    expect(running.findings.filter(({ subject }) => subject === "gateway").map(({ words }) => words)).toContain(`${postern.url} answers.`);
    expect(provider.requests.map(({ method, headers }) => [method, headers["authorization"]])).toEqual([
      ["HEAD", undefined],
      ["HEAD", undefined],
    ]);
  });

  test.skipIf(process.platform === "win32")("finds files that others may read, and leaves them for the person to close", async () => {
    writeConfig({});
    chmodSync(path.join(folder, "config.json"), 0o644);
    const { code, wrong, findings } = await examine();
    expect([code, wrong]).toEqual([1, ["data folder"]]);
    expect(findings.find(({ subject }) => subject === "data folder")?.words).toContain("chmod go=");
  });

  test("finds a broken config.json, with its line", async () => {
    writeFileSync(path.join(folder, "config.json"), '{\n  "gateway": { "prot": 1 }\n}', { mode: 0o600 });
    const { code, wrong, findings } = await examine();
    expect([code, wrong]).toEqual([1, ["config.json"]]);
    expect(findings.find(({ subject }) => subject === "config.json")?.words).toContain("config.json:2 gateway.prot is not known here");
  });

  test("finds a damaged database, and does not touch it", async () => {
    writeConfig({});
    await examine();
    const file = path.join(folder, "postern.db");
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 4_096, 12_288);
    writeFileSync(file, bytes);
    const { code, wrong } = await examine();
    expect([code, wrong, readFileSync(file).equals(bytes)]).toEqual([1, ["database"], true]);
  });

  test("finds a port that is taken, and by whom", async () => {
    writeConfig({});
    held = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => held?.once("listening", resolve));
    const { port } = held.address() as { port: number };
    const { code, wrong, findings } = await examine({ POSTERN_PORT: String(port) });
    expect([code, wrong]).toEqual([1, ["gateway"]]);
    expect(findings.find(({ subject }) => subject === "gateway")?.words).toContain(`Port ${port} is taken by`);
  });

  test("does not wait for the end of what another program answers at the gateway's address", async () => {
    const endless = createHttpServer((_request, response) => {
      const more = (): boolean => response.destroyed || !response.write("x".repeat(16_384)) || more();
      response.on("drain", more);
      more();
    });
    held = endless.listen(0, "127.0.0.1");
    await once(held, "listening");
    const { port } = held.address() as AddressInfo;
    const [finding] = await examineAddresses([`127.0.0.1:${port}`]);
    expect([finding?.verdict, finding?.words.endsWith(`: ${"x".repeat(80)}`)]).toEqual(["wrong", true]);
  });

  test("nor any other command prints what would steer the terminal", async () => {
    const words = ["explain", "m\u001B[31m\u009Bx", "--data-dir", folder];
    const { stdout } = await runCommand(words, { environment: { OPENAI_API_KEY: "sk-canary-5d8e2f1a9c" } });
    expect(stdout).toContain("openai/m?[31m?x");
  });

  test("finds a provider that cannot be reached, and a clock that is off", async () => {
    const late = createHttpServer((_request, response) => response.writeHead(404, { date: "Thu, 01 Jan 2026 00:00:00 GMT" }).end());
    held = late.listen(0, "127.0.0.1");
    await new Promise((resolve) => late.once("listening", resolve));
    const { port } = late.address() as { port: number };
    writeConfig({ providers: { openai: { baseUrl: `http://127.0.0.1:${port}/v1` }, groq: { baseUrl: "http://127.0.0.1:9/v1" } } });
    const { code, wrong, findings } = await examine({ OPENAI_API_KEY: "sk-canary-5d8e2f1a9c", GROQ_API_KEY: "gsk-canary-5d8e2f1a9c" });
    expect([code, wrong]).toEqual([1, ["provider groq", "clock"]]);
    expect(findings.find(({ subject }) => subject === "clock")?.words).toContain("ahead of the providers'");
  });

  test("notes a key that waits and an alias that leads nowhere, and calls neither wrong", async () => {
    writeConfig({ aliases: { dead: { provider: "groq", model: "x" } } });
    const { code, findings } = await examine();
    expect(code).toBe(0);
    expect(findings.filter(({ verdict }) => verdict === "warn").map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(["keys", "alias dead"]),
    );
  });
});
