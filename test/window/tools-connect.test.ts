import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openAi } from "../fakes/openai-replies.ts";
import { type OpenedWindow, openWindow } from "../fakes/open-window.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";

// A tool is connected from the page: its key, the change of its file as it was shown, its first request, and all of it undone.

let provider: ScriptedProvider;
let home: string;

beforeAll(async () => {
  provider = await startScriptedProvider();
  provider.always(openAi());
});

afterAll(() => provider.close());

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "postern-home-"));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function open(at: string): Promise<OpenedWindow> {
  return openWindow({
    at,
    config: {
      // It speaks chat alone: what Codex and Claude Code say is translated for it.
      providers: { deepseek: { baseUrl: `${provider.origin}/v1` } },
      aliases: { cheap: { provider: "deepseek", model: "deepseek-chat" } },
    },
    environment: { DEEPSEEK_API_KEY: "sk-scripted0123456789abcdef", HOME: home },
  });
}

const before = '# mine\nmodel = "gpt-5" # keep\n\n[mcp_servers.docs]\ncommand = "docs"\nbearer_token = "abcdefgh12345678"\n';

test("codex is connected with a change that is shown, verified by its first request, and undone", async () => {
  const config = path.join(home, ".codex/config.toml");
  mkdirSync(path.dirname(config));
  writeFileSync(config, before);
  await using window = await open("tools/connect");
  const { page } = window;
  await page.getByRole("link", { name: /^Codex/ }).waitFor();
  await page.getByRole("searchbox", { name: "Search tools" }).fill("codex");
  await page.getByRole("link", { name: /^Codex/ }).click();
  await page.getByRole("heading", { level: 1, name: "Codex" }).waitFor();

  await page.getByRole("combobox", { name: "Model" }).click();
  await page.getByRole("option", { name: "cheap" }).click();
  await page.getByRole("button", { name: "Make a key for Codex" }).click();
  await page.getByText("The key of codex, shown this once.").waitFor();
  await page.getByText("Waiting for the first request with this key…").waitFor();
  await page.getByText("postern run codex --model cheap").waitFor();
  await page.getByRole("tab", { name: "Config file" }).click();
  const diff = page.getByRole("region", { name: `Change of ${config}` });
  await diff.getByText('model = "cheap" # keep').waitFor();
  await diff.getByText('model_provider = "postern"').waitFor();
  expect(await diff.textContent()).not.toContain("abcdefgh1234");
  expect(readFileSync(config, "utf8")).toBe(before);

  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await page.getByText("What was there before is kept.").waitFor();
  expect(readFileSync(config, "utf8")).toContain('model_provider = "postern"');
  await expect.poll(() => page.getByRole("button", { name: /Apply/ }).count()).toBe(0);
  const key = /^POSTERN_KEY=(\S+)$/m.exec(readFileSync(path.join(home, ".codex/.env"), "utf8"))?.[1] ?? "";
  const answer = await fetch(`${window.postern.url}/v1/responses`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "user-agent": "codex_cli_rs/0.162" },
    body: JSON.stringify({ model: "cheap", max_output_tokens: 50, input: "hello" }),
  });
  await answer.text();
  expect(answer.status).toBe(200);
  await page.getByText("It works").waitFor();
  await page.getByText(/^deepseek-chat answered in .+, for \$0\.\d+\./).waitFor();

  await page.getByRole("button", { name: "Undo" }).first().click();
  await page.getByText("The files of Codex are what they were before").waitFor();
  expect(readFileSync(config, "utf8")).toBe(before);
  await page.getByRole("link", { name: "All tools" }).click();
  await page.getByRole("link", { name: /^Codex.*Connected/ }).waitFor();
});

test("an undo over somebody's later change is refused, and the file can be kept as it is", async () => {
  const file = path.join(home, ".aider.conf.yml");
  await using window = await open("tools/connect/aider");
  const { page } = window;
  await page.getByRole("combobox", { name: "Model" }).click();
  await page.getByRole("option", { name: "cheap" }).click();
  await page.getByRole("tab", { name: "Config file" }).click();
  await page.getByText("Make a key first: it is written into the file.").waitFor();
  await expect.poll(() => page.getByRole("button", { name: "Apply", exact: true }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Make a key for aider" }).click();
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await page.getByText("What was there before is kept.").waitFor();
  writeFileSync(file, `${readFileSync(file, "utf8")}vim: true\n`);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await page.getByRole("alert").getByText("was changed since").waitFor();
  await page.getByRole("button", { name: "Keep the files as they are" }).click();
  await page.getByRole("button", { name: "Apply", exact: true }).waitFor();
  expect(readFileSync(file, "utf8")).toContain("vim: true");
});

test("snippets are shown with the key masked and copied with the key in it, for each shell", async () => {
  await using window = await open("tools/connect/claude-code");
  const { page } = window;
  await page.getByRole("tab", { name: "Shell" }).click();
  await page.getByText("Make a key first: until then, postern_THE_KEY stands in its place.").waitFor();
  await page.getByRole("button", { name: "Make a key for Claude Code" }).click();
  const key = (await page.locator("dd code").first().textContent()) ?? "";
  expect(key).toMatch(/^postern_\w{43}$/);
  const region = page.getByRole("region", { name: "bash, zsh" });
  await region.getByText("export ANTHROPIC_AUTH_TOKEN=").waitFor();
  expect(await region.textContent()).not.toContain(key);
  await page.getByRole("button", { name: "Copy bash, zsh" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`export ANTHROPIC_AUTH_TOKEN=${key}\n`);
  await page.getByRole("combobox", { name: "Shell" }).click();
  await page.getByRole("option", { name: "PowerShell" }).click();
  await page.getByRole("region", { name: "PowerShell" }).getByText(`$env:ANTHROPIC_BASE_URL = '${window.postern.url}'`).waitFor();
});

test("says plainly what cannot work, what goes by hand, and what is set already", async () => {
  writeFileSync(path.join(home, ".zshrc"), "export ANTHROPIC_API_KEY=sk-ant-0123456789abcdef\n");
  await using window = await open("tools/connect/cursor");
  const { page } = window;
  await page.getByRole("heading", { name: "Cursor cannot be connected" }).waitFor();
  await page.getByText("from its own servers, not from this machine").waitFor();
  await expect.poll(() => page.getByRole("button", { name: /Make a key/ }).count()).toBe(0);
  await window.goTo("tools/connect/claude-code");
  await page.getByText(`ANTHROPIC_API_KEY in ${path.join(home, ".zshrc")}, line 1`).waitFor();
  await window.goTo("tools/connect/cline");
  await page.getByText("Base URL", { exact: true }).waitFor();
  await window.goTo("tools/connect/openai-sdk");
  await page.getByRole("region", { name: "Python" }).getByText(`base_url="${window.postern.url}/v1"`).waitFor();
});

test("a tool that is not there is said to be unknown", async () => {
  await using window = await open("tools/connect/nonsense");
  const words = window.page.getByRole("alert").getByText('Cannot connect "nonsense": it is not among the tools that Postern knows');
  await words.waitFor();
  await expect.poll(() => words.count()).toBe(1);
});

test("a tool is connected by the keyboard alone", async () => {
  await using window = await open("tools");
  const { page } = window;
  await page.getByText("No tool has a key yet").waitFor();
  await page.getByRole("radio", { name: "Access" }).focus();
  await page.keyboard.press("ArrowRight");
  const search = page.getByRole("searchbox", { name: "Search tools" });
  await search.waitFor();
  await tabTo(window, "Search tools");
  await page.keyboard.type("gemini");
  await tabTo(window, "Gemini CLI");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Gemini CLI" }).waitFor();
  await tabTo(window, "Make a key for Gemini CLI");
  await page.keyboard.press("Enter");
  await page.getByText("The key of gemini, shown this once.").waitFor();
  await tabTo(window, "Launch");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.getByText("Postern changes these lines and nothing else").waitFor();
  await tabTo(window, "Apply");
  await page.keyboard.press("Enter");
  await page.getByText("What was there before is kept.").waitFor();
  expect(readFileSync(path.join(home, ".gemini/.env"), "utf8")).toContain(`GOOGLE_GEMINI_BASE_URL=${window.postern.url}\n`);
});

test("the palette leads to a tool, and to a new key", async () => {
  await using window = await open("tools");
  const { page } = window;
  await page.getByText("No tool has a key yet").waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: /^Search pages/ }).fill("connect zed");
  await page.getByRole("option", { name: /Connect Zed/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Zed" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: /^Search pages/ }).fill("new key for a tool");
  await page.getByRole("option", { name: /New key for a tool/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "New key for a tool" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(new URL(page.url()).hash).toBe("#/tools");
});

/** Presses Tab until something of this name has the focus. */
async function tabTo({ page }: OpenedWindow, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
    });
    if (focused.startsWith(name) || (focused.length < 200 && focused.includes(name))) return;
  }
  throw new Error(`Cannot reach "${name}" with Tab`);
}
