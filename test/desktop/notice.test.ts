import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { eventually } from "../wire/eventually.ts";
import { startApp } from "./start-app.ts";

test("the window says what waits for the person, and does what helps", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  try {
    await using app = await startApp({ config: { gateway: { port } } });
    const page = await app.page();
    const notice = page.getByRole("status").filter({ hasText: "is in use by" });
    await notice.waitFor();
    await expect.poll(() => notice.textContent()).toContain(`Port ${port} is in use by`);
    await page.screenshot({ path: "test/window/.screenshots/desktop-port-taken.png" });
    await page.getByRole("button", { name: `Use port ${port + 1} instead` }).click();
    await notice.waitFor({ state: "detached" });
    await eventually(() => expect(app.state()).toBe(`● Running · 127.0.0.1:${port + 1}`));
    app.tools.press(app.menu(), "Pause for 1 hour");
    await page.getByRole("button", { name: "Resume now" }).click();
    await eventually(() => expect(app.state()).toMatch(/^● Running/));
    await page.evaluate(() => posternDesktop.stopGateway());
    await page.getByRole("button", { name: "Start gateway" }).click();
    await eventually(() => expect(app.state()).toMatch(/^● Running/));
    await page.getByRole("button", { name: "Start gateway" }).waitFor({ state: "detached" });
  } finally {
    other.close();
  }
});

test("About says how updates stand, and the app's own colours follow the setting", async () => {
  await using app = await startApp({ config: { appearance: { theme: "dark" } } });
  const page = await app.page();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  await page.evaluate(() => void (location.hash = "#/settings/about"));
  await page.getByText("This copy runs from its source; update it with git.").waitFor();
  expect(app.electron.nativeTheme.themeSource).toBe("dark");
  await app.admin("putSetting", { parameters: { section: "appearance", name: "theme" }, body: { value: "light" } });
  await eventually(() => expect(app.electron.nativeTheme.themeSource).toBe("light"));
  await page.screenshot({ path: "test/window/.screenshots/desktop-about.png" });
});
