import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openListingFiles } from "#core/catalog/listing-file.ts";
import { bareModel } from "#core/catalog/source-model.ts";
import { isModelId } from "#core/catalog/sources/read-fields.ts";
import { messageDetailsSchema } from "#shared/schema/chat.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { openAiModels, openAiStream } from "../fakes/openai-replies.ts";
import { json } from "../fakes/replies.ts";
import { type OpenedWindow, openWindow } from "../fakes/open-window.ts";
import { openAiAt, type RunningPostern, startPostern } from "../fakes/start-postern.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { eventually } from "../wire/eventually.ts";
import { attacker, payloads } from "./xss-payloads.ts";

// What must not happen shows in four ways: a variable, a dialog, a request to elsewhere or a navigation. The last two and what the content
// security policy refused are the window's complaints: closing it throws where there are any.

let postern: RunningPostern;
let provider: ScriptedProvider;
let dataFolder: string;

beforeAll(async () => {
  dataFolder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
  await writeCatalog(path.join(dataFolder, "catalog"));
  provider = await startScriptedProvider();
  provider.route("GET", "/v1/models", openAiModels(["gpt-5"]));
  postern = await startPostern({ ...openAiAt(provider), dataFolder, window: true });
});

afterAll(async () => {
  await postern.stop();
  await provider.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

test("the corpus is as large as it says, and every payload is another one", () => {
  expect(new Set(payloads).size).toBe(payloads.length);
  expect(payloads.length).toBeGreaterThanOrEqual(200);
});

describe("what comes from elsewhere is text and nothing else", () => {
  test("in an answer that streams, piece by piece", async () => {
    await using window = await openWindow({ postern, at: "chat" });
    for (const batch of batches(payloads, 36)) {
      const answer = `${batch.join("\n\n")}\n\nThe end.`;
      provider.next(openAiStream({ deltas: answer.match(/[\s\S]{1,40}/g) ?? [] }));
      await window.goTo("chat?model=%40openai%2Fgpt-5");
      const composer = window.page.getByRole("textbox", { name: /message/i });
      await composer.fill(batch.join("\n"));
      await composer.press("Enter");
      await window.page.getByText("The end.").last().waitFor();
      expect(await findDangers(window)).toEqual([]);
    }
  });

  test("in chats that are opened: titles, questions, answers, thoughts, tools", async () => {
    const admin = adminOf(postern);
    await using window = await openWindow({ postern, at: "chat" });
    for (const [number, batch] of batches(payloads, 36).entries()) {
      const chat = crypto.randomUUID();
      const question = crypto.randomUUID();
      const answer = crypto.randomUUID();
      const details = messageDetailsSchema.parse({ modelAsked: batch[0]?.slice(0, 400) });
      const common = { details, ending: "finished", createdAtMs: Date.now() } as const;
      await admin("putChat", { parameters: { chat }, body: { title: batch[number % batch.length]?.trim().slice(0, 200) ?? "x" } });
      await admin("putMessage", {
        parameters: { chat, message: question },
        body: { ...common, parentId: null, role: "user", parts: [{ type: "text", text: batch.join("\n") }] },
      });
      await admin("putMessage", {
        parameters: { chat, message: answer },
        body: {
          ...common,
          parentId: question,
          role: "assistant",
          parts: [
            { type: "reasoning", text: batch.join("\n\n"), durationMs: 1_200 },
            ...batch.slice(0, 6).map((name, index) => ({
              type: "tool-call" as const,
              id: String(index),
              name: name.slice(0, 500),
              arguments: name,
              result: name,
            })),
            { type: "text", text: `${batch.join("\n\n")}\n\nThe end of ${String(number)}.` },
          ],
        },
      });
      await window.goTo(`chat/${chat}`);
      await window.page.getByText(`The end of ${String(number)}.`).waitFor();
      const folded = window.page.locator('main button[aria-expanded="false"]').filter({ hasText: /thought|called/i });
      while ((await folded.count()) > 0) await folded.first().click();
      expect(await findDangers(window)).toEqual([]);
    }
  });

  test("in the catalog: names, makers and descriptions of models", async () => {
    await using window = await openWindow({ postern, at: "models" });
    await eventually(async () => expect(await window.page.getByRole("row").count()).toBeGreaterThan(5));
    expect(await findDangers(window)).toEqual([]);
    for (const words of ["onerror", "javascript", "svg", "iframe"]) {
      await window.page.getByRole("searchbox").first().fill(words);
      await eventually(async () => expect(await window.page.getByRole("row").count()).toBeGreaterThan(1));
      expect(await findDangers(window)).toEqual([]);
      await window.page.getByRole("row").nth(1).click();
      expect(await findDangers(window)).toEqual([]);
      await window.page.keyboard.press("Escape");
    }
  });

  test("in the log: models, tools and errors of calls, live and opened", async () => {
    await using window = await openWindow({ postern, at: "activity" });
    provider.always(async (exchange) => {
      const { model } = exchange.request.json() as { model: string };
      await json(400, { error: { message: `No such model: ${model}`, code: model, type: model } })(exchange);
    });
    for (const payload of payloads) {
      const headers: Record<string, string> = {
        authorization: `Bearer ${postern.key}`,
        "content-type": "application/json",
        "x-portkey-trace-id": crypto.randomUUID(),
      };
      if (/^[\x20-\x7e]+$/.test(payload)) headers["user-agent"] = payload.slice(0, 500);
      const body = JSON.stringify({ model: `@openai/${payload.slice(0, 400)}`, messages: [{ role: "user", content: payload }] });
      await (await fetch(`${postern.url}/v1/chat/completions`, { method: "POST", headers, body })).arrayBuffer();
    }
    // A call that is still shown as under way is a row too, and opens nothing.
    const rows = window.page.locator("[data-call]");
    await eventually(async () => expect(await rows.count()).toBeGreaterThan(5));
    expect(await findDangers(window)).toEqual([]);
    for (const number of [0, 2, 4]) {
      await rows.nth(number).click();
      await window.page.getByRole("dialog").waitFor();
      expect(await findDangers(window)).toEqual([]);
      await window.page.keyboard.press("Escape");
      await window.page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await window.goTo("usage");
    expect(await findDangers(window)).toEqual([]);
  });

  test("in the names of tools, and in what unknown ones say of themselves", async () => {
    const admin = adminOf(postern);
    await using window = await openWindow({ postern, at: "tools" });
    let made = 0;
    for (const payload of payloads) {
      const isMade = await admin("addGrant", { body: { name: payload, permissions: {} } }).then(
        () => true,
        () => false,
      );
      made += Number(isMade);
      if (/^[\x20-\x7e]+$/.test(payload)) {
        const headers = { authorization: "Bearer unknown-key", "user-agent": payload.slice(0, 500), "content-type": "application/json" };
        const body = JSON.stringify({ model: payload.slice(0, 400), messages: [] });
        await (await fetch(`${postern.url}/v1/chat/completions`, { method: "POST", headers, body })).arrayBuffer();
      }
    }
    const { requests } = await admin("listRequests", {});
    expect(made + requests.length).toBeGreaterThan(0);
    await window.page.reload();
    await window.page.getByRole("heading", { level: 1 }).waitFor();
    expect(await findDangers(window)).toEqual([]);
  });
});

/** What ran, loads or leads elsewhere, or is not the page's own; and what the window has to complain of. */
async function findDangers({ page, origin, complaints }: OpenedWindow): Promise<string[]> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const found = await page.evaluate((host) => {
    const risky =
      "script:not([src^='/assets/']), iframe, frame, object, embed, applet, base, portal, fencedframe, style, main form, meta[http-equiv], video, audio, image, foreignObject";
    const loading = ["href", "src", "srcset", "action", "formaction", "poster", "data", "xlink:href", "ping"];
    const own = /^(?:\/?#\/|#content$|\/assets\/|data:image\/(?:png|jpeg|gif|webp)|blob:)/;
    const attributes = [...document.querySelectorAll("body *")].flatMap((element) =>
      [...element.attributes].map(({ name, value }) => ({ name, value, tag: element.localName })),
    );
    return [
      ...((globalThis as { pwned?: unknown }).pwned === undefined ? [] : ["code ran"]),
      ...[...document.querySelectorAll(risky)].map(({ outerHTML }) => `an element ${outerHTML.slice(0, 120)}`),
      ...attributes.filter(({ name }) => name.startsWith("on")).map(({ name, tag }) => `a handler ${name} of ${tag}`),
      ...attributes
        .filter(({ name, value }) => loading.includes(name) && !own.test(value))
        .map(({ tag, name, value }) => `an address ${tag} ${name}=${value.slice(0, 120)}`),
      ...[...document.querySelectorAll(".markdown a")].map(() => "a link that does not ask"),
      ...performance
        .getEntriesByType("resource")
        .filter(({ name }) => name.includes(host))
        .map(({ name }) => `a request to ${name}`),
      ...(document.querySelectorAll("#root").length === 1 ? [] : ["another #root"]),
    ];
  }, new URL(attacker).host);
  return [...found, ...complaints, ...(new URL(page.url()).origin === origin ? [] : [`the page went to ${page.url()}`])];
}

function batches<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

async function writeCatalog(folder: string): Promise<void> {
  const models = payloads.map((payload, index) => ({
    ...bareModel(isModelId(payload) ? payload : `maker/model-${String(index)}`),
    name: payload,
    description: payload,
    contextTokens: 128_000,
  }));
  const listing = {
    groups: [{ provider: "openrouter", models }],
    fetchedAtMs: Date.now(),
    validators: null,
    address: "https://openrouter.ai/api/v1",
  };
  await openListingFiles(folder).write("openrouter", listing);
}
