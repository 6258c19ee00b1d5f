import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { permissionsSchema } from "#shared/schema/grant.ts";
import { type OpenedWindow, openWindow } from "../fakes/open-window.ts";
import { openAi } from "../fakes/openai-replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";

// Who may call with which rights: keys are made, limited and ended, and whoever asks is let in, all from the page.

let provider: ScriptedProvider;

beforeAll(async () => {
  provider = await startScriptedProvider();
  provider.always(openAi());
});

afterAll(() => provider.close());

function open(at = "tools"): Promise<OpenedWindow> {
  return openWindow({
    at,
    config: {
      providers: { openai: { baseUrl: `${provider.origin}/v1` } },
      aliases: { cheap: { provider: "openai", model: "gpt-4o-mini" } },
    },
    environment: { OPENAI_API_KEY: "sk-scripted-0123456789abcdef" },
  });
}

/** What a tool does with its key. */
async function ask(window: OpenedWindow, key: string, model = "cheap", agent = "cline/3.9"): Promise<number> {
  const answer = await fetch(`${window.postern.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "user-agent": agent },
    body: JSON.stringify({ model, max_tokens: 50, messages: [{ role: "user", content: "hello" }] }),
  });
  await answer.text();
  return answer.status;
}

test("a key is made with a budget, shown once, used, and its bar moves", async () => {
  await using window = await open();
  const { page } = window;
  await page.getByText("No tool has a key yet").waitFor();

  await page.getByRole("button", { name: "New key" }).click();
  const sheet = page.getByRole("dialog", { name: "New key for a tool" });
  await sheet.getByRole("button", { name: "Make the key" }).click();
  await sheet.getByText("Give it a name: letters, digits and . _ -").waitFor();
  await sheet.getByLabel("Name").fill("ci-job");
  await sheet.getByRole("radio", { name: "Only these" }).first().click();
  await sheet.getByRole("button", { name: "cheap", exact: true }).click();
  await sheet.getByRole("button", { name: "Add a budget" }).click();
  await sheet.getByLabel("Amount").fill("0.5");
  await sheet.getByLabel("Requests a minute").fill("30");
  await sheet.getByRole("button", { name: "Make the key" }).click();

  const shown = page.getByRole("dialog", { name: "The key of ci-job" });
  const key = (await shown.locator("code").first().textContent()) ?? "";
  expect(key).toMatch(/^postern_\w{43}$/);
  // It cannot be seen again: Enter copies it, and no stray click may close it.
  await page.keyboard.press("Enter");
  await shown.getByRole("button", { name: "Copied" }).waitFor();
  await page.mouse.click(5, 5);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  await shown.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("listitem", { name: "ci-job" });
  await row.getByText("Only cheap, 30 requests a minute").waitFor();
  await row.getByText("Never used").waitFor();
  expect(await page.content()).not.toContain(key);

  const bar = row.getByRole("meter", { name: "Budget a day" });
  await bar.waitFor();
  await expect.poll(() => bar.getAttribute("aria-valuenow")).toBe("0");
  expect(await ask(window, key)).toBe(200);
  await row.getByText("1 request today").waitFor();
  await expect.poll(async () => Number(await bar.getAttribute("aria-valuenow"))).toBeGreaterThan(0);
  expect(await ask(window, key, "@openai/gpt-4o")).toBe(403);
});

test("rights are changed, paused with a way back, given a new key, and revoked with a word on what stops", async () => {
  await using window = await open();
  const { page } = window;
  const { key } = await window.admin("addGrant", { body: { name: "scripts", permissions: permissionsSchema.parse({}) } });
  const row = page.getByRole("listitem", { name: "scripts" });
  await row.getByText("Any model").waitFor();
  expect(await ask(window, key)).toBe(200);
  await row.getByText(/Last seen now/).waitFor();

  await row.getByRole("button", { name: "Edit scripts" }).click();
  const sheet = page.getByRole("dialog", { name: "What scripts may do" });
  await sheet.getByLabel("Requests a minute").fill("x");
  await sheet.getByRole("button", { name: "Save" }).click();
  await sheet.getByText("Write a number above 0").waitFor();
  await sheet.getByLabel("Requests a minute").fill("10");
  await sheet.getByText("More limits").click();
  await sheet.getByLabel("Note to yourself").fill("nightly");
  await sheet.getByRole("button", { name: "Save" }).click();
  await row.getByText("Any model, 10 requests a minute").waitFor();
  await row.getByText("nightly").waitFor();

  await row.getByRole("button", { name: "More for scripts" }).click();
  await page.getByRole("menuitem", { name: "Pause" }).click();
  await row.getByText("Paused").waitFor();
  expect(await ask(window, key)).toBe(401);
  await page.getByRole("button", { name: "Undo" }).click();
  await row.getByText("Active").waitFor();
  expect(await ask(window, key)).toBe(200);

  await row.getByRole("button", { name: "More for scripts" }).click();
  await page.getByRole("menuitem", { name: "New key…" }).click();
  await page.getByRole("button", { name: "Make a new key" }).click();
  const shown = page.getByRole("dialog", { name: "The key of scripts" });
  const next = (await shown.locator("code").first().textContent()) ?? "";
  await shown.getByRole("button", { name: "Done" }).click();
  expect([await ask(window, key), await ask(window, next)]).toEqual([401, 200]);

  await row.getByRole("button", { name: "More for scripts" }).click();
  await page.getByRole("menuitem", { name: "Revoke…" }).click();
  const question = page.getByRole("alertdialog", { name: "Revoke the key of “scripts”?" });
  await question.getByText("answers that are on their way to it").waitFor();
  await question.getByRole("button", { name: "Revoke scripts" }).click();
  await row.waitFor({ state: "detached" });
  expect(await ask(window, next)).toBe(401);
});

describe("whoever is refused", () => {
  test("comes up by itself, and is let in with limits by the keyboard alone", async () => {
    await using window = await open();
    const { page } = window;
    await page.getByText("No tool has a key yet").waitFor();
    const credential = "sk-clines-own-credential";
    expect(await ask(window, credential)).toBe(401);
    const card = page.getByRole("article", { name: "A program that calls itself “cline”" });
    await card.getByText("Brought a key of its own, which would become its key here").waitFor();
    await card.getByText("Asked for cheap").waitFor();
    expect(await page.content()).not.toContain(credential);

    await card.focus();
    await page.keyboard.press("l");
    const sheet = page.getByRole("dialog", { name: "Let cline in" });
    await sheet.waitFor();
    await expect.poll(() => sheet.getByLabel("Name").inputValue()).toBe("cline");
    await sheet.getByLabel("Name").focus();
    await page.keyboard.press("Enter");
    await sheet.waitFor({ state: "detached" });
    await page.getByRole("listitem", { name: "cline" }).getByText("Only cheap").waitFor();
    await card.waitFor({ state: "detached" });
    expect([await ask(window, credential), await ask(window, credential, "@openai/gpt-4o")]).toEqual([200, 403]);
  });

  test("is let in for one call, or refused for good", async () => {
    await using window = await open();
    const { page } = window;
    expect(await ask(window, "sk-once-0123456789", "cheap", "aider/0.9")).toBe(401);
    const card = page.getByRole("article", { name: "A program that calls itself “aider”" });
    await card.getByRole("button", { name: /Allow once/ }).click();
    await card.waitFor({ state: "detached" });
    expect([
      await ask(window, "sk-once-0123456789", "cheap", "aider/0.9"),
      await ask(window, "sk-once-0123456789", "cheap", "aider/0.9"),
    ]).toEqual([200, 401]);
    await card.waitFor();
    await card.focus();
    await page.keyboard.press("r");
    await card.waitFor({ state: "detached" });
    expect(await ask(window, "sk-once-0123456789", "cheap", "aider/0.9")).toBe(401);
    expect((await window.admin("listRequests", {})).requests).toEqual([]);
  });

  test("cannot write anything but text into the page", async () => {
    await using window = await open();
    const { page } = window;
    const name = "<img src=x onerror=alert(1)>";
    expect(await ask(window, "sk-evil-0123456789", `${name}`, `${name}/1.0`)).toBe(401);
    await page.getByRole("article").getByText(name).first().waitFor();
    await expect.poll(() => page.locator("article img").count()).toBe(0);
  });
});

test("where Postern cannot be reached, the page says so and comes back", async () => {
  await using window = await open();
  const { page } = window;
  await page.getByText("No tool has a key yet").waitFor();
  await page.route("**/admin/grants", (route) =>
    route.fulfill({ status: 500, json: { error: { code: "internal", message: "Cannot do this: broken" } } }),
  );
  await window.goTo("keys").catch(() => undefined);
  await page.reload();
  await window.goTo("tools");
  await page.getByRole("alert").getByText("Cannot do this: broken").waitFor();
  await page.unroute("**/admin/grants");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("No tool has a key yet").waitFor();
  await expect.poll(() => page.getByRole("alert").count()).toBe(0);
});
