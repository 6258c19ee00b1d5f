import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { passphrase, whyNoStoredKeys } from "../clients/add-key.ts";
import { guardByKey } from "../fakes/key-guard.ts";
import { inspectLook, type OpenedWindow, openWindow } from "../fakes/open-window.ts";
import { openAiStream } from "../fakes/openai-replies.ts";
import { json } from "../fakes/replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";

const key = "sk-proj-firstRun-Lp6cX1mG";
const usage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 };

let provider: ScriptedProvider;
let home: string;

beforeAll(async () => {
  provider = await startScriptedProvider();
});

afterAll(async () => await provider.close());

beforeEach(() => {
  guardByKey(provider, [key], ["text-embedding-3-small", "gpt-4o", "gpt-4o-mini"]);
  provider.always(openAiStream({ model: "gpt-4o-mini", deltas: ["A small ", "door ", "in a wall."], usage }));
  home = mkdtempSync(path.join(tmpdir(), "postern-test-home-"));
  return () => rmSync(home, { recursive: true, force: true });
});

const options = (config: Readonly<Record<string, unknown>> = {}) => ({
  config: {
    providers: { openai: { baseUrl: `${provider.origin}/v1` } },
    prices: { "openai/gpt-4o-mini": { input: 2.5, output: 10 } },
    ...config,
  },
  environment: { POSTERN_PASSPHRASE: passphrase, HOME: home, USERPROFILE: home },
});

/** Presses Tab until something of this name has the focus, as somebody without a mouse does. */
async function tabTo({ page }: OpenedWindow, name: RegExp): Promise<void> {
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press("Tab");
    const said = await page.evaluate(() => {
      const at = document.activeElement;
      return `${at?.getAttribute("aria-label") ?? ""} ${at?.textContent ?? ""} ${(at as HTMLInputElement | null)?.labels?.[0]?.textContent ?? ""}`;
    });
    if (name.test(said)) return;
  }
  throw new Error(`Cannot reach ${String(name)} by Tab`);
}

const settingOf = async (window: OpenedWindow): Promise<unknown> =>
  (await window.admin("listSettings", {})).settings.find(({ section, name }) => section === "window" && name === "firstRunDone")?.value;

describe.skipIf(whyNoStoredKeys !== null)("the first run", () => {
  test("leads from an empty folder to an answer and its cost, by the keyboard alone", async () => {
    await using window = await openWindow(options());
    const { page } = window;
    await page.getByRole("heading", { level: 1, name: "Welcome to Postern" }).waitFor();
    await page.getByRole("button", { name: "OpenAI" }).waitFor();
    expect(await inspectLook(page, "first-run-key")).toEqual([]);
    await tabTo(window, /^ ?OpenAI/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Add a key for OpenAI" }).waitFor();
    await page.keyboard.insertText(key);
    await page.keyboard.press("Enter");
    await page.getByText("1 provider is ready").waitFor();
    expect(await inspectLook(page, "first-run-ready")).toEqual([]);
    await tabTo(window, /Continue/);
    await page.keyboard.press("Enter");

    await page.getByRole("heading", { name: "Lead your tools here" }).waitFor();
    const address = new URL(window.postern.url).host;
    await page.getByText(`http://${address}/v1`, { exact: true }).waitFor();
    expect(await inspectLook(page, "first-run-tool")).toEqual([]);
    await tabTo(window, /Copy OpenAI base URL/);
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`http://${address}/v1`);
    await tabTo(window, /Continue/);
    await page.keyboard.press("Enter");

    await page.getByRole("heading", { name: "Send a request" }).waitFor();
    await expect.poll(() => page.getByRole("combobox", { name: "Model" }).inputValue()).toBe("@openai/gpt-4o-mini");
    await tabTo(window, /Your message/);
    await page.keyboard.press("Enter");
    await page.getByText("A small door in a wall.").waitFor();
    await page.getByText("$0.0035").waitFor();
    expect(await inspectLook(page, "first-run-test")).toEqual([]);
    const { calls } = await window.admin("listCalls", { query: {} });
    expect(calls[0]).toMatchObject({
      provider: "openai",
      modelServed: "gpt-4o-mini",
      keyName: "default",
      costMicroUsd: 3_500,
      streamed: true,
    });
    await tabTo(window, /Start using Postern/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Welcome to Postern" }).waitFor({ state: "hidden" });
    expect(await settingOf(window)).toBe(true);
    expect(await page.content()).not.toContain(key);
  }, 120_000);

  test("offers what lies in a .env file, and takes it from there", async () => {
    writeFileSync(path.join(home, ".env"), `OPENAI_API_KEY=${key}\n`);
    await using window = await openWindow(options());
    const { page } = window;
    await page.getByRole("heading", { name: "Found on this machine" }).waitFor();
    expect(await inspectLook(page, "first-run-found")).toEqual([]);
    await page.getByRole("button", { name: "Import 1 key" }).click();
    await page.getByText("1 provider is ready").waitFor();
    await page.getByText(path.join(home, ".env")).waitFor();
    expect(await inspectLook(page, "first-run-imported")).toEqual([]);
    expect((await window.admin("listKeys", {})).keys.map(({ provider: of, name }) => `${of} ${name}`)).toEqual(["openai default"]);
  });

  test("works without any key, with the model that is built in", async () => {
    await using window = await openWindow(options());
    const { page } = window;
    await page.getByRole("button", { name: "Continue without a key" }).click();
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await expect.poll(() => page.getByRole("combobox", { name: "Model" }).inputValue()).toBe("@postern/hello");
    // What was passed by is not ticked.
    expect(await page.getByRole("navigation", { name: "Steps" }).innerText()).not.toContain("(done)");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("$0.00").waitFor();
    await page
      .getByRole("region", { name: "Answer" })
      .getByText(/Postern/)
      .waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "Lead your tools here" }).waitFor();
  });

  test("says in the provider's words what did not work, and lets one try again", async () => {
    await using window = await openWindow(options());
    await window.admin("addKey", { parameters: { provider: "openai", name: "default" }, body: { secret: key } });
    provider.always(
      json(429, {
        error: { message: "You exceeded your current quota", type: "insufficient_quota", param: null, code: "insufficient_quota" },
      }),
    );
    const { page } = window;
    await window.goTo("first-run?step=test");
    await expect.poll(() => page.getByRole("combobox", { name: "Model" }).inputValue()).toBe("@openai/gpt-4o-mini");
    await page.getByRole("combobox", { name: "Model" }).fill("gpt-4o");
    await page.getByRole("option", { name: "@openai/gpt-4o", exact: true }).click();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("alert").getByText("You exceeded your current quota").waitFor();
    expect(await inspectLook(page, "first-run-failed")).toEqual([]);
    provider.always(openAiStream({ deltas: ["Now it does."], usage }));
    await page.getByRole("button", { name: "Send again" }).click();
    await page.getByText("Now it does.").waitFor();
    expect((await window.admin("listCalls", { query: { limit: 1 } })).calls[0]?.modelAsked).toContain("gpt-4o");
  });
});

test("the first run is skipped for good, and can be opened again", async () => {
  await using window = await openWindow(options());
  const { page } = window;
  await page.getByRole("button", { name: "Skip set-up" }).click();
  await page.getByRole("heading", { level: 1, name: "Welcome to Postern" }).waitFor({ state: "hidden" });
  expect(await settingOf(window)).toBe(true);
  await page.goto(window.origin);
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(await page.getByRole("heading", { level: 1 }).textContent()).not.toBe("Welcome to Postern");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: /^Search pages/ }).fill("first steps");
  await page.getByRole("option", { name: /Show the first steps/ }).click();
  await page.getByRole("heading", { level: 1, name: "Welcome to Postern" }).waitFor();
});

test("a model server on this machine is offered, and serves once it is accepted", async () => {
  await using server = await startScriptedProvider();
  server.route(
    "GET",
    "/v1/models",
    json(200, { object: "list", data: [{ id: "llama-3.2-1b", object: "model", created: 0, owned_by: "library" }] }),
  );
  server.always(openAiStream({ deltas: ["From this machine."] }));
  // Nothing listens there: what else runs on the machine of the test is not asked.
  const elsewhere = { baseUrl: "http://127.0.0.1:9/v1" };
  const providers = { vllm: { baseUrl: `${server.origin}/v1` }, ollama: elsewhere, "lm-studio": elsewhere, "llama-cpp": elsewhere };
  await using window = await openWindow(options({ discovery: { enabled: true }, providers }));
  const { page } = window;
  await page.getByText(/1 model$/).waitFor();
  expect(await inspectLook(page, "first-run-local")).toEqual([]);
  await page.getByRole("region", { name: "On this machine" }).getByRole("button", { name: "Use it" }).click();
  await page.getByText("1 provider is ready").waitFor();
  await page.getByRole("button", { name: "See an answer" }).click();
  await expect.poll(() => page.getByRole("combobox", { name: "Model" }).inputValue()).toBe("@vllm/llama-3.2-1b");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("From this machine.").waitFor();
});
