import { expect } from "vitest";
import type { Locator, Page } from "playwright-core";
import type { AdminClient } from "#shared/contract/client.ts";
import type { Chat } from "#shared/contract/chats.ts";
import { openAi, openAiModels } from "../fakes/openai-replies.ts";
import { type OpenedWindow, openWindow, type OpenWindowOptions } from "../fakes/open-window.ts";
import { type ScriptedProvider, startScriptedProvider } from "../fakes/scripted-provider.ts";
import { openAiAt } from "../fakes/start-postern.ts";

/** The chat page of a Postern whose `openai` is scripted and has the models gpt-4o and gpt-4o-mini, with prices. */
export interface ChatWorld extends AsyncDisposable {
  readonly window: OpenedWindow;
  readonly page: Page;
  readonly admin: AdminClient;
  readonly provider: ScriptedProvider;
}

/** Opens the chat page, with gpt-4o chosen. */
export async function openChatWorld(options: OpenWindowOptions = {}): Promise<ChatWorld> {
  const provider = await startScriptedProvider();
  provider.route("GET", "/v1/models", openAiModels(["gpt-4o", "gpt-4o-mini"]));
  provider.always(openAi("Hello!"));
  const at = openAiAt(provider);
  const prices = { "openai/gpt-4o": { input: 2.5, output: 10 } };
  const aliases = { steady: { provider: "openai", model: "gpt-4o" } };
  const window = await openWindow({
    at: "chat?model=%40openai%2Fgpt-4o",
    ...options,
    config: { ...at.config, prices, aliases, ...options.config },
    environment: { ...at.environment, ...options.environment },
  });
  return {
    window,
    page: window.page,
    admin: window.admin,
    provider,
    async [Symbol.asyncDispose]() {
      await window[Symbol.asyncDispose]();
      await provider.close();
    },
  };
}

/** For `expect.poll`: a machine that is busy is slow, and not wrong. */
export const soon = { timeout: 10_000 } as const;

/** Where a person writes. */
export const composer = (page: Page): Locator => page.getByRole("textbox", { name: "Message", exact: true });

/** Writes and sends with Enter. */
export async function send(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
}

/** What a model said, one article an answer. */
export const answers = (page: Page): Locator =>
  page.getByRole("article", { name: / said$/ }).and(page.locator(":not([aria-label='You said'])"));

/** An answer with these words, once it is whole. */
export async function answered(page: Page, words: string | RegExp): Promise<Locator> {
  const answer = answers(page).filter({ hasText: words }).last();
  await answer.and(page.locator("[aria-busy=false]")).waitFor();
  return answer;
}

/** The chat that was last said something in, once it is stored as a test wants it. */
export async function storedChat(admin: AdminClient, matches: (chat: Chat) => boolean = () => true): Promise<Chat> {
  let found: Chat | undefined;
  await expect
    .poll(async () => {
      const { pinned, chats } = await admin("listChats", {});
      const [first] = [...pinned, ...chats].sort((one, other) => other.updatedAtMs - one.updatedAtMs);
      if (first === undefined) return false;
      found = await admin("getChat", { parameters: { chat: first.id } });
      return matches(found);
    }, soon)
    .toBe(true);
  return found as Chat;
}

/** A message's words. */
export function wordsIn(chat: Chat, place: number): string {
  return (chat.messages[place]?.parts ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");
}
