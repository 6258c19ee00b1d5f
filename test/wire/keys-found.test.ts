import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AdminClient } from "#shared/contract/client.ts";
import { passphrase, whyNoStoredKeys } from "../clients/add-key.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";

const openAiKey = "sk-proj-home-Kd8wE3rT";
const anthropicKey = "sk-ant-home-Qp2xV7uY";
const groqKey = "gsk_variable-Nb6mJ1sA";
const strayKey = "sk-or-stray-Fg5hC4zR";

let postern: RunningPostern;
let call: AdminClient;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), "postern-test-home-"));
  postern = await startPostern({ environment: { HOME: home, USERPROFILE: home, POSTERN_PASSPHRASE: passphrase, GROQ_API_KEY: groqKey } });
  call = adminOf(postern);
});

afterAll(async () => {
  await postern.stop();
  rmSync(home, { recursive: true, force: true });
});

const dotEnv = [
  "# my keys",
  `export OPENAI_API_KEY="${openAiKey}" # work`,
  `ANTHROPIC_API_KEY=${anthropicKey}`,
  "COHERE_API_KEY=your_api_key_here",
  `MISTRAL_API_KEY=${postern_()}`,
  "OPENAI_BASE_URL=https://evil.example/v1",
  `MY_ROUTER_TOKEN=${strayKey}`,
  "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
].join("\n");

function postern_(): string {
  return `postern_${"k".repeat(40)}`;
}

beforeEach(async () => {
  writeFileSync(path.join(home, ".env"), dotEnv);
  for (const { provider, name, source } of (await call("listKeys", {})).keys)
    if (source !== "environment") await call("removeKey", { parameters: { provider, name } });
});

describe("findKeys", () => {
  test("finds keys in the environment and the home folder's .env, tells no secret, and changes nothing", async () => {
    const { found, places } = await call("findKeys", { body: {} });
    const file = path.join(home, ".env");
    expect(found.map(({ place, variable, provider, by, lastFour }) => [place, variable, provider, by, lastFour])).toEqual([
      ["environment", "GROQ_API_KEY", "groq", "name", groqKey.slice(-4)],
      [file, "ANTHROPIC_API_KEY", "anthropic", "name", anthropicKey.slice(-4)],
      [file, "OPENAI_API_KEY", "openai", "name", openAiKey.slice(-4)],
      [file, "MY_ROUTER_TOKEN", "openrouter", "prefix", strayKey.slice(-4)],
    ]);
    expect(places.find(({ place }) => place === file)?.state).toBe("read");
    expect(places.find(({ place }) => place === path.join(home, ".env.local"))?.state).toBe("absent");
    expect(JSON.stringify(found)).not.toMatch(new RegExp([openAiKey, anthropicKey, groqKey, strayKey].join("|")));
    expect((await call("listKeys", {})).keys.filter(({ source }) => source !== "environment")).toEqual([]);
    expect(readFileSync(file, "utf8")).toBe(dotEnv);
  });

  test.skipIf(process.platform === "win32")("waits for no pipe, and reads no file that is far too long", async () => {
    const pipe = path.join(home, ".env.local");
    execFileSync("mkfifo", [pipe]);
    writeFileSync(path.join(home, ".env"), `OPENAI_API_KEY=${openAiKey}\n#${"x".repeat(300_000)}`);
    const { places } = await call("findKeys", { body: {} });
    rmSync(pipe);
    const states = places.filter(({ place }) => place.startsWith(home)).map(({ state }) => state);
    expect(states).toEqual(["unreadable", "unreadable"]);
  });

  test.each([
    ["a shell's lines", `export OPENAI_API_KEY='${openAiKey}'\nset ANTHROPIC_API_KEY=${anthropicKey}`, ["anthropic", "openai"]],
    ["PowerShell's", `$env:OPENAI_API_KEY = "${openAiKey}"\r\n$env:GROQ_API_KEY="${groqKey}"`, ["groq", "openai"]],
    ["JSON", JSON.stringify({ env: { OPENAI_API_KEY: openAiKey }, model: "gpt-4o" }), ["openai"]],
    ["a tool's JSON", JSON.stringify({ providers: { deepseek: { apiKey: "sk-0123456789abcdef", model: "x" } } }), ["deepseek"]],
    ["a bare key", `  ${anthropicKey}\n`, ["anthropic"]],
    ["a header", `Authorization: Bearer ${groqKey}`, ["groq"]],
    ["a key that could be anybody's", "sk-0123456789abcdef0123456789abcdef", [null]],
    ["an AWS pair", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ["bedrock"]],
    ["prose", "my key is lost\nplease help", []],
    ["half a JSON", `{ "OPENAI_API_KEY": "${openAiKey}", `, ["openai"]],
    ["a placeholder", "OPENAI_API_KEY=<your key>", []],
  ])("reads %s", async (_title, text, providers) => {
    const { found } = await call("findKeys", { body: { text } });
    expect(found.map(({ provider }) => String(provider)).toSorted((one, other) => one.localeCompare(other))).toEqual(providers.map(String));
  });
});

describe.skipIf(whyNoStoredKeys !== null)("takeKeys", () => {
  test("stores what was picked, leaves it where it lies, and says so", async () => {
    const file = path.join(home, ".env");
    const pick = { name: "default", replace: false };
    const taken = await call("takeKeys", {
      body: {
        picks: [
          { ...pick, place: file, variable: "OPENAI_API_KEY", provider: "openai" },
          { ...pick, place: file, variable: "MY_ROUTER_TOKEN", provider: "openrouter" },
          { ...pick, place: "environment", variable: "GROQ_API_KEY", provider: "groq" },
        ],
      },
    });
    expect(taken.keys.map(({ provider, name, lastFour }) => [provider, name, lastFour])).toEqual([
      ["openai", "default", openAiKey.slice(-4)],
      ["openrouter", "default", strayKey.slice(-4)],
      ["groq", "default", groqKey.slice(-4)],
    ]);
    expect(taken.leftIn).toEqual([{ file, variables: ["OPENAI_API_KEY", "MY_ROUTER_TOKEN"] }]);
    expect(readFileSync(file, "utf8")).toBe(dotEnv);
    const { found } = await call("findKeys", { body: {} });
    expect(found.filter(({ isStored }) => isStored).map(({ provider }) => provider)).toEqual(["groq", "openai", "openrouter"]);
  });

  test("takes nothing that it did not find itself, and nothing in the place of another key unless told to", async () => {
    const file = path.join(home, ".env");
    const picks = [
      { place: file, variable: "OPENAI_BASE_URL", provider: "openai", name: "a", replace: false },
      { place: "/etc/passwd", variable: "root", provider: "openai", name: "b", replace: false },
      { place: "environment", variable: "POSTERN_PASSPHRASE", provider: "openai", name: "c", replace: false },
      { place: file, variable: "ANTHROPIC_API_KEY", provider: "openai", name: "d", replace: false },
      { place: file, variable: "ANTHROPIC_API_KEY", provider: "anthropic", name: "taken", replace: false },
    ];
    await call("addKey", { parameters: { provider: "anthropic", name: "taken" }, body: { secret: "sk-ant-older-Xe9qB3nM" } });
    const { keys, skipped } = await call("takeKeys", { body: { picks } });
    expect([keys, skipped.length]).toEqual([[], 5]);
    expect(skipped.at(-1)?.why).toContain("stored already");
    const again = await call("takeKeys", { body: { picks: picks.slice(-1).map((pick) => ({ ...pick, replace: true })) } });
    expect(again.keys[0]?.lastFour).toBe(anthropicKey.slice(-4));
  });

  test("of a pasted block takes a bare key for the provider that the person names", async () => {
    const text = "sk-0123456789abcdef0123456789abcdef";
    const { keys, leftIn } = await call("takeKeys", {
      body: { text, picks: [{ place: "text", variable: "line 1", provider: "deepseek", name: "default", replace: false }] },
    });
    expect([keys[0]?.provider, leftIn]).toEqual(["deepseek", []]);
  });
});
