import { afterAll, beforeAll, expect, test } from "vitest";
import { openAiError } from "../fakes/openai-replies.ts";
import { openWindow } from "../fakes/open-window.ts";
import { type AliasesWorld, startAliasesWorld, writeJson } from "./aliases-world.ts";

let world: AliasesWorld;

beforeAll(async () => {
  world = await startAliasesWorld({
    layered: JSON.parse(`{
      "strategy": { "mode": "conditional", "conditions": [{ "query": { "metadata.plan": "paid" }, "then": "good" }], "default": "cheap" },
      "targets": [
        { "name": "good", "provider": "openai", "model": "o3", "request_timeout": 30000 },
        { "name": "cheap", "strategy": { "mode": "fallback" }, "targets": [
          { "provider": "anthropic", "model": "claude-haiku-4-5" },
          { "config": "inner" }
        ] }
      ]
    }`) as never,
    inner: {
      strategy: { mode: "fallback", on_status_codes: [503] },
      targets: [
        { provider: "groq", model: "llama-3.1-8b-instant" },
        { provider: "openai", model: "gpt-4o-mini" },
      ],
    },
    shaky: {
      strategy: { mode: "fallback" },
      targets: [
        { provider: "groq", model: "llama-3.3-70b-versatile", circuit_breaker: { failure_threshold: 3, cooldown_interval: 600_000 } },
        { provider: "openai", model: "gpt-4o" },
      ],
    },
  });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test("the dry run goes where the request goes, by the draft that is not saved too, and says why the rest is passed over", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases/layered" });
  const { page } = window;
  await page.getByRole("radio", { name: "Dry run" }).click();
  const drawing = page.getByRole("list", { name: "The way of the request" });
  const first = drawing.getByRole("listitem").filter({ hasText: "Try 1:" }).last();
  await first.getByText("llama-3.1-8b-instant").waitFor();
  expect(await world.ask("layered")).toMatchObject({ content: "from groq", option: "config.targets[1].targets[1].targets[0]" });
  await drawing.getByText("Provider API key not configured for anthropic").waitFor();
  await drawing.getByText("Its condition does not hold").waitFor();
  await drawing.getByText("After status 503 of the one before").waitFor();
  await page.getByRole("button", { name: /^Contents/ }).click();
  await page.getByRole("button", { name: "Add metadata" }).click();
  await page.getByRole("group", { name: "Metadata" }).getByRole("textbox", { name: "Name 1" }).fill("plan");
  await page.getByRole("group", { name: "Metadata" }).getByRole("textbox", { name: "Value 1" }).fill("paid");
  await first.getByText("o3").waitFor();
  expect(await world.ask("layered", { metadata: { plan: "paid" } })).toMatchObject({ content: "from openai", option: "config.targets[0]" });
  // The draft decides, not what is stored.
  await page.getByRole("radio", { name: "JSON" }).click();
  await writeJson(page, '{ "provider": "groq", "model": "drafted" }');
  await page.getByRole("radio", { name: "Dry run" }).click();
  await page.getByText("Goes to groq/drafted.").waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
});

test("a breaker that opens is shown with its time, and the dry run goes around it", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases/shaky" });
  const { page } = window;
  world.groq.always(openAiError(500, { message: "it is on fire" }));
  for (let call = 0; call < 3; call++) expect(await world.ask("shaky")).toMatchObject({ status: 200, content: "from openai" });
  await page.getByText(/^Failing · again in/).waitFor();
  await page.getByRole("radio", { name: "Dry run" }).click();
  const drawing = page.getByRole("list", { name: "The way of the request" });
  await drawing.getByText("it kept failing and is left alone for a while").waitFor();
  await drawing.getByRole("listitem").filter({ hasText: "Try 1:" }).last().getByText("gpt-4o").waitFor();
  await page.getByRole("button", { name: "All aliases" }).click();
  await page.getByRole("listitem").filter({ hasText: "shaky" }).getByText("1 of 2 failing").waitFor();
});

test("a request that would be refused says so, with the reason", async () => {
  await using window = await openWindow({ postern: world.postern, at: "aliases?new=anthropic%2Fclaude-haiku-4-5" });
  const { page } = window;
  await page.getByRole("radio", { name: "Dry run" }).click();
  await page.getByText("This request would be refused").waitFor();
  await page
    .getByText(/Provider API key not configured for anthropic/)
    .first()
    .waitFor();
  // The admin API answered with 401, which is no word on the login.
  await expect.poll(() => page.getByText("This window is locked").count()).toBe(0);
});
