import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Permissions, permissionsSchema } from "#shared/schema/grant.ts";
import { inspectLook, type OpenedWindow, openWindow } from "../fakes/open-window.ts";
import { openAi } from "../fakes/openai-replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { adminOf } from "../fakes/call-admin.ts";

// Every state of the page in both themes and both sizes: nothing that axe finds, nothing that sticks out.

let provider: ScriptedProvider;
let postern: RunningPostern;
let home: string;

beforeAll(async () => {
  provider = await startScriptedProvider();
  provider.always(openAi());
  home = mkdtempSync(path.join(tmpdir(), "postern-home-"));
  for (const program of ["claude", "codex", "aider"]) {
    const file = path.join(home, ".local/bin", program);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "#!/bin/sh\n");
    chmodSync(file, 0o755);
  }
  mkdirSync(path.join(home, ".vscode/extensions/saoudrizwan.claude-dev-3.10.0"), { recursive: true });
  mkdirSync(path.join(home, ".cursor"));
  mkdirSync(path.join(home, ".codex"));
  writeFileSync(
    path.join(home, ".codex/config.toml"),
    '# mine\nmodel = "gpt-5" # keep\n\n[mcp_servers.docs]\nbearer_token = "abcdefgh12345678"\n',
  );
  postern = await startPostern({
    window: true,
    config: {
      // It speaks chat alone: what Codex and Claude Code say is translated for it.
      providers: { deepseek: { baseUrl: `${provider.origin}/v1` } },
      aliases: { cheap: { provider: "deepseek", model: "deepseek-chat" } },
    },
    environment: { DEEPSEEK_API_KEY: "sk-scripted0123456789abcdef", HOME: home },
  });
});

afterAll(async () => {
  await postern.stop();
  await provider.close();
  rmSync(home, { recursive: true, force: true });
});

const open = (at: string): Promise<OpenedWindow> => openWindow({ postern, at });

async function ask(key: string, agent: string, endpoint = "chat/completions"): Promise<void> {
  const answer = await fetch(`${postern.url}/v1/${endpoint}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "user-agent": agent },
    body: JSON.stringify({ model: "cheap", max_tokens: 50, messages: [{ role: "user", content: "hello" }] }),
  });
  await answer.text();
}

const grantOf = async (name: string, permissions: Partial<Permissions>): Promise<string> =>
  (await adminOf(postern)("addGrant", { body: { name, permissions: permissionsSchema.parse(permissions) } })).key;

test("without any key", async () => {
  await using window = await open("tools");
  await window.page.getByText("No tool has a key yet").waitFor();
  expect(await inspectLook(window.page, "tools-empty")).toEqual([]);
});

test("the form of a new key", async () => {
  await using window = await open("tools");
  const { page } = window;
  await page.getByRole("button", { name: "New key" }).click();
  const sheet = page.getByRole("dialog", { name: "New key for a tool" });
  await sheet.getByLabel("Name").fill("ci-job");
  await sheet.getByRole("radio", { name: "Only these" }).first().click();
  await sheet.getByRole("button", { name: "cheap", exact: true }).click();
  await sheet.getByRole("button", { name: "Add a budget" }).click();
  await sheet.getByText("More limits").click();
  expect(await inspectLook(page, "tools-form")).toEqual([]);
});

test("tools that are installed, and tools that are not", async () => {
  await using window = await open("tools/connect");
  await window.page.getByRole("link", { name: /^Codex/ }).waitFor();
  expect(await inspectLook(window.page, "tools-connect")).toEqual([]);
});

test("the change of a file", async () => {
  await using window = await open("tools/connect/codex");
  const { page } = window;
  await page.getByRole("combobox", { name: "Model" }).click();
  await page.getByRole("option", { name: "cheap" }).click();
  await page.getByRole("tab", { name: "Config file" }).click();
  await page.getByRole("region", { name: "Change of" }).first().getByText('model = "cheap" # keep').waitFor();
  expect(await inspectLook(page, "tools-change")).toEqual([]);
});

test("keys of every kind, and somebody who waits", async () => {
  const [claude, codex] = [
    await grantOf("claude", {
      budgets: [
        { unit: "usd", amount: 5, per: "day" },
        { unit: "tokens", amount: 90, per: "month" },
      ],
      note: "My laptop",
    }),
    await grantOf("codex", { models: ["cheap", "@openai/*", "gpt-4o*", "claude-sonnet-4.5", "portkey-llama"], requestsPerMinute: 60 }),
  ];
  await grantOf("nightly-job", {
    paused: true,
    expiresAtMs: Date.now() + 86_400_000,
    endpoints: ["chat", "embeddings"],
    origins: ["http://localhost:3000"],
  });
  await ask(claude, "claude-cli/2.1", "messages");
  await ask(codex, "codex_cli_rs/0.162");
  await ask("sk-clines-own-credential", "cline/3.9");
  await using window = await open("tools");
  await window.page.getByRole("article").getByText("Asked for cheap").waitFor();
  await window.page.getByRole("listitem", { name: "codex" }).getByText("1 request today").waitFor();
  expect(await inspectLook(window.page, "tools-keys")).toEqual([]);
});

test("a question before a key is revoked", async () => {
  await using window = await open("tools");
  await window.page.getByRole("button", { name: "More for claude" }).click();
  await window.page.getByRole("menuitem", { name: "Revoke…" }).click();
  await window.page.getByRole("alertdialog").waitFor();
  expect(await inspectLook(window.page, "tools-revoke")).toEqual([]);
});

test("a tool that is connected and works", async () => {
  const call = adminOf(postern);
  const { key } = await call("replaceGrantKey", { parameters: { grant: "codex" } });
  const parameters = { tool: "codex" };
  const { plan } = await call("previewConnection", { parameters, body: { model: "cheap" } });
  await call("applyConnection", { parameters, body: { model: "cheap", plan, key } });
  await using window = await open("tools/connect/codex");
  await window.page.getByText("It works").waitFor();
  await window.page.getByText("It works").scrollIntoViewIfNeeded();
  expect(await inspectLook(window.page, "tools-works")).toEqual([]);
});

test.each(["cursor", "cline", "openai-sdk", "open-webui", "llm"])("the page of %s", async (tool) => {
  await using window = await open(`tools/connect/${tool}`);
  await window.page.getByText("Its documentation").waitFor();
  expect(await inspectLook(window.page, `tools-${tool}`)).toEqual([]);
});
