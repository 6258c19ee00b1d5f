import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandResult, runCommand } from "../fakes/run-command.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

/** A tool that says what it was started with, calls Postern with its key, and ends with 7. */
const script = `#!/usr/bin/env node
const { ANTHROPIC_AUTH_TOKEN, OPENAI_API_KEY, POSTERN_KEY, GEMINI_API_KEY } = process.env;
const key = ANTHROPIC_AUTH_TOKEN || POSTERN_KEY || GEMINI_API_KEY || OPENAI_API_KEY;
const origin = process.env.SCRIPT_ORIGIN;
const status = (await fetch(origin + "/v1/models", { headers: { authorization: "Bearer " + key } })).status;
console.log(JSON.stringify({ words: process.argv.slice(2), environment: process.env, status }));
process.exitCode = 7;
`;

interface Seen {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly status: number;
}

describe.skipIf(process.platform === "win32")("postern run", () => {
  let postern: RunningPostern;
  let bin: string;

  beforeAll(async () => {
    bin = mkdtempSync(path.join(tmpdir(), "postern-bin-"));
    // Windows: its shell finds no scripts by their first line.
    for (const name of ["claude", "codex", "opencode", "aider", "gemini", "qwen", "goose", "llm"]) {
      writeFileSync(path.join(bin, `${name}.mjs`), script);
      writeFileSync(path.join(bin, name), `#!/bin/sh\nexec "${process.execPath}" "${path.join(bin, name)}.mjs" "$@"\n`);
      chmodSync(path.join(bin, name), 0o755);
    }
    postern = await startPostern({ config: { aliases: { mine: { provider: "postern", model: "hello" } } } });
  });

  afterAll(async () => {
    await postern.stop();
    rmSync(bin, { recursive: true, force: true });
  });

  async function run(words: readonly string[], environment: Record<string, string> = {}): Promise<CommandResult & { readonly seen: Seen }> {
    const result = await runCommand(["run", "--data-dir", postern.dataFolder, ...words], {
      environment: { PATH: `${bin}:${process.env["PATH"]}`, SCRIPT_ORIGIN: postern.url, ...environment },
    });
    return { ...result, seen: (result.stdout === "" ? {} : JSON.parse(result.stdout)) as Seen };
  }

  test("starts claude with the address, a key that works, the model, and the person's own words", async () => {
    const { code, seen } = await run(["claude", "--model", "mine", "--", "-p", "two words", "--help"], {
      ANTHROPIC_API_KEY: "sk-ant-mine",
      CLAUDE_CODE_USE_BEDROCK: "1",
    });
    expect({ code, words: seen.words, status: seen.status }).toEqual({ code: 7, words: ["-p", "two words", "--help"], status: 200 });
    expect(seen.environment).toMatchObject({
      ANTHROPIC_BASE_URL: postern.url,
      ANTHROPIC_AUTH_TOKEN: expect.stringMatching(/^postern_[\w-]{43}$/),
      ANTHROPIC_API_KEY: "",
      ANTHROPIC_MODEL: "mine",
      ANTHROPIC_DEFAULT_HAIKU_MODEL: "mine",
    });
    expect(seen.environment).not.toHaveProperty("CLAUDE_CODE_USE_BEDROCK");
  });

  test.each([
    ["codex", { POSTERN_KEY: "KEY" }],
    ["opencode", { POSTERN_KEY: "KEY" }],
    ["aider", { OPENAI_API_BASE: "ORIGIN/v1", OPENAI_API_KEY: "KEY", AIDER_MODEL: "openai/mine" }],
    ["gemini", { GOOGLE_GEMINI_BASE_URL: "ORIGIN", GEMINI_API_KEY: "KEY", GEMINI_MODEL: "mine" }],
    ["qwen", { OPENAI_BASE_URL: "ORIGIN/v1", OPENAI_API_KEY: "KEY", OPENAI_MODEL: "mine" }],
    ["goose", { OPENAI_HOST: "ORIGIN", OPENAI_BASE_PATH: "v1/chat/completions", OPENAI_API_KEY: "KEY", GOOSE_MODEL: "mine" }],
    ["llm", { OPENAI_API_KEY: "KEY", LLM_MODEL: "mine" }],
  ])("starts %s with what it reads, and a key that works", async (tool, expected) => {
    const { code, seen } = await run([tool, "--model", "mine"]);
    const key = expect.stringMatching(/^postern_[\w-]{43}$/) as unknown;
    const filled = Object.entries(expected).map(([name, value]) => [name, value === "KEY" ? key : value.replace("ORIGIN", postern.url)]);
    expect([code, seen.status]).toEqual([7, 200]);
    expect(seen.environment).toMatchObject(Object.fromEntries(filled) as object);
  });

  test("tells codex and opencode of a provider without a file of theirs, and puts no key into an argument", async () => {
    const codex = await run(["codex", "--model", "mine", "--", "exec", "hi"]);
    const opencode = await run(["opencode"]);
    expect(codex.seen.words.join(" ")).toContain(`base_url="${postern.url}/v1",wire_api="responses",env_key="POSTERN_KEY"`);
    expect(codex.seen.words.slice(-2)).toEqual(["exec", "hi"]);
    expect(codex.seen.words.join(" ")).not.toContain(codex.seen.environment["POSTERN_KEY"]);
    const config = JSON.parse(opencode.seen.environment["OPENCODE_CONFIG_CONTENT"] ?? "{}") as {
      provider: { postern: { options: object; models: object } };
    };
    expect(config.provider.postern.options).toEqual({ baseURL: `${postern.url}/v1`, apiKey: "{env:POSTERN_KEY}" });
    expect(Object.keys(config.provider.postern.models)).toEqual(expect.arrayContaining(["mine", "portkey-claude"]));
  });

  test("gives llm a folder of Postern's, closed to others and without a key", async () => {
    const { seen } = await run(["llm", "--model", "mine"]);
    const folder = seen.environment["LLM_USER_PATH"] ?? "";
    const file = path.join(folder, "extra-openai-models.yaml");
    expect([folder.startsWith(postern.dataFolder), statSync(file).mode & 0o777]).toEqual([true, 0o600]);
    expect(readFileSync(file, "utf8")).toContain(`- model_id: "mine"\n  model_name: "mine"\n  api_base: "${postern.url}/v1"`);
    expect(readFileSync(file, "utf8")).not.toContain("postern_");
  });

  test("keeps the owner's key and the passphrase from the tool", async () => {
    const { seen } = await run(["claude"], { POSTERN_API_KEY: "k".repeat(40), POSTERN_PASSPHRASE: "secret words" });
    expect(Object.keys(seen.environment).filter((name) => name.startsWith("POSTERN_"))).toEqual([]);
  });

  test("takes the key away with the tool", async () => {
    const { seen } = await run(["claude"]);
    const headers = { authorization: `Bearer ${seen.environment["ANTHROPIC_AUTH_TOKEN"]}` };
    await eventually(async () => expect((await fetch(`${postern.url}/v1/models`, { headers })).status).toBe(401));
  });

  test("says what is wrong: no such tool, not installed, a model that leads nowhere, nothing running", async () => {
    const nobody = await run(["emacs"]);
    const bare = await runCommand(["run", "claude", "--data-dir", postern.dataFolder], { environment: { PATH: "/nonexistent" } });
    const nowhere = await run(["claude", "--model", "@groq/none"]);
    const stopped = await runCommand(["run", "claude", "--data-dir", path.join(bin, "none")], {});
    expect([nobody, bare, nowhere, stopped].map(({ code }) => code)).toEqual([2, 1, 1, 1]);
    expect(bare.stderr).toContain('no program "claude" on PATH');
    expect(nowhere.stderr).toContain("groq");
    expect(stopped.stderr).toContain("no Postern is running");
    expect(existsSync(path.join(bin, "none", "postern.db"))).toBe(false);
  });

  test("goes on with its key when Postern is started anew under it", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
    const go = path.join(bin, "go");
    try {
      writeFileSync(
        path.join(bin, "qwen"),
        `#!/bin/sh\necho "$OPENAI_API_KEY" > "${go}.key"\nwhile [ ! -e "${go}" ]; do sleep 0.1; done\nexit 0\n`,
        { mode: 0o755 },
      );
      const first = await startPostern({ dataFolder: folder });
      const running = runCommand(["run", "qwen", "--data-dir", folder], { environment: { PATH: `${bin}:${process.env["PATH"]}` } });
      const key = await eventually(() => {
        const text = readFileSync(`${go}.key`, "utf8").trim();
        if (text === "") throw new Error("no key yet");
        return text;
      });
      await first.stop();
      await using second = await startPostern({ dataFolder: folder });
      const headers = { authorization: `Bearer ${key}` };
      await eventually(async () => expect((await fetch(`${second.url}/v1/models`, { headers })).status).toBe(200));
      writeFileSync(go, "");
      expect((await running).code).toBe(0);
    } finally {
      writeFileSync(go, "");
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
