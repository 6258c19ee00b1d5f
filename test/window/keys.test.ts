import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { passphrase, whyNoStoredKeys } from "../clients/add-key.ts";
import { guardByKey } from "../fakes/key-guard.ts";
import { inspectLook, type OpenedWindow, openWindow } from "../fakes/open-window.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";

const good = "sk-proj-window-Vt5nQ8wZ";
const next = "sk-proj-rotated-Cm2xK7eR";
const bad = "sk-proj-refused-Yb9hL4sD";

let provider: ScriptedProvider;
let home: string;

beforeAll(async () => {
  provider = await startScriptedProvider();
  guardByKey(provider, [good, next]);
  home = mkdtempSync(path.join(tmpdir(), "postern-test-home-"));
});

afterAll(async () => {
  await provider.close();
  rmSync(home, { recursive: true, force: true });
});

const options = (environment: Readonly<Record<string, string>> = {}) => ({
  config: {
    providers: { openai: { baseUrl: `${provider.origin}/v1` } },
    prices: { "openai/gpt-4o": { input: 2.5, output: 10 } },
    window: { firstRunDone: true },
  },
  environment: { POSTERN_PASSPHRASE: passphrase, HOME: home, USERPROFILE: home, ...environment },
});

/** Everywhere that a page can leave something. */
async function leftovers({ page }: OpenedWindow): Promise<string> {
  return page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      ...[...document.querySelectorAll("input, textarea")].map((field) => (field as HTMLInputElement).value),
      ...[localStorage, sessionStorage].flatMap((storage) =>
        Array.from({ length: storage.length }, (_, at) => storage.getItem(storage.key(at) ?? "")),
      ),
      location.href,
      JSON.stringify(history.state),
    ].join("\n"),
  );
}

async function ask({ postern }: OpenedWindow): Promise<number> {
  const response = await fetch(`${postern.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${postern.key}`, "content-type": "application/json", "x-portkey-retry": "0" },
    body: JSON.stringify({ model: "@openai/gpt-4o", messages: [{ role: "user", content: "Hi" }] }),
  });
  await response.text();
  return response.status;
}

describe.skipIf(whyNoStoredKeys !== null)("the Keys page", () => {
  test("adds, tests, rotates, renames and removes a key, and keeps none of it", async () => {
    await using window = await openWindow({ ...options(), at: "keys" });
    const { page } = window;
    await page.getByRole("heading", { name: "No provider key yet" }).waitFor();
    expect(await inspectLook(page, "keys-empty")).toEqual([]);

    await page.getByRole("button", { name: "Add key" }).first().click();
    await page.getByRole("dialog", { name: "Add a key" }).waitFor();
    expect(await inspectLook(page, "keys-choose")).toEqual([]);
    await page.keyboard.type("opena");
    await page.keyboard.press("Enter");
    const add = page.getByRole("dialog", { name: "Add a key for OpenAI" });
    await add.getByLabel("Key", { exact: true }).fill(bad);
    await add.getByRole("button", { name: "Test and save" }).click();
    await add.getByRole("alert").getByText("Not stored. OpenAI refused the key: it answered 401.").waitFor();
    expect(await inspectLook(page, "keys-refused")).toEqual([]);
    expect((await window.admin("listKeys", {})).keys).toEqual([]);
    await add.getByLabel("Key", { exact: true }).fill(good);
    await add.getByRole("button", { name: "Test and save" }).click();

    const sheet = page.getByRole("dialog", { name: "OpenAI", exact: true });
    await sheet.getByText("Works").waitFor();
    await add.waitFor({ state: "hidden" });
    expect(await ask(window)).toBe(200);
    await sheet.getByText("$0.0035").waitFor();
    expect(await inspectLook(page, "keys-sheet")).toEqual([]);

    await sheet.getByRole("button", { name: "More for key default" }).click();
    await page.getByRole("menuitem", { name: "Rotate…" }).click();
    const rotate = page.getByRole("dialog", { name: "Rotate key default" });
    await rotate.getByLabel("New key").fill(bad);
    await rotate.getByRole("button", { name: "Rotate" }).click();
    await rotate.getByText("Not rotated: the old key still serves.").waitFor();
    expect(await inspectLook(page, "keys-rotate")).toEqual([]);
    await rotate.getByLabel("New key").fill(next);
    await rotate.getByRole("button", { name: "Rotate" }).click();
    await rotate.waitFor({ state: "hidden" });
    await sheet.getByText(`…${next.slice(-4)}`).waitFor();

    await sheet.getByRole("button", { name: "More for key default" }).click();
    await page.getByRole("menuitem", { name: "Rename…" }).click();
    const rename = page.getByRole("dialog", { name: "Rename key default" });
    await rename.getByLabel("New name").fill("work");
    await rename.getByRole("button", { name: "Rename" }).click();
    await sheet.getByRole("heading", { name: "work" }).waitFor();

    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: /OpenAI/ }).waitFor();
    expect(await inspectLook(page, "keys-list")).toEqual([]);
    await page.getByRole("link", { name: /OpenAI/ }).click();
    await sheet.getByRole("button", { name: "More for key work" }).click();
    await page.getByRole("menuitem", { name: "Remove…" }).click();
    const confirm = page.getByRole("alertdialog", { name: "Remove key work of OpenAI?" });
    await confirm.getByText("This cannot be undone").waitFor();
    expect(await inspectLook(page, "keys-remove")).toEqual([]);
    await confirm.getByRole("button", { name: "Remove key work" }).click();
    await sheet.getByText("No key yet.").waitFor();
    expect((await window.admin("listKeys", {})).keys).toEqual([]);
    expect(await leftovers(window)).not.toMatch(new RegExp([good, next, bad].join("|")));
  }, 180_000);

  test("imports from a .env file in the home folder, which it leaves alone, and from what is pasted", async () => {
    const dotEnv = `OPENAI_API_KEY=${good}\nGROQ_API_KEY=gsk_windowFile-Rk3tB6\n`;
    writeFileSync(path.join(home, ".env"), dotEnv);
    await using window = await openWindow({ ...options(), at: "keys" });
    const { page } = window;
    await page.getByRole("button", { name: "Import…" }).first().click();
    const dialog = page.getByRole("dialog", { name: "Import keys" });
    await dialog.getByText("OPENAI_API_KEY", { exact: true }).waitFor();
    expect(await inspectLook(page, "keys-import")).toEqual([]);
    expect(await leftovers(window)).not.toContain(good);
    await dialog.getByRole("checkbox", { name: /Groq/ }).click();
    await dialog.getByRole("button", { name: "Import 1 key" }).click();
    await dialog.getByText("1 key is stored").waitFor();
    await dialog.getByText("Works").waitFor();
    await dialog.getByText(`OPENAI_API_KEY in ${path.join(home, ".env")}`).waitFor();
    expect(await inspectLook(page, "keys-imported")).toEqual([]);
    expect(readFileSync(path.join(home, ".env"), "utf8")).toBe(dotEnv);

    await dialog.getByRole("button", { name: "Import more" }).click();
    await dialog.getByRole("tab", { name: "Paste" }).click();
    await dialog.getByRole("textbox").fill(`export ANTHROPIC_API_KEY="sk-ant-pasted-Wd8fJ2pN"\nsk-0123456789abcdef0123456789abcdef\n`);
    await dialog.getByRole("button", { name: "Find keys in it" }).click();
    await dialog.getByText("Anthropic", { exact: true }).waitFor();
    expect(await inspectLook(page, "keys-paste")).toEqual([]);
    await dialog.getByRole("combobox", { name: "Whose key is line 2?" }).click();
    await page.getByRole("option", { name: "DeepSeek" }).click();
    await dialog.getByRole("button", { name: "Import 2 keys" }).click();
    await dialog.getByText("2 keys are stored").waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("link", { name: /DeepSeek/ }).waitFor();
    const { keys } = await window.admin("listKeys", {});
    expect(keys.map((key) => `${key.provider} ${key.lastFour}`).toSorted((one, other) => one.localeCompare(other))).toEqual([
      "anthropic J2pN",
      "deepseek cdef",
      `openai ${good.slice(-4)}`,
    ]);
    expect(await leftovers(window)).not.toMatch(/sk-ant-pasted|0123456789abcdef|sk-proj-window/);
  }, 120_000);

  test("does everything by the keyboard, and finds a provider's key under another one's name", async () => {
    await using window = await openWindow({ ...options(), at: "keys" });
    const { page } = window;
    await page.getByRole("button", { name: "Add key" }).first().focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Add a key" }).waitFor();
    await page.keyboard.type("groq");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Add a key for Groq" }).waitFor();
    await page.keyboard.insertText(good);
    await page.getByText("This looks like a key of OpenAI.").waitFor();
    const other = page.getByRole("button", { name: "Add it for OpenAI" });
    for (let step = 0; step < 6 && !(await other.evaluate((element) => element === document.activeElement)); step++)
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Add a key for OpenAI" }).waitFor();
    await page.keyboard.insertText(good);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "OpenAI", exact: true }).getByText("Works").waitFor();
    await page.getByRole("dialog", { name: "Add a key for OpenAI" }).waitFor({ state: "hidden" });
    await page.keyboard.press("Escape");
    await expect.poll(() => page.evaluate(() => location.hash)).toBe("#/keys");
    await page.getByRole("searchbox", { name: "Search providers" }).focus();
    await page.keyboard.type("mistral");
    await page.getByRole("button", { name: /Mistral/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: /OpenAI/ }).waitFor();
  });

  test("adds a provider of one's own, changes and removes it, and binds a key that waits", async () => {
    await using window = await openWindow({ ...options(), at: "keys" });
    const { page } = window;
    await page.getByRole("button", { name: "Add a provider of your own" }).click();
    const dialog = page.getByRole("dialog", { name: "A provider of your own" });
    await dialog.getByLabel("Name").fill("My Server");
    await dialog.getByLabel("Base URL").fill(`${provider.origin}/v1`);
    expect(await inspectLook(page, "keys-custom")).toEqual([]);
    await dialog.getByRole("button", { name: "Add provider" }).click();
    const sheet = page.getByRole("dialog", { name: "My Server", exact: true });
    await sheet.getByText("my-server", { exact: true }).waitFor();
    await sheet.getByRole("button", { name: "Add key" }).click();
    const add = page.getByRole("dialog", { name: "Add a key for My Server" });
    await add.getByLabel("Key", { exact: true }).fill(good);
    await add.getByRole("button", { name: "Test and save" }).click();
    await sheet.getByText("Works").waitFor();

    await sheet.getByRole("button", { name: "More for My Server" }).click();
    await page.getByRole("menuitem", { name: "Edit…" }).click();
    const edit = page.getByRole("dialog", { name: "Edit My Server" });
    await edit.getByLabel("Base URL").fill(`http://localhost:${String(provider.port)}/v1`);
    await edit.getByRole("button", { name: "Save" }).click();
    await sheet.getByText("This key waits").waitFor();
    expect(await inspectLook(page, "keys-waits")).toEqual([]);
    await sheet.getByRole("button", { name: /Let it go to/ }).click();
    await sheet.getByText("This key waits").waitFor({ state: "hidden" });

    await sheet.getByRole("button", { name: "More for My Server" }).click();
    await page.getByRole("menuitem", { name: "Remove provider…" }).click();
    const removal = page.getByRole("alertdialog", { name: "Remove My Server?" });
    await expect.poll(() => removal.getByRole("switch", { name: "Remove its key too" }).isChecked()).toBe(true);
    await removal.getByRole("button", { name: "Remove My Server" }).click();
    await sheet.waitFor({ state: "hidden" });
    await page.waitForURL((url) => url.hash === "#/keys");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    const isThere = async (): Promise<boolean> => (await window.admin("listProviders", {})).providers.some(({ id }) => id === "my-server");
    await expect.poll(isThere).toBe(false);
    expect((await window.admin("listKeys", {})).keys.filter(({ provider: of }) => of === "my-server")).toEqual([]);
  });

  test("says what it could not read, and reads it again", async () => {
    await using window = await openWindow({ ...options(), at: "keys" });
    const { page } = window;
    await page.route("**/admin/providers", (route) =>
      route.fulfill({ status: 500, json: { error: { code: "internal", message: "Cannot do this" } } }),
    );
    await page.reload();
    await page.getByRole("alert").getByText("Cannot do this").waitFor();
    expect(await inspectLook(page, "keys-error")).toEqual([]);
    await page.unroute("**/admin/providers");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "No provider key yet" }).waitFor();
  });

  test("tells where an environment's key comes from, and that a provider refuses it", async () => {
    await using window = await openWindow({ ...options({ OPENAI_API_KEY: bad }), at: "keys" });
    const { page } = window;
    await page.getByRole("link", { name: /OpenAI/ }).waitFor();
    expect(await ask(window)).toBe(401);
    await page.getByText(/Refused since/).waitFor();
    await page.getByRole("link", { name: /OpenAI/ }).click();
    await page.getByRole("definition").getByText("OPENAI_API_KEY", { exact: true }).waitFor();
    expect(await inspectLook(page, "keys-environment")).toEqual([]);
  });
});

test.skipIf(whyNoStoredKeys !== null)("a machine without a safe place for keys is told so, and gets one", async () => {
  const { environment, ...rest } = options();
  const { POSTERN_PASSPHRASE: _none, ...others } = environment;
  await using window = await openWindow({ ...rest, environment: others, at: "keys" });
  const { page } = window;
  await page.getByText("There is no safe place for keys yet").waitFor();
  expect(await inspectLook(page, "keys-no-vault")).toEqual([]);
  // Who adds a key learns of it before the key is typed.
  await page.getByRole("button", { name: "Add key" }).first().click();
  const adding = page.getByRole("dialog", { name: "Add a key" });
  await adding.getByText("There is no safe place for keys yet").waitFor();
  expect(await inspectLook(page, "keys-no-vault-add")).toEqual([]);
  await adding.getByRole("button", { name: "Keep keys in an encrypted file" }).click();
  const dialog = page.getByRole("dialog", { name: "Keep keys in an encrypted file" });
  await dialog.getByLabel("Passphrase").fill(passphrase);
  await dialog.getByRole("button", { name: "Keep keys in an encrypted file" }).click();
  await dialog.waitFor({ state: "hidden" });
  await adding.waitFor();
  await expect.poll(() => page.getByText("There is no safe place for keys yet").count()).toBe(0);
  expect(await leftovers(window)).not.toContain(passphrase);
});
