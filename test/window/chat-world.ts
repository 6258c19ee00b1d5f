import { expect } from "vitest";
import type { Page } from "playwright-core";
import type { AdminClient } from "#shared/contract/client.ts";
import type { Chat } from "#shared/contract/chats.ts";

/** Where a person writes. */
export const composer = (page: Page): ReturnType<Page["getByRole"]> => page.getByRole("textbox", { name: "Message", exact: true });

/** Writes and sends with Enter. */
export async function send(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
}

/** The one chat that is stored, once it is as a test wants it. */
export async function storedChat(admin: AdminClient, matches: (chat: Chat) => boolean = () => true): Promise<Chat> {
  let found: Chat | undefined;
  await expect
    .poll(
      async () => {
        const { pinned, chats } = await admin("listChats", {});
        const [first] = [...pinned, ...chats];
        if (first === undefined) return false;
        found = await admin("getChat", { parameters: { chat: first.id } });
        return matches(found);
      },
      { timeout: 10_000 },
    )
    .toBe(true);
  return found as Chat;
}
