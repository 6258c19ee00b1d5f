import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contract } from "#shared/contract/index.ts";
import { passphrase, whyNoStoredKeys } from "../clients/add-key.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { guardByKey } from "../fakes/key-guard.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { callControlSocket } from "../../electron/host/control-socket.ts";

// What a person gives to Postern to keep must be seen by its provider, and by nobody and nothing else.

const secrets = {
  written: "sk-proj-canaryWrittenTz8mQ4wX1",
  refused: "sk-proj-canaryRefusedHb5kV9nL2",
  rotated: "sk-proj-canaryRotatedPy3jC7rE6",
  inFile: "sk-ant-canaryFileGd6tM2sB8",
  inVariable: "gsk_canaryVariableWq1zF5uN9",
  pasted: "sk-or-canaryPastedJx7vK3hA4",
};

let provider: ScriptedProvider;
let postern: RunningPostern;
let home: string;
let dataFolder: string;
const heard: string[] = [];

beforeAll(async () => {
  provider = await startScriptedProvider();
  guardByKey(provider, [secrets.written, secrets.rotated]);
  home = mkdtempSync(path.join(tmpdir(), "postern-test-home-"));
  dataFolder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
  writeFileSync(path.join(home, ".env"), `ANTHROPIC_API_KEY=${secrets.inFile}\n`);
  postern = await startPostern({
    dataFolder,
    config: { providers: { openai: { baseUrl: `${provider.origin}/v1` } }, observability: { logLevel: "debug" } },
    environment: { HOME: home, USERPROFILE: home, POSTERN_PASSPHRASE: passphrase, GROQ_API_KEY: secrets.inVariable, DEBUG: "postern:*" },
  });
});

afterAll(async () => {
  await postern.stop();
  await provider.close();
  rmSync(home, { recursive: true, force: true });
  rmSync(dataFolder, { recursive: true, force: true });
});

/** One call of the admin API, whatever comes of it; what is said is kept. */
async function say(method: string, at: string, body?: unknown): Promise<number> {
  const init = { method, headers: { "content-type": "application/json" }, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const answer = await callControlSocket(dataFolder, at, init);
  heard.push(`${at} ${JSON.stringify([...(answer?.headers ?? [])])} ${(await answer?.text()) ?? ""}`);
  return answer?.status ?? 0;
}

test.skipIf(whyNoStoredKeys !== null)(
  "no reply, event, log, print or file holds a key, however it came and whatever was done with it",
  async () => {
    const leave = new AbortController();
    const events = await adminOf(postern)("watchEvents", {}, { signal: leave.signal });
    const watching = (async () => {
      for await (const chunk of events.body as unknown as AsyncIterable<Uint8Array>) heard.push(new TextDecoder().decode(chunk));
    })().catch(() => undefined);
    const key = "/admin/keys/openai/work";
    const write = (secret: string, mode: string): Promise<number> => say("POST", `${key}/write`, { secret, mode, test: true });
    await write(secrets.refused, "add");
    await write(secrets.written, "add");
    await write(secrets.refused, "replace");
    await say("POST", `${key}/write`, { secret: secrets.refused, mode: "replace" });
    await say("POST", `${key}/write`, { secret: `${secrets.refused} with spaces`, mode: "replace", test: true });
    await say("PUT", "/admin/keys/openai/no%20such%20name", { secret: secrets.refused });
    await say("PUT", "/admin/keys/nobody/work", { secret: secrets.refused });
    await say("POST", "/admin/keys-find", {});
    await say("POST", "/admin/keys-find", { text: `OPENROUTER_API_KEY=${secrets.pasted}\n${secrets.pasted}` });
    const pick = (place: string, variable: string, of: string) => ({ place, variable, provider: of, name: "found", replace: true });
    const file = path.join(home, ".env");
    await say("POST", "/admin/keys-take", {
      picks: [pick(file, "ANTHROPIC_API_KEY", "anthropic"), pick("environment", "GROQ_API_KEY", "groq")],
    });
    await say("POST", "/admin/keys-take", { text: secrets.pasted, picks: [pick("text", "line 1", "openrouter")] });
    await say("POST", "/admin/keys-take", { text: secrets.pasted, picks: [pick("text", secrets.pasted, "openrouter")] });
    await say("POST", "/admin/keys-import", { name: "x", replace: true, variables: { OPENROUTER_API_KEY: secrets.pasted } });
    const ask = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${postern.key}`, "content-type": "application/json", "x-portkey-retry": "0" };
      const body = JSON.stringify({ model: "@openai/gpt-4o", messages: [{ role: "user", content: "Hi" }] });
      const answer = await fetch(`${postern.url}/v1/chat/completions`, { method: "POST", headers, body });
      heard.push(`${JSON.stringify([...answer.headers])} ${await answer.text()}`);
      return answer.status;
    };
    expect(await ask()).toBe(200);
    expect(await write(secrets.rotated, "replace")).toBe(200);
    expect(await ask()).toBe(200);
    expect(await say("POST", `${key}/rename`, { to: "renamed" })).toBe(200);
    await say("PUT", "/admin/keys/openai/renamed", { secret: secrets.refused });
    expect(await ask()).toBe(401);
    await say("POST", "/admin/keys/openai/renamed/test");
    // Everything that can be read, with whatever it wants in its path.
    for (const { method, path: at } of Object.values(contract)) {
      if (method !== "GET" || at === "/admin/events") continue;
      await say("GET", at.replace(":provider", "openai").replaceAll(/:\w+/g, "1"));
      await say("GET", at.replace(":provider", "openai").replaceAll(/:\w+/g, "renamed"));
    }
    await say("GET", "/admin/keys/openai/renamed");
    await say("DELETE", "/admin/keys/openai/renamed");
    leave.abort();
    await watching;
    await postern.stop();
    heard.push(postern.stdout(), postern.stderr());

    const spellings = Object.values(secrets).flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64").replace(/=+$/, ""),
      Buffer.from(secret).toString("hex"),
      // Half of one is too much as well.
      secret.slice(-12),
    ]);
    const files = readdirSync(dataFolder, { recursive: true, encoding: "utf8" })
      .map((name) => path.join(dataFolder, name))
      .filter((name) => statSync(name).isFile());
    const leaks = [
      ...heard.filter((text) => spellings.some((spelling) => text.includes(spelling))).map((text) => text.slice(0, 60)),
      ...files.filter((name) => spellings.some((spelling) => readFileSync(name).includes(spelling))),
    ];
    expect(leaks).toEqual([]);
    expect(files.some((name) => name.endsWith("postern.db"))).toBe(true);
    expect(heard.length).toBeGreaterThan(50);
  },
);
