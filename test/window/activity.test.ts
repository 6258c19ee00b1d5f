import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LoggedCall } from "#shared/contract/calls.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { stall, stallAfter } from "../fakes/misbehaviour.ts";
import { inspectLook, type OpenedWindow, openWindow } from "../fakes/open-window.ts";
import { openAiStream } from "../fakes/openai-replies.ts";
import { rawHttp, rawRequest } from "../fakes/raw-http.ts";
import { status } from "../fakes/replies.ts";
import { type CallWorld, startCallWorld } from "./call-world.ts";

let world: CallWorld;

beforeAll(async () => {
  world = await startCallWorld();
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

function rows(page: Page) {
  return page.getByRole("grid").locator("[data-call]");
}

/** Behind an open sheet the page's own heading is out of reach. */
async function showCall({ page }: OpenedWindow, { id }: { readonly id: number }): Promise<Locator> {
  await page.evaluate((next) => void (location.hash = next), `#/activity/${String(id)}`);
  const sheet = page.getByRole("dialog", { name: `Call ${String(id)}` });
  await sheet.getByRole("tab", { name: "Overview" }).waitFor();
  return sheet;
}

async function newest(): Promise<LoggedCall> {
  const { calls } = await adminOf(world.postern)("listCalls", { query: { limit: 1 } });
  if (calls[0] === undefined) throw new Error("the log is empty");
  return calls[0];
}

describe("the activity page", () => {
  test("says where nothing is yet what to do, with a command that works", async () => {
    await using window = await openWindow({ at: "activity" });
    await window.page.getByRole("heading", { name: "No calls yet" }).waitFor();
    const command = await window.page.getByRole("region", { name: "Try it" }).innerText();
    const { stdout } = await run(command, window.postern.key);
    expect(stdout).toContain("chat.completion");
    await rows(window.page).first().waitFor();
  });

  test("shows calls of every tool and provider as they come, with failover, errors and what is under way", async () => {
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    await world.ask({}, { tool: "aider" });
    world.openai.next(status(503));
    await world.ask({ model: "steady" }, { tool: "codex_cli_rs" });
    world.openai.next(status(400));
    await world.ask({}, { tool: "spy" });
    await rows(page).nth(2).waitFor();
    const failedOver = rows(page).filter({ hasText: "codex" });
    await expect.poll(() => failedOver.innerText()).toMatch(/steady\s*→\s*llama/);
    await expect.poll(() => failedOver.innerText()).toContain("2 tries");
    await expect.poll(() => rows(page).first().innerText()).toMatch(/400\s*Failed/);
    const leaving = new AbortController();
    world.openai.next(stall());
    const slow = world.ask({ stream: true }, { tool: "slow", signal: leaving.signal }).catch(() => null);
    await page.getByText("waiting for openai").waitFor();
    leaving.abort();
    await slow;
    await rows(page).filter({ hasText: "Client left" }).waitFor();
    await expect.poll(() => page.getByText("waiting for openai").count()).toBe(0);
  });

  test("filters by what stands in the URL, as chips that go away one by one", async () => {
    for (let round = 0; round < 2; round++) await world.ask({});
    await world.ask({}, { tool: "filtered" });
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    await rows(page).first().waitFor();
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByRole("combobox", { name: "Tool" }).click();
    await page.getByRole("option", { name: "filtered" }).click();
    await page.keyboard.press("Escape");
    await expect.poll(() => rows(page).count()).toBe(1);
    expect(decodeURIComponent(page.url())).toContain("tool=filtered");
    await page.reload();
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByRole("button", { name: "Remove filter: Tool" }).click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(1);
    await page.getByRole("searchbox", { name: "Search calls" }).fill("no such words anywhere");
    await page.getByRole("heading", { name: "No call fits these filters" }).waitFor();
    await page.getByRole("button", { name: "Clear all" }).click();
    await page.getByRole("radio", { name: "Went wrong" }).click();
    await expect.poll(async () => new Set(await rows(page).locator("[role=gridcell]:nth-child(5)").allInnerTexts())).not.toContain("200");
  });

  test("holds its rows still while somebody reads, and says how many came", async () => {
    for (let round = 0; round < 2; round++) await world.ask({});
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    await rows(page).first().waitFor();
    const before = await rows(page).count();
    await page.getByRole("button", { name: "Pause" }).click();
    await world.ask({}, { tool: "unseen" });
    await page.getByRole("button", { name: "1 new call" }).waitFor();
    await expect.poll(() => rows(page).count()).toBe(before);
    await page.getByRole("button", { name: "1 new call" }).click();
    await expect.poll(() => rows(page).first().innerText()).toContain("unseen");
  });

  test("opens the row that was pressed, whatever comes in or ends before the pointer is let go", async () => {
    await world.ask({}, { tool: "pressed" });
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    const row = rows(page).filter({ hasText: "pressed" }).first();
    const leaving = new AbortController();
    world.openai.next(stall());
    const slow = world.ask({ stream: true }, { tool: "in-between", signal: leaving.signal }).catch(() => null);
    await page.getByText("waiting for openai").waitFor();
    await row.hover();
    await page.mouse.down();
    const read = page.waitForResponse(async (response) => /calls\?/.test(response.url()) && (await response.text()).includes("in-between"));
    leaving.abort();
    await slow;
    await read;
    await page.getByText("waiting for openai").waitFor();
    await page.mouse.up();
    await expect.poll(() => page.getByRole("dialog").innerText()).toContain("pressed");
    await page.locator("[data-call]", { hasText: "in-between" }).first().waitFor();
  });

  test("stops a call under way where somebody wants that: its tool gets the error, and its row says so", async () => {
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    await world.ask({}, { tool: "before" });
    const streaming = (tool: string): Promise<string> => {
      world.openai.next(stallAfter({ chunks: 3 }, openAiStream()));
      return readBroken(world, tool);
    };
    const underWay = page.getByRole("row").filter({ hasText: "streaming" });
    const [runaway, other] = [streaming("runaway"), streaming("other")];
    await underWay.nth(1).waitFor();
    const stop = underWay.filter({ hasText: "runaway" }).getByRole("button", { name: "Stop this call" });
    expect(await stop.locator("xpath=..").evaluate((element) => getComputedStyle(element).opacity)).toBe("0");
    await stop.click();
    expect(await runaway).toMatch(/"code":"call_stopped"/);
    const ended = rows(page).filter({ hasText: "runaway" });
    await expect.poll(() => ended.innerText()).toMatch(/200\s*Stopped/);
    await expect.poll(() => underWay.allInnerTexts()).toMatchObject([expect.stringContaining("other")]);
    // By keyboard, which then goes on from the rows.
    const last = underWay.getByRole("button", { name: "Stop this call" });
    await last.focus();
    await expect.poll(() => last.isEnabled()).toBe(true);
    expect(await inspectLook(page, "activity-stop")).toEqual([]);
    await page.keyboard.press("Enter");
    expect(await other).toMatch(/"code":"call_stopped"/);
    await expect.poll(() => underWay.count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.hasAttribute("data-call"))).toBe(true);
    expect(await page.getByRole("dialog").count()).toBe(0);
    await ended.click();
    await page.getByText("Somebody stopped it").waitFor();
    await page.getByText("call_stopped", { exact: true }).first().waitFor();
  });

  test("takes no click for a call whose row has only just come under the pointer", async () => {
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    const stops = page.getByRole("button", { name: "Stop this call" });
    const calls: { readonly leaving: AbortController; readonly answer: Promise<Response | null> }[] = [];
    for (const tool of ["first", "second"]) {
      const leaving = new AbortController();
      world.openai.next(stall());
      calls.push({ leaving, answer: world.ask({ stream: true }, { tool, signal: leaving.signal }).catch(() => null) });
      await stops.nth(calls.length - 1).waitFor();
    }
    const { x, y } = (await stops.first().boundingBox()) ?? { x: 0, y: 0 };
    await page.mouse.move(x + 5, y + 5);
    await expect.poll(() => stops.first().isEnabled()).toBe(true);
    // Clicks a moment after the row below has moved up.
    const moved = page.evaluate(
      ([left = 0, top = 0]) =>
        new Promise<void>((resolve) => {
          new MutationObserver((_changes, watching) => {
            if (document.querySelectorAll("[aria-label='Stop this call']").length > 1) return;
            watching.disconnect();
            setTimeout(() => {
              (document.elementFromPoint(left, top) as HTMLElement).click();
              resolve();
            }, 150);
          }).observe(document.body, { childList: true, subtree: true });
        }),
      [x + 5, y + 5],
    );
    calls[0]?.leaving.abort();
    await moved;
    await expect.poll(() => stops.first().isEnabled()).toBe(true);
    expect(await stops.count()).toBe(1);
    calls[1]?.leaving.abort();
    for (const { answer } of calls) await answer;
  });

  test("is walked by keyboard alone: rows, sheet, tabs, and back to the row", async () => {
    for (let round = 0; round < 2; round++) await world.ask({});
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    await rows(page).nth(1).waitFor();
    await rows(page).first().focus();
    await page.keyboard.press("ArrowDown");
    const second = await rows(page).nth(1).getAttribute("data-call");
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-call"))).toBe(second);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: `Call ${String(second)}` }).waitFor();
    await page.getByRole("tab", { name: "Overview" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Attempts over time" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-call"))).toBe(second);
  });
});

describe("one call", () => {
  test("tells its tries in order of time, why the next was made, and its cost as a sum", async () => {
    world.openai.next(status(503));
    await world.ask({ model: "steady" });
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    const sheet = await showCall(window, await newest());
    const costs = await sheet.locator("tbody tr td:last-child").allInnerTexts();
    expect(costs).toEqual(["$0.0015", "$0.0005", "$0.001"]);
    await expect.poll(() => sheet.locator("tfoot").innerText()).toContain("$0.003");
    await sheet.getByText("estimated from your own prices", { exact: false }).waitFor();
    await sheet.getByRole("tab", { name: "Attempts 2" }).click();
    const tries = sheet.getByRole("region", { name: "Attempts over time" }).getByRole("listitem");
    await expect.poll(() => tries.count()).toBe(2);
    await expect.poll(() => tries.first().innerText()).toMatch(/openai \/ gpt-4o[\s\S]*Status 503[\s\S]*header after[\s\S]*Went on to/);
    await expect.poll(() => tries.nth(1).innerText()).toMatch(/groq \/ llama[\s\S]*Answered[\s\S]*first byte after/);
    expect(await inspectLook(page, "activity-attempts")).toEqual([]);
  });

  test("shows what it sent and got where that is kept, and offers to keep it where it is not", async () => {
    world.openai.next(openAiStream({ deltas: ["Streamed ", "words"], usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } }));
    await world.ask({ stream: true }, { tool: "spy" });
    const kept = await newest();
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    await showCall(window, kept);
    await page.getByRole("tab", { name: "Request" }).click();
    await page.getByText('"content": "Hi"').waitFor();
    await page.getByRole("tab", { name: "Response" }).click();
    await page.getByText("Streamed words", { exact: true }).waitFor();
    await world.ask({}, { tool: "shy" });
    await showCall(window, await newest());
    await page.getByRole("button", { name: "Keep those of shy" }).click();
    await page.getByText("From its next call on").waitFor();
    await world.ask({}, { tool: "shy" });
    await expect.poll(async () => (await newest()).hasBodies).toBe(true);
  });

  test("is replayed as it was, and changed and sent to another model", async () => {
    await world.ask({ user: "somebody" }, { tool: "spy" });
    const first = await newest();
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    await showCall(window, first);
    await page.getByRole("button", { name: "Replay" }).click();
    const answer = page.getByRole("region", { name: "Answer" });
    await answer.getByText("Hello from afar!").waitFor();
    await answer.getByText("Status 200").waitFor();
    expect(JSON.parse(world.openai.requests.at(-1)?.body.toString() ?? "")).toMatchObject({ model: "gpt-4o", user: "somebody" });
    expect(await newest()).toMatchObject({
      tool: "postern-window",
      modelAsked: "@openai/gpt-4o",
      metadata: { replayOf: String(first.id) },
    });
    await page.getByRole("textbox", { name: "Model or alias" }).fill("@groq/llama");
    const body = page.getByRole("textbox", { name: "Body" });
    await body.fill((await body.inputValue()).replace('"Hi"', '"Changed"'));
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(() => world.groq.requests.at(-1)?.body.toString() ?? "").toContain("Changed");
    await page.getByRole("button", { name: "Open this call" }).click();
    const again = await newest();
    await page.getByRole("dialog", { name: `Call ${String(again.id)}` }).waitFor();
    await page.getByRole("button", { name: `Call ${String(first.id)}` }).waitFor();
    expect(again).toMatchObject({ provider: "groq", modelAsked: "@groq/llama" });
  });

  test("of Gemini's API, whose path names the model, is replayed too", async () => {
    await fetch(`${world.postern.url}/v1beta/models/@openai/gpt-4o:generateContent`, {
      method: "POST",
      headers: { "x-goog-api-key": world.postern.key, "content-type": "application/json", "user-agent": "spy/1.0" },
      body: JSON.stringify({ contents: [{ role: "user", parts: [{ text: "Hi from Gemini's client" }] }] }),
    });
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    await showCall(window, await newest());
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByRole("region", { name: "Answer" }).getByText("Hello from afar!").waitFor();
    expect(world.openai.requests.at(-1)?.body.toString()).toContain("Hi from Gemini's client");
    expect(await newest()).toMatchObject({ endpoint: "generate", tool: "postern-window" });
  });

  test("is copied as a command that runs with the key in the environment and holds no key", async () => {
    await world.ask({ messages: [{ role: "user", content: `It's "quoted" $HOME \\ 'twice'` }] }, { tool: "spy" });
    const call = await newest();
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    const { page } = window;
    await showCall(window, call);
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await page.getByRole("menuitem", { name: "For bash and zsh" }).click();
    await page.getByText("Copied. It runs once").waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    expect(command).toContain("$POSTERN_KEY");
    expect(command).not.toContain(world.postern.key);
    const { stdout } = await run(command, world.postern.key);
    expect(stdout).toContain("Hello from afar!");
    expect(JSON.parse(world.openai.requests.at(-1)?.body.toString() ?? "")).toMatchObject({
      messages: [{ content: `It's "quoted" $HOME \\ 'twice'` }],
    });
  });
});

test("the export holds the calls of the filters, and reads back", async () => {
  await world.ask({}, { tool: "=exported" });
  await using window = await openWindow({ postern: world.postern, at: "activity?text=%3Dexported" });
  const { page } = window;
  await expect.poll(() => rows(page).count()).toBe(1);
  const save = async (item: string): Promise<string> => {
    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: item }).click()]);
    return readFileSync(await download.path(), "utf8");
  };
  const lines = (await save("JSON lines")).trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as LoggedCall).userAgent)).toEqual(["=exported/1.0"]);
  const csv = (await save("Comma-separated")).trimEnd().split("\r\n");
  expect(csv).toHaveLength(2);
  expect(csv[1]).toContain(",'=exported");
});

describe("in both themes and sizes, the looks", { timeout: 120_000 }, () => {
  test("of the list are right", async () => {
    world.openai.next(status(503));
    await world.ask({ model: "steady" }, { tool: "codex_cli_rs" });
    world.openai.next(status(429));
    await world.ask({ model: "@openai/gpt-4o" });
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    await rows(window.page).first().waitFor();
    expect(await inspectLook(window.page, "activity")).toEqual([]);
  });

  test("of the filters are right, chips and panel", async () => {
    await world.ask({}, { tool: "spy" });
    await using window = await openWindow({ postern: world.postern, at: "activity?within=24h&outcome=ok&tool=spy" });
    await rows(window.page).first().waitFor();
    await window.page.getByRole("button", { name: "Filter", exact: true }).click();
    await window.page.getByRole("combobox", { name: "Tool" }).waitFor();
    expect(await inspectLook(window.page, "activity-filters")).toEqual([]);
  });

  test("of a call are right", async () => {
    await world.ask({ user: "somebody" }, { tool: "spy" });
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    await showCall(window, await newest());
    expect(await inspectLook(window.page, "activity-call")).toEqual([]);
  });

  test("of a call that is sent again are right", async () => {
    await world.ask({ user: "somebody" }, { tool: "spy" });
    await using window = await openWindow({ postern: world.postern, at: "activity" });
    await showCall(window, await newest());
    await window.page.getByRole("button", { name: "Replay" }).click();
    await window.page.getByRole("region", { name: "Answer" }).getByText("Hello from afar!").waitFor();
    expect(await inspectLook(window.page, "activity-resend")).toEqual([]);
  });

  test("of an empty log are right", async () => {
    await using window = await openWindow({ at: "activity" });
    await window.page.getByRole("heading", { name: "No calls yet" }).waitFor();
    expect(await inspectLook(window.page, "activity-empty")).toEqual([]);
  });
});

/** A stream that breaks off, as far as it comes: `fetch` would keep only that it broke. */
async function readBroken({ postern }: CallWorld, tool: string): Promise<string> {
  const body = '{"model":"@openai/gpt-4o","messages":[{"role":"user","content":"Hi"}],"stream":true}';
  const call = rawRequest(postern, "POST /v1/chat/completions", { body, headers: [`user-agent: ${tool}/1.0`] });
  return (await rawHttp(postern.port, call, { untilClosed: true, timeoutMs: 60_000 })).text;
}

/** Runs a command as its person's shell would. */
function run(command: string, key: string): Promise<{ stdout: string }> {
  return promisify(execFile)("/bin/sh", ["-c", command], { env: { PATH: process.env["PATH"], POSTERN_KEY: key } });
}
