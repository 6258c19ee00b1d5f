// npm run pictures [-- FOLDER]: the pictures of the README, of the real window on scripted providers.

import { mkdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { buildWindow } from "../../scripts/build-window.ts";
import { sharedBrowser } from "../fakes/browser.ts";
import { openAiChatBody, openAiStream } from "../fakes/openai-replies.ts";
import { type OpenedWindow, openWindow, setSystemTheme } from "../fakes/open-window.ts";
import { json } from "../fakes/replies.ts";
import { startModelsWorld } from "./models-world.ts";

const question = "How much do I save a month if half of my prompt is cached? 1,000 calls a day, 6,000 tokens in.";
const answer = `Cached input usually costs a **tenth** of fresh input. With 6,000 tokens in, half of them cached:

| | tokens a day | price per million | cost a day |
| --- | ---: | ---: | ---: |
| without a cache | 6,000,000 | $1.25 | $7.50 |
| fresh half | 3,000,000 | $1.25 | $3.75 |
| cached half | 3,000,000 | $0.125 | $0.38 |

So you pay \\(3.75 + 0.38 = 4.13\\) instead of $7.50 a day, and save about **$101 a month**. To see it on your own calls:

\`\`\`python
from openai import OpenAI

client = OpenAI(base_url="http://127.0.0.1:8787/v1", api_key=key)
answer = client.chat.completions.create(model="daily", messages=messages)
print(answer.usage.prompt_tokens_details.cached_tokens)
\`\`\`
`;
const tools = [
  ["claude-code", "@anthropic/claude-sonnet-4-5"],
  ["codex", "@openai/gpt-5"],
  ["aider", "@deepinfra/deepseek-ai/DeepSeek-V3.1"],
  ["my-app", "daily"],
] as const;

const { positionals } = parseArgs({ allowPositionals: true });
const folder = path.resolve(positionals[0] ?? path.join(import.meta.dirname, "../../docs/images"));
mkdirSync(folder, { recursive: true });
await buildWindow();
await using world = await startModelsWorld();
const usage = { prompt_tokens: 6_012, completion_tokens: 214, total_tokens: 6_226, prompt_tokens_details: { cached_tokens: 3_000 } };
for (const base of ["/openai/v1", "/deepinfra/v1/openai"]) {
  world.provider.route("POST", `${base}/chat/completions`, async (exchange) => {
    const { stream, model } = exchange.request.json() as { stream?: boolean; model: string };
    const deltas = answer.match(/[\s\S]{1,12}/g) ?? [];
    await (
      stream === true ? openAiStream({ model, usage, deltas, delayMs: 6 }) : json(200, openAiChatBody({ model, usage, content: answer }))
    )(exchange);
  });
}
world.provider.route(
  "POST",
  "/anthropic/v1/messages",
  json(529, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
);

await using window = await openWindow({
  ...world.options,
  config: {
    ...world.options.config,
    aliases: {
      daily: {
        strategy: { mode: "fallback" },
        targets: [
          { provider: "openai", model: "gpt-5" },
          { provider: "deepinfra", model: "deepseek-ai/DeepSeek-V3.1" },
        ],
      },
      careful: {
        strategy: { mode: "fallback" },
        targets: [
          { provider: "anthropic", model: "claude-sonnet-4-5" },
          { provider: "openai", model: "gpt-5" },
        ],
      },
    },
    window: { firstRunDone: true },
  },
});
const { page } = window;
await chat(window);
for (const [tool, model] of tools) for (let time = 0; time < 3; time += 1) await call(window, tool, model);
await call(window, "claude-code", "careful");
await window.goTo("models");
await page.getByRole("gridcell", { name: "GPT-5", exact: false }).first().waitFor();
await keep(page, "models");
for (const name of ["aliases", "aliases/careful", "keys", "tools", "activity", "usage", "settings", "first-run"]) {
  await window.goTo(name);
  await page.getByRole("status", { name: "Loading" }).first().waitFor({ state: "detached" });
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await keep(page, name.replace("/", "-"));
}
window.complaints.length = 0;
await (await sharedBrowser()).close();

async function chat(opened: OpenedWindow): Promise<void> {
  const shown = opened.page;
  await opened.goTo("chat?model=%40openai%2Fgpt-5");
  const composer = shown.getByRole("textbox", { name: /message/i });
  await composer.fill(question);
  await composer.press("Enter");
  await shown.getByText("cached_tokens)").waitFor({ timeout: 30_000 });
  await shown.getByText(/first after/).waitFor();
  await keep(shown, "chat");
}

async function call({ postern }: OpenedWindow, tool: string, model: string): Promise<void> {
  const headers = { authorization: `Bearer ${postern.key}`, "content-type": "application/json", "user-agent": `${tool}/1.0` };
  const response = await fetch(`${postern.url}/v1/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify({ model, messages: [{ role: "user", content: question }] }),
  });
  await response.arrayBuffer();
}

/** In both themes: of one of them the README shows the light one, of another the dark. */
async function keep(shown: Page, name: string): Promise<void> {
  for (const theme of ["dark", "light"] as const) {
    await setSystemTheme(shown, theme);
    await shown.screenshot({ path: path.join(folder, `${name}-${theme}.png`), animations: "disabled", caret: "hide" });
  }
}
