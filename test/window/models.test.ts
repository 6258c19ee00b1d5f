import { readFileSync } from "node:fs";
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { json, status } from "../fakes/replies.ts";
import { inspectLook, openWindow } from "../fakes/open-window.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { famousModels, type ModelsWorld, sketchModel, startModelsWorld } from "./models-world.ts";

let world: ModelsWorld;
let postern: RunningPostern;

beforeAll(async () => {
  world = await startModelsWorld();
  postern = await startPostern({ ...world.options, window: true });
});

afterAll(async () => {
  await postern.stop();
  await world[Symbol.asyncDispose]();
});

function rows(page: Page): Locator {
  // Behind a sheet the grid has no role.
  return page.locator("[role=grid] [data-model]");
}

function row(page: Page, slug: string): Locator {
  return page.locator(`[data-model="${slug}"]`);
}

/** The names of the rows in sight, from the top. */
async function names(page: Page): Promise<string[]> {
  const shown = await rows(page).evaluateAll((elements) =>
    elements
      .map((element) => ({ top: element.getBoundingClientRect().top, slug: (element as HTMLElement).dataset["model"] ?? "" }))
      .sort((one, other) => one.top - other.top),
  );
  return shown.map(({ slug }) => slug);
}

function filters(page: Page): Locator {
  return page.getByRole("group", { name: "Filters" });
}

function count(page: Page): Locator {
  return page.getByText(/^[\d,]+ (of [\d,]+ )?models?$/);
}

const whole = 44;
/** Four pictures and four checks, in milliseconds. */
const looking = 180_000;
/** Machines that do much else at once are slow. */
const patience = { timeout: 15_000 };

describe("the table of models", () => {
  test(
    "has every model, the newest first, with what is known of each",
    async () => {
      await using window = await openWindow({ postern, at: "models" });
      const { page } = window;
      await count(page)
        .filter({ hasText: `${String(whole)} models` })
        .waitFor();
      await expect.poll(() => page.getByRole("grid").getAttribute("aria-rowcount")).toBe(String(whole + 1));
      expect((await names(page)).slice(1, 3)).toEqual(["anthropic/claude-haiku-4-5", "z-ai/glm-4-6"]);
      const sonnet = row(page, "anthropic/claude-sonnet-4-5");
      const cells = sonnet.getByRole("gridcell");
      const said = await cells.evaluateAll((all) => all.map((cell) => cell.getAttribute("aria-label") ?? (cell as HTMLElement).innerText));
      expect(said.map((text) => text.replaceAll(/\s+/g, " ").trim()).slice(2)).toEqual([
        "Claude Sonnet 4.5 anthropic/claude-sonnet-4.5",
        expect.stringMatching(/^2 providers: Anthropic, OpenRouter/) as string,
        "Tools, Vision, Reasoning, Structured output, Prompt caching",
        "200K",
        "$3",
        "$15",
        "Sep 2025",
      ]);
      expect(await inspectLook(page, "models-list")).toEqual([]);
    },
    looking,
  );

  test("finds words in names, makers, providers and ids at each key, the closest first", async () => {
    await using window = await openWindow({ postern, at: "models" });
    const { page } = window;
    const field = page.getByRole("searchbox", { name: "Search models" });
    await field.pressSequentially("gpt-5");
    await expect.poll(() => names(page), patience).toEqual(["openai/gpt-5", "openai/gpt-5-mini", "openai/gpt-5-nano"]);
    await field.fill("flash GEMINI");
    await expect.poll(() => names(page), patience).toEqual(["google/gemini-2-5-flash"]);
    await field.fill("moonshot");
    await expect.poll(() => names(page), patience).toEqual(["moonshotai/kimi-k2-0905"]);
    await field.fill("deepinfra llama");
    await expect.poll(() => names(page), patience).toEqual(["meta-llama/llama-3-1-8b-instruct"]);
    await field.fill("claude-sonnet-4-5-20250929");
    await expect.poll(() => names(page), patience).toEqual(["anthropic/claude-sonnet-4-5"]);
    await field.fill("no such thing");
    await page.getByRole("heading", { name: "No model is like that" }).waitFor();
    await page.getByRole("button", { name: "Clear search and filters" }).click();
    await count(page)
      .filter({ hasText: `${String(whole)} models` })
      .waitFor();
  });

  test("sorts by a press on a column, and the other way by another", async () => {
    await using window = await openWindow({ postern, at: "models?callable=true" });
    const { page } = window;
    const header = page.getByRole("columnheader", { name: "Output $/M" });
    await header.getByRole("button").click();
    await expect.poll(() => header.getAttribute("aria-sort"), patience).toBe("ascending");
    expect((await names(page)).slice(0, 3)).toEqual([
      "openai/gpt-oss-20b",
      "openai/text-embedding-3-large",
      "meta-llama/llama-3-1-8b-instruct",
    ]);
    await header.getByRole("button").click();
    await expect.poll(() => header.getAttribute("aria-sort"), patience).toBe("descending");
    expect((await names(page))[0]).toMatch(/opus/);
    // What nobody knows the price of stands last in either direction.
    expect(await page.evaluate(() => location.hash)).toContain("sort=output-price");
    await page.getByRole("columnheader", { name: "Context" }).getByRole("button").click();
    await expect.poll(async () => (await names(page))[0], patience).toBe("x-ai/grok-4-fast");
  });
});

describe("filters", () => {
  test.each([
    [
      "capabilities=reasoning,vision&max_output_price=3",
      ["google/gemini-2-5-flash", "openai/gpt-5-mini", "openai/gpt-5-nano", "qwen/qwen3-vl-235b-a22b-thinking", "x-ai/grok-4-fast"],
    ],
    ["modality=audio", ["google/gemini-2-5-pro", "google/gemini-2-5-flash", "openai/whisper-large-v3"]],
    ["modality=-%3Eimage&text=gpt", ["openai/gpt-image-1"]],
    ["modality=-%3Eembedding", ["openai/text-embedding-3-large"]],
    ["min_context=1000000&provider=x-ai,meta-llama", ["x-ai/grok-4-fast", "meta-llama/llama-4-maverick"]],
    ["free=true&open=true&provider=openai", ["openai/gpt-oss-20b"]],
    ["max_price=0.05&provider=openai", ["openai/gpt-5-nano", "openai/gpt-oss-120b", "openai/gpt-oss-20b"]],
    ["gateway=deepinfra", ["meta-llama/llama-3-1-8b-instruct"]],
    ["provider=nobody", ["nobody/unpriced"]],
  ])("%s in the URL narrows the table, and shows as pills", async (search, expected) => {
    await using window = await openWindow({ postern, at: `models?${search}` });
    const { page } = window;
    await expect
      .poll(async () => new Set((await names(page)).map((slug) => slug.replace(/:free$/, ""))), patience)
      .toEqual(new Set(expected));
    await expect.poll(() => page.getByRole("button", { name: /^Remove filter/ }).count()).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect.poll(() => page.evaluate(() => location.hash), patience).not.toContain("=true");
    await expect.poll(() => page.getByRole("button", { name: /^Remove filter/ }).count()).toBe(0);
  });

  test(
    "are set by hand, go away one by one, and come back with the URL",
    async () => {
      await using window = await openWindow({ postern, at: "models" });
      const { page } = window;
      await filters(page).getByRole("button", { name: "Capabilities" }).click();
      await page.getByRole("checkbox", { name: /^Vision/ }).click();
      await page.getByRole("checkbox", { name: /^Open weights/ }).click();
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Capabilities: Vision, Open weights" }).waitFor();
      await filters(page).getByRole("button", { name: "Context", exact: true }).click();
      const slider = page.getByRole("slider", { name: "Context of at least" });
      await slider.focus();
      for (let step = 0; step < 8; step++) await page.keyboard.press("ArrowRight");
      await page.getByRole("button", { name: "Context: at least 256K" }).waitFor();
      const typed = page.getByRole("textbox", { name: "Context of at least, in tokens" });
      await typed.fill("100k");
      await typed.press("Enter");
      await page.getByRole("button", { name: "Context: at least 100K" }).waitFor();
      await page.keyboard.press("Escape");
      await filters(page).getByRole("button", { name: "Made by" }).click();
      await page.getByRole("searchbox", { name: "Search makers" }).fill("goo");
      await page.getByRole("checkbox", { name: "Google" }).click();
      expect(await inspectLook(page, "models-filter")).toEqual([]);
      await page.keyboard.press("Escape");
      await expect
        .poll(async () => new Set((await names(page)).map((slug) => slug.replace(/:free$/, ""))))
        .toEqual(new Set(["google/gemma-3-27b-it"]));
      const hash = await page.evaluate(() => location.hash);
      await page.getByRole("button", { name: "Remove filter Made by" }).click();
      await expect.poll(async () => (await names(page)).length, patience).toBeGreaterThan(2);
      await page.goBack();
      await page.getByRole("button", { name: "Made by: Google" }).waitFor();
      await page.reload();
      await page.getByRole("button", { name: "Made by: Google" }).waitFor();
      expect(await page.evaluate(() => location.hash)).toBe(hash);
      await expect
        .poll(async () => new Set((await names(page)).map((slug) => slug.replace(/:free$/, ""))), patience)
        .toEqual(new Set(["google/gemma-3-27b-it"]));
    },
    looking,
  );

  test("of what was typed comes back with the URL too, and leaves no trail of keys to go back through", async () => {
    await using window = await openWindow({ postern, at: "keys" });
    const { page } = window;
    await window.goTo("models");
    await page.getByRole("searchbox", { name: "Search models" }).pressSequentially("kimi");
    await expect.poll(() => page.evaluate(() => location.hash), patience).toContain("text=kimi");
    await page.reload();
    await expect.poll(() => names(page), patience).toEqual(["moonshotai/kimi-k2-0905"]);
    await expect.poll(() => page.getByRole("searchbox", { name: "Search models" }).inputValue()).toBe("kimi");
    await page.goBack();
    await expect.poll(() => page.evaluate(() => location.hash), patience).toContain("#/keys");
  });
});

describe("one model", () => {
  test(
    "opens with every offer, its hosts, what Hugging Face counts, and no harm from what lists say",
    async () => {
      await using window = await openWindow({ postern, at: "models" });
      const { page } = window;
      await row(page, "deepseek/deepseek-chat-v3-1").click();
      const sheet = page.getByRole("dialog", { name: "DeepSeek V3.1" });
      await sheet.getByText("685B").waitFor();
      await expect.poll(() => sheet.getByText("312K").count()).toBe(1);
      await sheet.getByRole("button", { name: "Show more" }).click();
      await sheet.getByText("<img src=x onerror=alert(1)>").waitFor();
      await expect
        .poll(() => sheet.getByRole("region", { name: "Offers" }).innerText())
        .toMatch(/OpenRouter\s*Ready\s*deepseek\/deepseek-chat-v3.1/);
      expect(await inspectLook(page, "models-sheet")).toEqual([]);
      await page.keyboard.press("Escape");
      await sheet.waitFor({ state: "detached" });
      expect(await page.evaluate(() => location.hash)).toBe("#/models");

      await window.page.evaluate(() => void (location.hash = "#/models/openai/gpt-4o"));
      const hosts = page.getByRole("region", { name: "Hosts" });
      await hosts.waitFor();
      expect((await hosts.getByRole("row").last().innerText()).replaceAll(/\s+/g, " ")).toBe("Azure $2.50 $10 125K 99.5% 812ms 45 tok/s");
    },
    looking,
  );

  test("is one click from a chat, an alias and a snippet that runs", async () => {
    await using window = await openWindow({ postern, at: "models" });
    const { page } = window;
    await row(page, "anthropic/claude-sonnet-4-5").click();
    const sheet = page.getByRole("dialog", { name: "Claude Sonnet 4.5" });
    await sheet.getByRole("button", { name: "Copy snippet" }).click();
    const dialog = page.getByRole("dialog", { name: "Call Claude Sonnet 4.5" });
    await dialog.getByRole("tab", { name: "Python" }).click();
    const code = dialog.getByRole("region", { name: "Python" });
    await expect.poll(() => code.innerText()).toContain(`OpenAI(base_url="${postern.url}/v1", api_key=os.environ["POSTERN_API_KEY"])`);
    await expect.poll(() => code.innerText()).toContain('model="@anthropic/claude-sonnet-4-5-20250929"');
    await dialog.getByRole("tab", { name: "Environment" }).click();
    await dialog.getByRole("button", { name: "Copy Environment" }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("OPENAI_MODEL='@anthropic/claude-sonnet-4-5-20250929'");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await sheet.getByRole("button", { name: "Actions for OpenRouter" }).click();
    await page.getByRole("menuitem", { name: "Make an alias" }).click();
    await expect
      .poll(() => page.evaluate(() => decodeURIComponent(location.hash)))
      .toBe("#/aliases?new=openrouter/anthropic/claude-sonnet-4.5");
    await page.goBack();
    await sheet.getByRole("button", { name: "Chat with it" }).click();
    await expect.poll(() => page.evaluate(() => decodeURIComponent(location.hash)), patience).toContain("#/chat");
  });

  test("that no list has any more says so", async () => {
    await using window = await openWindow({ postern, at: "models" });
    await window.page.evaluate(() => void (location.hash = "#/models/nobody/nothing"));
    const sheet = window.page.getByRole("dialog", { name: "There is no such model" });
    await sheet.waitFor();
    await expect.poll(() => sheet.getByRole("button", { name: "Chat with it" }).count()).toBe(0);
  });
});

describe("comparing", () => {
  test(
    "puts up to four side by side, marks the best, and can leave out what is the same",
    async () => {
      await using window = await openWindow({ postern, at: "models?text=gpt-5" });
      const { page } = window;
      await row(page, "openai/gpt-5").getByRole("button", { name: "Compare: GPT-5" }).click();
      await row(page, "openai/gpt-5-mini")
        .getByRole("button", { name: /^Compare/ })
        .click();
      await page.getByRole("searchbox", { name: "Search models" }).fill("claude");
      await row(page, "anthropic/claude-opus-4-1")
        .getByRole("button", { name: /^Compare/ })
        .click();
      await row(page, "anthropic/claude-haiku-4-5")
        .getByRole("button", { name: /^Compare/ })
        .click();
      await row(page, "anthropic/claude-sonnet-4-5")
        .getByRole("button", { name: /^Compare/ })
        .click();
      await page.getByText("Only 4 models can stand side by side").first().waitFor();
      await page.getByRole("region", { name: "Comparison" }).getByRole("button", { name: "Compare 4" }).click();
      const table = page.getByRole("dialog", { name: "Models side by side" }).getByRole("table");
      const line = async (name: string): Promise<string[]> =>
        (
          await table
            .getByRole("row")
            .filter({ has: page.getByRole("rowheader", { name, exact: true }) })
            .getByRole("cell")
            .allInnerTexts()
        ).map((text) => text.replaceAll(/\s+/g, " ").trim());
      expect(await line("Input")).toEqual(["$1.25", "$0.25 Best", "$15", "$1"]);
      expect(await line("Made by")).toEqual(["OpenAI", "OpenAI", "Anthropic", "Anthropic"]);
      expect(await inspectLook(page, "models-compare")).toEqual([]);
      await page.getByRole("switch", { name: "Only what differs" }).click();
      await expect.poll(() => table.getByRole("row", { name: "Reasoning" }).count(), patience).toBe(0);
      await page.keyboard.press("Escape");
      await page.reload();
      await page.getByRole("button", { name: "Take GPT-5 Mini out of the comparison" }).click();
      await page.getByRole("button", { name: "Compare 3" }).waitFor();
    },
    looking,
  );
});

describe("favourites", () => {
  test("come first, survive a restart, and are what calls can name", async () => {
    await using other = await startModelsWorld();
    await using window = await openWindow({ ...other.options, at: "models" });
    const { page } = window;
    await row(page, "anthropic/claude-sonnet-4-5")
      .getByRole("button", { name: /^Favourite/ })
      .click();
    await row(page, "x-ai/grok-4-fast")
      .getByRole("button", { name: /^Favourite/ })
      .click();
    const file = path.join(window.postern.dataFolder, "config.json");
    const kept = (): unknown => (JSON.parse(readFileSync(file, "utf8")) as { favourites?: unknown }).favourites;
    await expect
      .poll(() => kept(), patience)
      .toEqual({ models: ["@anthropic/claude-sonnet-4-5-20250929", "@openrouter/x-ai/grok-4-fast"] });
    await page.reload();
    await expect.poll(async () => (await names(page)).slice(0, 2), patience).toEqual(["anthropic/claude-sonnet-4-5", "x-ai/grok-4-fast"]);
    await page.getByRole("button", { name: "Favourites" }).click();
    await expect.poll(() => names(page), patience).toEqual(["anthropic/claude-sonnet-4-5", "x-ai/grok-4-fast"]);
    const star = row(page, "x-ai/grok-4-fast").getByRole("button", { name: /^Favourite/ });
    await expect.poll(() => star.getAttribute("aria-pressed")).toBe("true");
    await star.click();
    await expect.poll(() => star.getAttribute("aria-pressed"), patience).toBe("false");
    await expect.poll(() => kept(), patience).toEqual({ models: ["@anthropic/claude-sonnet-4-5-20250929"] });
  });
});

describe("by keyboard alone", () => {
  test("one searches, walks, opens, compares, stars, copies and makes an alias", async () => {
    await using other = await startModelsWorld();
    await using window = await openWindow({ ...other.options, at: "models" });
    const { page } = window;
    await rows(page).first().waitFor();
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.getAttribute("data-cell") ?? "");
    await page.keyboard.press("/");
    await page.keyboard.type("llama 3");
    await page.keyboard.press("ArrowDown");
    await expect.poll(focused, patience).toBe("0:2");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await expect.poll(focused, patience).toBe("1:3");
    await page.keyboard.press("Home");
    await expect.poll(focused, patience).toBe("1:0");
    await page.keyboard.press("End");
    await expect.poll(focused, patience).toBe("1:8");
    const [, second = ""] = await names(page);
    await page.keyboard.press(" ");
    await page.getByRole("region", { name: "Comparison" }).waitFor();
    await page.keyboard.press("s");
    await expect
      .poll(() =>
        row(page, second)
          .getByRole("button", { name: /^Favourite/ })
          .getAttribute("aria-pressed"),
      )
      .toBe("true");
    await page.keyboard.press("c");
    await page.getByText(/^Copied: /).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^meta-llama\/llama-3/);
    await page.keyboard.press("Enter");
    const sheet = page.getByRole("dialog").filter({ has: page.getByRole("button", { name: "Chat with it" }) });
    await sheet.waitFor();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await expect.poll(focused, patience).toBe("1:8");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await expect.poll(focused, patience).toBe("-1:8");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.getByRole("columnheader", { name: "Released" }).getAttribute("aria-sort"), patience).toBe("descending");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("a");
    await expect.poll(() => page.evaluate(() => decodeURIComponent(location.hash)), patience).toMatch(/^#\/aliases\?new=\w+\/meta-llama/);
  });
});

describe("where the lists come from", () => {
  test(
    "is said source by source, and each can be fetched anew",
    async () => {
      await using other = await startModelsWorld();
      await using window = await openWindow({ ...other.options, at: "models" });
      const { page } = window;
      await page.getByRole("button", { name: "Updated now" }).click();
      const line = page.getByRole("listitem").filter({ hasText: "OpenRouter" });
      await expect.poll(() => line.innerText()).toMatch(new RegExp(`${String(famousModels.length)} models`));
      expect(await inspectLook(page, "models-sources")).toEqual([]);
      const fresh = sketchModel({ id: "new/thing", name: "New: Thing", created: "2026-11-20", context: 8_192, price: [1, 2] });
      other.provider.route("GET", "/openrouter/api/v1/models", json(200, { data: [...famousModels, fresh] }));
      await page.getByRole("button", { name: "Refresh OpenRouter" }).click();
      // The table hears of it by itself.
      await row(page, "new/thing").waitFor();
      other.provider.route("GET", "/openrouter/api/v1/models", status(503));
      await page.getByRole("button", { name: "Refresh OpenRouter" }).click();
      await line.getByText("Failed").waitFor();
      await expect.poll(() => row(page, "new/thing").count()).toBe(1);
    },
    looking,
  );

  test(
    "a catalog without a model says what to do",
    async () => {
      const off = { enabled: false };
      const config = { catalog: { sources: { openrouter: off, "models.dev": off, chutes: off } } };
      await using window = await openWindow({ config, at: "models" });
      await window.page.getByRole("heading", { name: "No models yet" }).waitFor();
      expect(await inspectLook(window.page, "models-empty")).toEqual([]);
      await window.page.getByRole("button", { name: "Add a key" }).first().click();
      await expect.poll(() => window.page.evaluate(() => location.hash), patience).toContain("#/keys");
    },
    looking,
  );

  test("a list that cannot be read is an error with another try; what is here stays while Postern is away", async () => {
    await using window = await openWindow({ postern, at: "keys" });
    const { page } = window;
    await page.route("**/admin/catalog/list*", (route) =>
      route.fulfill({
        status: 500,
        contentType: "application/json",
        body: '{"error":{"code":"internal","message":"Cannot do this: it broke"}}',
      }),
    );
    await window.goTo("models");
    await page.reload();
    await page.getByRole("alert").getByText("Cannot do this: it broke").waitFor();
    await page.unroute("**/admin/catalog/list*");
    await page.getByRole("button", { name: "Try again" }).click();
    await rows(page).first().waitFor();
    await window.context.setOffline(true);
    await row(page, "openai/gpt-5").click();
    await page.getByRole("dialog", { name: "GPT-5" }).getByRole("alert").getByText("Cannot reach Postern").waitFor();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(10);
    await window.context.setOffline(false);
  });
});
