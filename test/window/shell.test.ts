import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { inspectLook, openWindow, sizes } from "../fakes/open-window.ts";
import { startPostern } from "../fakes/start-postern.ts";

const done = { window: { firstRunDone: true } };
const soon = { timeout: 10_000 };

test("logging out locks the window in every tab, and a new link opens it where it was locked", async () => {
  await using window = await openWindow({ config: done, at: "usage" });
  const { page, admin } = window;
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: /^Search pages/ }).fill("log out");
  await page.getByRole("option", { name: "Log out" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "This window is locked" }).waitFor();
  await page.getByText("You are logged out.").waitFor();
  expect(await inspectLook(page, "locked")).toEqual([]);
  await page.reload();
  await page.getByRole("heading", { name: "This window is locked" }).waitFor();
  const { url } = await admin("createLogin", {});
  await page.evaluate((next) => void (location.href = next), url);
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  expect(page.url()).not.toContain("login");
  expect(await page.evaluate(() => history.length)).toBeLessThan(10);
  // Spent: in another browser it opens nothing.
  const stranger = await page.context().browser()?.newContext();
  const other = await stranger?.newPage();
  await other?.goto(url);
  await other?.getByText("This link was used already").waitFor();
  await stranger?.close();
});

test("the gateway's state and base URLs are always in sight, and go to the clipboard", async () => {
  await using window = await openWindow({ config: done });
  const { page, postern } = window;
  const address = new URL(postern.url).host;
  await page.getByRole("link", { name: `Gateway: Running ${address}` }).waitFor();
  const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  for (const [words, text] of [
    ["OpenAI base URL", `http://${address}/v1`],
    ["Anthropic base URL", `http://${address}`],
    ["curl to try it", `curl -N http://${address}/v1/chat/completions`],
  ] as const) {
    await page.getByRole("button", { name: "Copy base URL" }).click();
    await page.getByRole("menuitem", { name: words }).click();
    await expect.poll(copied, soon).toMatch(new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}`));
  }
  await page.keyboard.press("ControlOrMeta+Shift+c");
  await expect.poll(copied, soon).toBe(`http://${address}/v1`);
  await page.setViewportSize({ width: 800, height: 600 });
  await page.getByRole("link", { name: `Gateway: Running ${address}` }).waitFor();
  await page.getByRole("link", { name: "Models" }).waitFor();
  expect((await page.getByRole("complementary").boundingBox())?.width).toBe(56);
  await page.setViewportSize(sizes.normal);
});

test("a Postern that goes away is said, and its return shows by itself", async () => {
  const dataFolder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
  const first = await startPostern({ config: done, dataFolder, window: true });
  const window = await openWindow({ postern: first, at: "usage" });
  const { page } = window;
  const port = new URL(window.origin).port;
  await first.stop();
  await page.getByText("Postern does not answer").waitFor();
  await page.getByRole("link", { name: /^Gateway: Not reachable/ }).waitFor();
  expect(await inspectLook(page, "away")).toEqual([]);
  // Its logins went with it: the same port asks for a new one.
  const again = await startPostern({ config: done, dataFolder, window: true, arguments: ["--ui-port", port] });
  await page.getByRole("heading", { name: "This window is locked" }).waitFor({ timeout: 30_000 });
  await window.context.close();
  await again.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

test("an address of a chat or a provider that is not there says so and leads on", async () => {
  await using window = await openWindow({ config: done });
  const { page } = window;
  await page.evaluate(() => void (location.hash = "#/chat/nope"));
  await page.getByRole("alert").getByRole("button", { name: "New chat" }).click();
  await page.getByRole("heading", { level: 1, name: "New chat" }).waitFor();
  await page.evaluate(() => void (location.hash = "#/keys/nope"));
  const sheet = page.getByRole("dialog", { name: "There is no such provider" });
  await expect.poll(() => sheet.innerText()).toContain("“nope”");
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  expect(new URL(page.url()).hash).toBe("#/keys");
});

test("an address that names no page says so and leads on", async () => {
  await using window = await openWindow({ config: done });
  const { page } = window;
  await page.evaluate(() => void (location.hash = "#/nowhere"));
  await page.getByRole("heading", { name: "There is no such page" }).waitFor();
  expect(await inspectLook(page, "missing")).toEqual([]);
  await page.getByRole("link", { name: "Go to Chat" }).click();
  await page.getByRole("heading", { level: 1, name: "New chat" }).waitFor();
});
