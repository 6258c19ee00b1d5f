import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { inspectLook, openWindow } from "../fakes/open-window.ts";
import { openAi, openAiStream } from "../fakes/openai-replies.ts";
import { answered, answers, composer, openChatWorld, send, soon, storedChat, wordsIn } from "./chat-world.ts";

// What there is around a conversation: side by side, files, presets, the list of all chats, keyboard alone.

const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

test("two models answer side by side; the chat goes on with the one that is chosen, which gets its own words back", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider } = world;
  provider.always((exchange) => {
    const { model } = exchange.request.json() as { model: string };
    return openAi(`This is ${model}.`)(exchange);
  });
  await page.getByRole("button", { name: "Model: @openai/gpt-4o" }).click();
  await page.getByRole("switch", { name: /^Compare up to 4/ }).click();
  await page.getByRole("option", { name: /^gpt-4o-mini/ }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Model: 2 models" }).waitFor();
  await send(page, "Who are you?");
  const row = page.getByRole("group", { name: "Answers side by side" });
  await row.getByText("This is gpt-4o.").waitFor();
  await row.getByText("This is gpt-4o-mini.").waitFor();
  await row.getByRole("button", { name: "Continue with this" }).waitFor();
  expect(await inspectLook(page, "chat-compare")).toEqual([]);
  await row.getByRole("button", { name: "Continue with this" }).click();
  await storedChat(admin, ({ leafId, messages }) => leafId !== null && leafId === messages.at(-1)?.id);
  provider.forget();
  await send(page, "Go on");
  await expect.poll(() => answers(page).count(), soon).toBe(4);
  const first = (await provider.waitForRequest(1)).json() as { messages: { content: string }[] };
  expect(first.messages.map(({ content }) => content)).toEqual(["Who are you?", "This is gpt-4o-mini.", "Go on"]);
});

test("a picture that is pasted and a text that is chosen go to the model, are stored, and are shown after a reload", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider } = world;
  await composer(page).evaluate((input, base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "dot.png", { type: "image/png" }));
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, pixel.toString("base64"));
  await page.getByRole("list", { name: "Attached files" }).getByRole("img", { name: "dot.png" }).waitFor();
  await page.getByLabel("Files to attach").setInputFiles({ name: "main.rs", mimeType: "", buffer: Buffer.from("fn main() {}\n") });
  await page.getByText("main.rs").waitFor();
  expect(await inspectLook(page, "chat-attached")).toEqual([]);
  await page.getByLabel("Files to attach").setInputFiles({ name: "tool.exe", mimeType: "", buffer: Buffer.from([77, 90, 0, 255, 254]) });
  await page.getByRole("region", { name: "Notifications" }).getByText("Cannot attach tool.exe").waitFor();
  await send(page, "What is this?");
  await answered(page, "Hello!");
  const asked = provider.requests.findLast(({ method }) => method === "POST")?.json() as { messages: { content: unknown[] }[] };
  expect(asked.messages[0]?.content).toEqual([
    { type: "image_url", image_url: { url: `data:image/png;base64,${pixel.toString("base64")}` } },
    { type: "text", text: expect.stringContaining("fn main() {}") as unknown },
    { type: "text", text: "What is this?" },
  ]);
  const chat = await storedChat(admin, ({ messages }) => messages.length === 2);
  const [picture] = chat.messages[0]?.parts ?? [];
  const hash = picture?.type === "attachment" ? picture.hash : "";
  expect(Buffer.from(await (await admin("getAttachment", { parameters: { hash } })).arrayBuffer())).toEqual(pixel);
  await page.reload();
  await page.getByRole("article", { name: "You said" }).getByRole("img", { name: "dot.png" }).waitFor();
});

test("a chat is renamed in place, pinned, searched, deleted and taken back", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider } = world;
  provider.next(openAi("Lisbon has seven hills."));
  await send(page, "Tell me of Lisbon");
  await answered(page, "seven hills");
  await page.getByRole("button", { name: "New chat", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "New chat" }).waitFor();
  await send(page, "Something else");
  await answered(page, "Hello!");

  const list = page.getByRole("navigation", { name: "Chats" });
  await list.getByRole("link", { name: "Tell me of Lisbon" }).hover();
  await list.getByRole("button", { name: "Actions for “Tell me of Lisbon”" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  const field = page.getByRole("textbox", { name: "Name of the chat" });
  await field.fill("Portugal");
  // A newer chat comes into the group meanwhile: what is being written stays.
  await admin("putChat", { parameters: { chat: randomUUID() }, body: { title: "From elsewhere" } });
  await list.getByRole("link", { name: "From elsewhere" }).waitFor();
  await expect.poll(() => field.inputValue()).toBe("Portugal");
  await field.press("Enter");
  await list.getByRole("link", { name: "Portugal" }).waitFor();
  await list.getByRole("link", { name: "Portugal" }).hover();
  await list.getByRole("button", { name: "Actions for “Portugal”" }).click();
  await page.getByRole("menuitem", { name: "Pin" }).click();
  await list.getByRole("heading", { name: "Pinned" }).waitFor();

  await list.getByRole("searchbox").fill("hill");
  const hit = list.getByRole("link", { name: /Portugal/ });
  await expect.poll(() => hit.locator("mark").allTextContents(), soon).toEqual(["hills"]);
  expect(await inspectLook(page, "chat-search")).toEqual([]);
  await hit.click();
  await page.getByRole("heading", { level: 1, name: "Portugal" }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")), soon).toMatch(/said$/);
  await list.getByRole("button", { name: "Clear" }).click();

  await list.getByRole("link", { name: "Something else" }).hover();
  await list.getByRole("button", { name: "Actions for “Something else”" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByText("Deleted “Something else”").waitFor();
  await expect.poll(() => list.getByRole("link", { name: "Something else" }).count(), soon).toBe(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await list.getByRole("link", { name: "Something else" }).waitFor();
  expect((await admin("listChats", {})).chats.map(({ title }) => title).sort()).toEqual(["From elsewhere", "Something else"]);
});

test("deleting the chat that is shown leads to a new one", async () => {
  await using world = await openChatWorld();
  const { page } = world;
  await send(page, "Short lived");
  await answered(page, "Hello!");
  await page.getByRole("region", { name: "Chat" }).getByRole("button", { name: "Actions for “Short lived”" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("heading", { level: 1, name: "New chat" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("link", { name: "Short lived" }).click();
  await answered(page, "Hello!");
  await expect.poll(() => page.getByRole("alert").count()).toBe(0);
});

test("chats are saved as files and read from files", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider, window } = world;
  provider.next(openAi("An answer *to keep*"));
  await send(page, "Export me");
  await answered(page, "An answer to keep");
  await storedChat(admin, ({ messages }) => messages[1]?.ending === "finished");
  const header = page.getByRole("region", { name: "Chat" });

  async function download(start: () => Promise<void>): Promise<{ name: string; text: string }> {
    const [file] = await Promise.all([page.waitForEvent("download"), start()]);
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
  }

  const markdown = await download(async () => {
    await header.getByRole("button", { name: "Actions for “Export me”" }).click();
    await page.getByRole("menuitem", { name: "Export as Markdown" }).click();
  });
  expect([markdown.name, markdown.text.includes("An answer *to keep*")]).toEqual(["export-me.md", true]);
  const all = await download(async () => {
    await page.getByRole("button", { name: "All chats" }).click();
    await page.getByRole("menuitem", { name: "Export all chats" }).click();
  });
  expect(all.name).toMatch(/^postern-chats-\d{4}-\d\d-\d\d\.json$/);
  const exported = JSON.parse(all.text) as { chats: { id: string; title: string }[] };
  const [chat] = exported.chats;
  const file = path.join(window.postern.dataFolder, "import.json");
  await writeFile(file, all.text.replaceAll(chat?.id ?? "", crypto.randomUUID()).replaceAll("Export me", "Imported chat"));
  await page.getByLabel("File of chats").setInputFiles(file);
  await page.getByText("Imported 1 chat").waitFor();
  await page.getByRole("link", { name: "Imported chat" }).click();
  await answered(page, "An answer to keep");
  await writeFile(file, "{}");
  await page.getByLabel("File of chats").setInputFiles(file);
  await page.getByRole("region", { name: "Notifications" }).getByText("Cannot import this file").waitFor();
});

test("a system prompt and parameters go to the model, and are kept as a preset", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider } = world;
  await page.getByRole("button", { name: "System prompt and parameters" }).click();
  const sheet = page.getByRole("dialog", { name: "System prompt and parameters" });
  await sheet.getByRole("textbox", { name: "System prompt" }).fill("Answer in one word.");
  await sheet.getByRole("textbox", { name: "Temperature" }).fill("7");
  await sheet.getByText("Not within what models take").waitFor();
  await sheet.getByRole("textbox", { name: "Temperature" }).fill("0.3");
  await sheet.getByRole("button", { name: "Keep as preset" }).click();
  await sheet.getByRole("textbox", { name: "Name of the preset" }).fill("Terse");
  await sheet.getByRole("button", { name: "Keep", exact: true }).click();
  await page.getByText("Kept preset “Terse”").waitFor();
  expect(await inspectLook(page, "chat-settings")).toEqual([]);
  await page.keyboard.press("Escape");
  await send(page, "Hi");
  await answered(page, "Hello!");
  const asked = provider.requests.findLast(({ method }) => method === "POST")?.json();
  expect(asked).toMatchObject({ temperature: 0.3, messages: [{ role: "system", content: "Answer in one word." }, { role: "user" }] });
  expect((await admin("listPresets", {})).presets).toMatchObject([{ name: "Terse", parameters: { temperature: 0.3 } }]);

  await page.getByRole("button", { name: "New chat", exact: true }).click();
  await page.getByRole("button", { name: "System prompt and parameters" }).click();
  await sheet.getByRole("combobox", { name: "Preset" }).click();
  await page.getByRole("option", { name: "Terse" }).click();
  await expect.poll(() => sheet.getByRole("textbox", { name: "System prompt" }).inputValue(), soon).toBe("Answer in one word.");
});

test("a temporary chat leaves nothing behind, and no chat does where chats are not kept", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider } = world;
  await page.getByRole("button", { name: "Temporary chat" }).click();
  await page.getByRole("heading", { level: 2, name: "Temporary chat" }).waitFor();
  await send(page, "Between us");
  await answered(page, "Hello!");
  provider.next(openAi("Still here"));
  await send(page, "And?");
  await answered(page, "Still here");
  expect(await admin("listChats", {})).toMatchObject({ pinned: [], chats: [] });
  await page.getByRole("button", { name: "New chat", exact: true }).click();
  await page.getByRole("heading", { level: 2, name: "What can a model do for you?" }).waitFor();

  await using unkept = await openWindow({ at: "chat", config: { chats: { keep: false } } });
  await unkept.page.getByText("Chats are not kept").waitFor();
  await send(unkept.page, "Not for the books");
  await unkept.page.getByText("You said: Not for the books").waitFor();
  expect(await unkept.admin("listChats", {})).toMatchObject({ keeps: false, chats: [] });
});

test("everything goes by keyboard alone: choosing a model, asking, a version before, a new chat", async () => {
  await using world = await openChatWorld();
  const { page, provider } = world;
  const { keyboard } = page;
  await expect.poll(() => composer(page).evaluate((input) => input === document.activeElement), soon).toBe(true);
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("role")), soon).toBe("searchbox");
  await keyboard.type("steady");
  await keyboard.press("ControlOrMeta+d");
  await keyboard.press("Enter");
  await page.getByRole("button", { name: "Model: steady" }).waitFor();
  await composer(page).focus();
  await keyboard.type("By hand");
  await keyboard.press("Shift+Enter");
  await keyboard.type("on two lines");
  provider.next(openAiStream({ deltas: ["Read ", "both"] }));
  await keyboard.press("Enter");
  await answered(page, "Read both");
  expect(provider.requests.findLast(({ method }) => method === "POST")?.json()).toMatchObject({
    messages: [{ role: "user", content: "By hand\non two lines" }],
  });
  for (let step = 0; step < 12; step++) {
    await keyboard.press("Shift+Tab");
    if ((await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))) === "Answer again") break;
  }
  await keyboard.press("Enter");
  await page.getByRole("img", { name: "Version 2 of 2" }).waitFor();
  await page.getByRole("button", { name: "Version before" }).press("Enter");
  await page.getByRole("img", { name: "Version 1 of 2" }).waitFor();
  await keyboard.press("ControlOrMeta+Shift+O");
  await page.getByRole("heading", { level: 1, name: "New chat" }).waitFor();
  expect(
    await world.admin("listSettings", {}).then(({ settings }) => settings.find(({ section }) => section === "favourites")?.value),
  ).toEqual(["steady"]);
});

test("the picker shows favourites first, finds by any words, and takes an id that no list has", async () => {
  await using world = await openChatWorld({ config: { favourites: { models: ["@openai/gpt-4o-mini"] } } });
  const { page } = world;
  await page.getByRole("button", { name: "Model: @openai/gpt-4o" }).click();
  const list = page.getByRole("listbox", { name: "Models and aliases" });
  await list.getByRole("option").first().waitFor();
  await expect.poll(() => list.getByRole("option").first().getAttribute("id")).toContain("@openai/gpt-4o-mini");
  expect(await inspectLook(page, "chat-picker")).toEqual([]);
  // Enter right away changes nothing.
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Model: @openai/gpt-4o" }).click();
  // The list has OpenAI's key alone.
  const search = page.getByRole("searchbox", { name: "Search models and aliases" });
  await search.fill("portkey-");
  const aliases = await list.getByRole("option").allInnerTexts();
  expect(aliases[0]).not.toContain("cannot answer yet");
  await list.getByText("Other aliases", { exact: true }).waitFor();
  expect(aliases.filter((words) => words.includes("cannot answer yet")).map((words) => words.split("\n")[0])).toContain("portkey-claude");
  await search.fill("openai 4o");
  await list.getByText("OpenAI", { exact: true }).waitFor();
  await search.fill("@groq/brand-new");
  await list.getByRole("option", { name: "@groq/brand-new" }).click();
  await page.getByRole("button", { name: "Model: @groq/brand-new" }).waitFor();
});

test("what a model writes is drawn, never run", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider } = world;
  provider.next(openAi('<img src=x onerror="document.title=1"><script>document.title=2</script> [a](javascript:alert(1)) **bold**'));
  await send(page, "<b>mine</b>");
  await answered(page, "bold");
  await page.getByText("<b>mine</b>").first().waitFor();
  expect(await page.title()).not.toMatch(/^[12]$/);
  expect(wordsIn(await storedChat(admin, ({ messages }) => messages[1]?.ending === "finished"), 1)).toContain("<script>");
});
