import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { PermissionRequest } from "#shared/contract/requests.ts";
import { permissionsSchema } from "#shared/schema/grant.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { openAi } from "../fakes/openai-replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { eventually } from "./eventually.ts";

// Whoever is refused can be let in by the person, once or always, and cannot flood them. A request is counted for each minute of a
// program, so every test here runs one of its own.

let provider: ScriptedProvider;
let postern: RunningPostern;
let call: ReturnType<typeof adminOf>;

beforeAll(async () => {
  provider = await startScriptedProvider();
  provider.always(openAi());
});

beforeEach(async () => {
  provider.forget();
  postern = await startPostern({
    config: { providers: { openai: { baseUrl: `${provider.origin}/v1` } }, aliases: { cheap: { provider: "openai", model: "cheap-1" } } },
    environment: { OPENAI_API_KEY: "sk-scripted-0123456789abcdef" },
  });
  call = adminOf(postern);
  return () => postern.stop();
});

afterAll(() => provider.close());

async function ask(url: string, key: string, model: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "user-agent": "Cline/3.2", ...headers },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "a prompt that stays private" }] }),
  });
  await response.text();
  return response.status;
}

async function onlyRequest(): Promise<PermissionRequest> {
  const { requests } = await call("listRequests", {});
  expect(requests.length).toBe(1);
  return requests[0] as PermissionRequest;
}

const credential = "sk-clines-own-credential";

test("a refused tool is shown with what it asked for, without its credential or its prompt", async () => {
  expect(await ask(postern.url, credential, "cheap")).toBe(401);
  expect(await ask(postern.url, credential, "cheap")).toBe(401);
  const request = await onlyRequest();
  expect(request).toMatchObject({ tool: "cline", model: "cheap", endpoint: "chat", count: 2, hasCredential: true, grant: null });
  expect(request.proposal).toMatchObject({ name: "cline", permissions: { models: ["cheap"] } });
  expect(JSON.stringify(request)).not.toMatch(/sk-clines|private/);
});

test("a key that nobody knows is refused before its body is read, and its model is shown all the same", async () => {
  expect(await ask(postern.url, "postern_of_another_machine", "cheap")).toBe(401);
  await eventually(async () => expect((await onlyRequest()).model).toBe("cheap"));
});

test("allowed once, its credential makes one call and no other", async () => {
  await ask(postern.url, credential, "cheap");
  const { id } = await onlyRequest();
  await call("allowRequest", { parameters: { id }, body: { mode: "once" } });
  const statuses = await Promise.all([1, 2, 3].map(() => ask(postern.url, credential, "cheap")));
  expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 401, 401]);
  expect(await ask(postern.url, "sk-somebody-elses", "cheap")).toBe(401);
  expect(provider.requests.length).toBe(1);
  expect(provider.requests[0]?.rawHeaders.join("\n")).not.toContain(credential);
});

test("allowed always, the credential itself is bound, with what the grant says", async () => {
  await ask(postern.url, credential, "cheap");
  const { id } = await onlyRequest();
  const { grant, key } = await call("allowRequest", { parameters: { id }, body: { mode: "always" } });
  expect([grant?.name, grant?.keyHint, key]).toEqual(["cline", null, null]);
  expect([await ask(postern.url, credential, "cheap"), await ask(postern.url, credential, "@openai/other")]).toEqual([200, 403]);
  // What it met next is asked for as well, and widens its grant.
  const next = await onlyRequest();
  expect(next).toMatchObject({ grant: "cline", model: "@openai/other", proposal: { permissions: { models: ["cheap", "@openai/other"] } } });
  await call("allowRequest", { parameters: { id: next.id }, body: { mode: "always" } });
  expect(await ask(postern.url, credential, "@openai/other")).toBe(200);
});

test("a placeholder is nobody's: it cannot be let in once, and always makes a new key", async () => {
  expect(await ask(postern.url, "sk-anything", "cheap")).toBe(401);
  const { id, hasCredential } = await onlyRequest();
  expect(hasCredential).toBe(false);
  await expect(call("allowRequest", { parameters: { id }, body: { mode: "once" } })).rejects.toThrow(/without a key of its own/);
  const { key } = await call("allowRequest", { parameters: { id }, body: { mode: "always" } });
  expect([await ask(postern.url, key ?? "", "cheap"), await ask(postern.url, "sk-anything", "cheap")]).toEqual([200, 401]);
});

test("denied, it asks nobody again; denied and forgotten, it does", async () => {
  await ask(postern.url, credential, "cheap");
  await call("denyRequest", { parameters: { id: (await onlyRequest()).id }, body: { forget: true } });
  await ask(postern.url, credential, "cheap");
  await call("denyRequest", { parameters: { id: (await onlyRequest()).id }, body: { forget: false } });
  await ask(postern.url, credential, "cheap");
  expect((await call("listRequests", {})).requests).toEqual([]);
});

test("neither one credential under many names nor many credentials flood the person", async () => {
  for (let index = 0; index < 20; index++) await ask(postern.url, credential, "cheap", { "user-agent": `tool-${index}/1` });
  expect((await call("listRequests", {})).requests.length).toBe(3);
  for (let index = 0; index < 40; index++) await ask(postern.url, `sk-credential-${index}`, "cheap");
  expect((await call("listRequests", {})).requests.length).toBe(10);
});

test("a web page is asked for by its origin, and can call once that was allowed", async () => {
  const origin = "https://page.example";
  const preflight = (): Promise<Response> =>
    fetch(`${postern.url}/v1/chat/completions`, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
  expect((await preflight()).status).toBe(403);
  const { id, origin: shown } = await onlyRequest();
  expect(shown).toBe(origin);
  const { key } = await call("allowRequest", { parameters: { id }, body: { mode: "always" } });
  expect([(await preflight()).status, await ask(postern.url, key ?? "", "cheap", { origin })]).toEqual([204, 200]);
  // What cannot be named cannot be allowed.
  await fetch(`${postern.url}/v1/models`, { headers: { origin: "null" } });
  expect((await call("listRequests", {})).requests).toEqual([]);
});

test("the stream of events tells of a request, and of a grant that was made", async () => {
  const events = await call("watchEvents", {});
  const reader = events.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  await ask(postern.url, credential, "cheap");
  await call("addGrant", { body: { name: "other", permissions: permissionsSchema.parse({}) } });
  let text = "";
  while (!text.includes("grants-changed")) text += Buffer.from((await reader.read()).value ?? []).toString();
  await reader.cancel();
  expect(text).toContain("event: permission-requested");
  expect(text).not.toContain(credential);
});

test("serve --prompt asks on the terminal, and no call waits for the answer", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
  const child = spawn(
    process.execPath,
    ["electron/headless/main.mjs", "serve", "--port", "0", "--no-ui", "--prompt", "--data-dir", folder],
    {
      cwd: path.resolve(import.meta.dirname, "../.."),
      env: { PATH: process.env["PATH"], HOME: folder, POSTERN_API_KEY: "an-owners-key-of-thirty-two-characters" },
      stdio: ["pipe", "pipe", "ignore"],
    },
  );
  try {
    let printed = "";
    child.stdout.on("data", (bytes: Buffer) => (printed += bytes.toString()));
    const url = await eventually(() => {
      const address = /listening on (http:\S+)/.exec(printed)?.[1];
      expect(address).toBeDefined();
      return address as string;
    });
    expect(await ask(url, credential, "@postern/hello")).toBe(401);
    await eventually(() => expect(printed).toMatch(/calls itself "cline" asked for @postern\/hello and was refused/));
    expect(await ask(url, credential, "@postern/hello")).toBe(401);
    child.stdin.write("always\n");
    await eventually(() => expect(printed).toContain('Allowed as "cline"'));
    expect(await ask(url, credential, "@postern/hello")).toBe(200);
    expect(printed).not.toContain(credential);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each(["a name with spaces", "*", "@*/*"])("asking for %j offers no model, and ends nothing for anybody else", async (model) => {
  expect(await ask(postern.url, credential, model)).toBe(401);
  expect((await onlyRequest()).proposal.permissions.models).toEqual([]);
  expect(await ask(postern.url, credential, "cheap")).toBe(401);
  expect((await onlyRequest()).proposal.permissions.models).toEqual(["cheap"]);
});
