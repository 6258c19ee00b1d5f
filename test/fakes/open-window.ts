import { mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import AxeBuilder from "@axe-core/playwright";
import type { BrowserContext, Page } from "playwright-core";
import type { AdminClient } from "#shared/contract/client.ts";
import { sharedBrowser } from "./browser.ts";
import { adminOf } from "./call-admin.ts";
import { type PosternOptions, type RunningPostern, startPostern } from "./start-postern.ts";

const startTimeoutMs = 10_000;
const pollMs = 20;

/** The sizes that the window must be good at. */
export const sizes = { normal: { width: 1280, height: 800 }, small: { width: 900, height: 600 } } as const;

/** What a window is opened with, beside what its Postern is started with. */
export interface OpenWindowOptions extends PosternOptions {
  /** Where it opens: `models?provider=openai`; the start page if it is left out. */
  readonly at?: string;
  readonly size?: keyof typeof sizes;
  readonly theme?: "light" | "dark";
  /** A Postern that runs already, and is left running. */
  readonly postern?: RunningPostern;
}

/** The window in a real Chromium, logged in to a real Postern. */
export interface OpenedWindow extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly postern: RunningPostern;
  /** The admin API over the owner's socket, for what a test prepares and for what it compares with. */
  readonly admin: AdminClient;
  readonly origin: string;
  /**
   * What went wrong that nobody sees: errors on the console, uncaught ones, what the content security policy refused, requests to
   * other origins. The window must close without any; a test that means to have some takes them out.
   */
  readonly complaints: string[];
  /** Goes to a page of the window: `goTo("keys")`. */
  goTo(hash: string): Promise<void>;
}

/**
 * Starts Postern with a window, logs in by the printed link, and opens a page. `await using window = await openWindow({ ... })`.
 *
 * @throws {Error} when it is closed with complaints
 */
export async function openWindow(options: OpenWindowOptions = {}): Promise<OpenedWindow> {
  const postern = options.postern ?? (await startPostern({ ...options, window: true }));
  const url = await createLogin(postern);
  const { origin } = new URL(url);
  const browser = await sharedBrowser();
  const context = await browser.newContext({
    viewport: sizes[options.size ?? "normal"],
    colorScheme: options.theme ?? "light",
    locale: "en-US",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = listen(page, origin);
  await page.goto(url);
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  const goTo = async (hash: string): Promise<void> => {
    await page.evaluate((next) => void (location.hash = next), `#/${hash}`);
    await page
      .locator(`main[data-page="${hash.split(/[/?]/, 1)[0] ?? ""}"] h1`)
      .first()
      .waitFor();
  };
  if (options.at !== undefined) await goTo(options.at);
  return {
    page,
    context,
    postern,
    admin: adminOf(postern),
    origin,
    complaints,
    goTo,
    async [Symbol.asyncDispose]() {
      await context.close();
      if (options.postern === undefined) await postern.stop();
      if (complaints.length > 0) throw new Error(`The window complained: ${complaints.join(" | ")}`);
    },
  };
}

/** What axe finds on the page as it stands, as words: an empty list is what one wants. */
export async function findBarriers(page: Page, options: { readonly onlyColours?: boolean } = {}): Promise<string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const { violations } = await (options.onlyColours === true ? axe.withRules("color-contrast") : axe.withTags(tags)).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${help} at ${target.join(" ")} (${failureSummary?.split("\n").slice(1).join("; ") ?? ""})`,
    ),
  );
}

/** Switches between the themes as the system would. */
export async function setSystemTheme(page: Page, theme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
  await page.locator(`html[data-theme="${theme}"]`).waitFor();
}

/** Keeps how the page looks, in test/window/.screenshots (which git does not). */
export async function keepLook(page: Page, name: string): Promise<void> {
  const folder = path.resolve(import.meta.dirname, "../window/.screenshots");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: "disabled", caret: "hide" });
}

/**
 * Looks at a page in both themes and both sizes: keeps four pictures, and gathers what axe finds and whether anything sticks
 * out to the side.
 */
export async function inspectLook(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const [sizeName, size] of Object.entries(sizes)) {
    await page.setViewportSize(size);
    for (const theme of ["light", "dark"] as const) {
      await setSystemTheme(page, theme);
      await keepLook(page, `${name}-${sizeName}-${theme}`);
      // A theme changes colours and nothing else.
      const barriers = await findBarriers(page, { onlyColours: theme === "dark" });
      found.push(...barriers.map((words) => `${sizeName} ${theme}: ${words}`));
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (overflow > 0) found.push(`${sizeName}: the page is ${String(overflow)} px too wide`);
  }
  await page.setViewportSize(sizes.normal);
  await setSystemTheme(page, "light");
  return found;
}

/** The window is served a moment after the gateway listens. */
async function createLogin(postern: RunningPostern): Promise<string> {
  const giveUpAtMs = performance.now() + startTimeoutMs;
  for (;;) {
    try {
      return (await adminOf(postern)("createLogin", {})).url;
    } catch (error) {
      if (performance.now() > giveUpAtMs) throw error;
      await wait(pollMs);
    }
  }
}

function listen(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    // Chromium writes a line for every refused call; what the page makes of it is for the test to see.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) complaints.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith("data:") && !url.startsWith("blob:")) complaints.push(`a request to ${url}`);
  });
  page.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return complaints;
}
