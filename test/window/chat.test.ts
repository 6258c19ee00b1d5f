import { expect, test } from "vitest";
import { openWindow, inspectLook } from "../fakes/open-window.ts";
import { composer, send, storedChat } from "./chat-world.ts";

test("a first chat with the built-in model streams, is stored with its figures, and has an address", async () => {
  await using window = await openWindow({ at: "chat" });
  const { page, admin } = window;
  await page.getByRole("button", { name: "Model: @postern/hello" }).waitFor();
  expect(await inspectLook(page, "chat-new")).toEqual([]);
  await send(page, "Hello **there**");
  await page.getByRole("article", { name: "@postern/hello said" }).getByText("Hello there").first().waitFor();
  await page.getByRole("list", { name: "Figures of this answer" }).waitFor();
  const chat = await storedChat(admin, ({ messages }) => messages[1]?.ending === "finished");
  expect(page.url()).toContain(`#/chat/${chat.id}`);
  expect(await composer(page).inputValue()).toBe("");
  expect(await inspectLook(page, "chat-answered")).toEqual([]);
});
