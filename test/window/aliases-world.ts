import { expect } from "vitest";
import type { Page } from "playwright-core";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { openAiChat, openAiModels } from "../fakes/openai-replies.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";

/** Postern between two scripted providers, for the Aliases page. */
export interface AliasesWorld extends AsyncDisposable {
  readonly postern: RunningPostern;
  readonly openai: ScriptedProvider;
  readonly groq: ScriptedProvider;
  /** Calls a model with the owner's key. @returns what answered, and by which target of the config */
  ask(model: string, more?: { readonly metadata?: unknown; readonly headers?: Readonly<Record<string, string>> }): Promise<Asked>;
}

/** An answer of the gateway. */
export interface Asked {
  readonly status: number;
  /** What the provider wrote. */
  readonly content: string | null;
  /** `config.targets[0]` */
  readonly option: string | null;
}

/** Aliases that several tests begin with. */
export const someAliases = {
  fast: {
    strategy: { mode: "fallback" },
    targets: [
      { provider: "groq", model: "llama-3.3-70b-versatile" },
      { provider: "openai", model: "gpt-4o-mini" },
    ],
  },
  shared: {
    strategy: { mode: "loadbalance" },
    targets: [
      { provider: "openai", model: "gpt-4o", weight: 7 },
      { provider: "groq", model: "llama-3.1-8b-instant", weight: 3 },
    ],
  },
} as const satisfies Readonly<Record<string, StoredConfig>>;

/** Starts both providers, and Postern with a window between them. */
export async function startAliasesWorld(aliases: Readonly<Record<string, StoredConfig>> = someAliases): Promise<AliasesWorld> {
  const openai = await startScriptedProvider();
  const groq = await startScriptedProvider();
  openai.route("GET", "/v1/models", openAiModels(["gpt-4o", "gpt-4o-mini", "o3"]));
  groq.route("GET", "/v1/models", openAiModels(["llama-3.3-70b-versatile", "llama-3.1-8b-instant"]));
  openai.always(openAiChat({ content: "from openai" }));
  groq.always(openAiChat({ content: "from groq" }));
  const postern = await startPostern({
    window: true,
    config: {
      providers: { openai: { baseUrl: `${openai.origin}/v1` }, groq: { baseUrl: `${groq.origin}/v1` } },
      aliases,
    },
    environment: { OPENAI_API_KEY: "sk-scripted-5c21f0a9d4e87b63", GROQ_API_KEY: "gsk_scripted5c21f0a9d4e87b63" },
  });
  return {
    postern,
    openai,
    groq,
    async ask(model, { metadata, headers = {} } = {}) {
      const response = await fetch(`${postern.url}/v1/chat/completions`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${postern.key}`,
          "content-type": "application/json",
          ...(metadata === undefined ? {} : { "x-portkey-metadata": JSON.stringify(metadata) }),
          ...headers,
        },
        body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
      });
      const body = (await response.json()) as { readonly choices?: readonly { readonly message: { readonly content: string } }[] };
      return {
        status: response.status,
        content: body.choices?.[0]?.message.content ?? null,
        option: response.headers.get("x-portkey-last-used-option-index"),
      };
    },
    async [Symbol.asyncDispose]() {
      await postern.stop();
      await Promise.all([openai.close(), groq.close()]);
    },
  };
}

/** Replaces the whole text of the JSON side, as somebody who selects all and pastes would. */
export async function writeJson(page: Page, text: string): Promise<void> {
  const editor = page.getByRole("textbox", { name: "The config as JSON" });
  await editor.click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.insertText(text);
}

/** What the JSON side says, as a value. */
export async function readJson(page: Page): Promise<unknown> {
  const text = await page.getByRole("textbox", { name: "The config as JSON" }).evaluate((content) => {
    // Of each line its own text: the editor draws one element a line.
    const lines: string[] = [];
    for (const line of content.children) lines.push(line.textContent);
    return lines.join("\n");
  });
  return JSON.parse(text) as unknown;
}

/** Waits until the JSON side says this. */
export async function expectJson(page: Page, value: unknown): Promise<void> {
  await expect.poll(() => readJson(page).catch(() => null), { timeout: 10_000 }).toEqual(value);
}

/** Chooses a target in the list that is open. */
export async function pickTarget(page: Page, search: string, option: string | RegExp): Promise<void> {
  await page.getByPlaceholder("Search models, or type provider/model").fill(search);
  await page.getByRole("option", { name: option }).first().click();
}

/** Saves, and waits until nothing is left to save. */
export async function saveAlias(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Not saved", { exact: true }).waitFor({ state: "hidden" });
}
