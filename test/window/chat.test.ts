import { expect, test } from "vitest";
import { inspectLook, openWindow } from "../fakes/open-window.ts";
import { stallAfter } from "../fakes/misbehaviour.ts";
import { openAi, openAiError, openAiStream } from "../fakes/openai-replies.ts";
import { gate } from "../fakes/replies.ts";
import { answered, answers, type ChatWorld, composer, openChatWorld, send, soon, storedChat, wordsIn } from "./chat-world.ts";

// A conversation as a person has it: said, answered, stopped, said differently, gone on from elsewhere.

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
  await expect.poll(() => composer(page).inputValue()).toBe("");
});

test("an answer shows tokens, the wait, the speed and the gateway's own cost; the whole path goes with the next question", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider } = world;
  const usage = { prompt_tokens: 1_000, completion_tokens: 2_000, total_tokens: 3_000 };
  provider.next(openAiStream({ deltas: ["First ", "answer"], usage, delayMs: 150 }));
  await send(page, "One");
  const answer = await answered(page, "First answer");
  await answer.getByText("$0.023").waitFor();
  await answer.getByText("2,000 tokens").waitFor();
  await answer.getByText(/^first after/).waitFor();
  await answer.getByText(/tokens\/s$/).waitFor();
  await send(page, "Two");
  await answered(page, "Hello!");
  const asked = provider.requests.filter(({ method }) => method === "POST").map((request) => request.json() as { messages: unknown[] });
  expect(asked.at(-1)?.messages).toEqual([
    { role: "user", content: "One" },
    { role: "assistant", content: "First answer" },
    { role: "user", content: "Two" },
  ]);
  const chat = await storedChat(admin, ({ messages }) => messages[3]?.details.costMicroUsd !== null && messages.length === 4);
  expect(chat.messages[1]?.details).toMatchObject({
    modelAsked: "@openai/gpt-4o",
    modelAnswered: "gpt-4o",
    outputTokens: 2_000,
    costMicroUsd: 22_500,
  });
  expect(await inspectLook(page, "chat-conversation")).toEqual([]);
});

/** Asks for an answer that comes as far as "so far" and no further. */
async function askForEver({ page, provider }: ChatWorld): Promise<void> {
  provider.next(stallAfter({ chunks: 4 }, openAiStream({ deltas: ["so ", "far ", "and ", "no ", "further"] })));
  await send(page, "Go on for ever");
  await answers(page).getByText("so far").waitFor();
}

test("Escape stops an answer, and what had come of it stays", async () => {
  await using world = await openChatWorld();
  const { page, admin } = world;
  await askForEver(world);
  await page.getByRole("button", { name: "Stop" }).waitFor();
  await composer(page).press("Escape");
  await page.getByText("You stopped this answer.").waitFor();
  await page.getByRole("status").getByText("The answer was stopped").waitFor({ state: "attached" });
  const chat = await storedChat(admin, ({ messages }) => messages[1]?.ending === "stopped");
  expect(wordsIn(chat, 1)).toMatch(/^so far/);
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
});

test("an answer that somebody stopped under Activity says so, and what had come of it stays", async () => {
  await using world = await openChatWorld();
  const { page, admin } = world;
  await askForEver(world);
  const { calls } = await admin("listCallsUnderWay", {});
  for (const { id } of calls) await admin("stopCall", { parameters: { id: String(id) } });
  await answers(page).getByText("it was stopped in Postern's window").waitFor();
  expect(await answers(page).innerText()).toContain("so far");
});

test("answering again and saying it differently make versions that one can go through; each keeps what followed", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider } = world;
  provider.next(openAi("Answer one"));
  await send(page, "Question");
  const first = await answered(page, "Answer one");
  provider.next(openAi("Answer two"));
  await first.hover();
  await first.getByRole("button", { name: "Answer again", exact: true }).click();
  const second = await answered(page, "Answer two");
  await second.getByRole("img", { name: "Version 2 of 2" }).waitFor();
  await send(page, "And then?");
  await answered(page, "Hello!");
  await second.getByRole("button", { name: "Version before" }).click();
  await answered(page, "Answer one");
  await expect.poll(() => page.getByText("And then?").count()).toBe(0);
  await answers(page).first().getByRole("button", { name: "Next version" }).click();
  await page.getByText("And then?").waitFor();

  provider.next(openAi("To the new question"));
  const question = page.getByRole("article", { name: "You said" }).first();
  await question.hover();
  await question.getByRole("button", { name: "Edit and send again" }).click();
  const field = page.getByRole("textbox", { name: "Edit your message" });
  await expect.poll(() => field.inputValue()).toBe("Question");
  await field.fill("Another question");
  await field.press("Enter");
  await answered(page, "To the new question");
  await page.getByRole("img", { name: "Version 2 of 2" }).waitFor();
  const chat = await storedChat(admin, ({ messages }) => messages.length === 7);
  const roots = chat.messages.filter(({ parentId }) => parentId === null);
  expect(roots).toHaveLength(2);
  expect(chat.leafId).toBe(chat.messages.at(-1)?.id);
});

test("another model answers again in its own version", async () => {
  await using world = await openChatWorld();
  const { page, provider } = world;
  await send(page, "Question");
  const first = await answered(page, "Hello!");
  provider.next(openAi("From the small one"));
  await first.hover();
  await first.getByRole("button", { name: "Answer again with another model" }).click();
  await page.getByRole("searchbox", { name: "Search models and aliases" }).fill("mini");
  await page.keyboard.press("Enter");
  await answered(page, "From the small one");
  await page.getByRole("article", { name: "@openai/gpt-4o-mini said" }).getByRole("img", { name: "Version 2 of 2" }).waitFor();
  expect(provider.requests.findLast(({ method }) => method === "POST")?.json()).toMatchObject({ model: "gpt-4o-mini" });
});

test("a chat goes on elsewhere from any message, and the first one stays as it was", async () => {
  await using world = await openChatWorld();
  const { page, admin } = world;
  await send(page, "Root");
  await answered(page, "Hello!");
  const first = answers(page).first();
  await send(page, "Later");
  await expect.poll(() => answers(page).count(), soon).toBe(2);
  await answered(page, "Hello!");
  const before = page.url();
  await first.hover();
  await first.getByRole("button", { name: "New chat from here" }).click();
  await expect.poll(() => page.url(), soon).not.toBe(before);
  await page.getByText("A new chat goes on from here").waitFor();
  await expect.poll(() => page.getByText("Later", { exact: true }).count(), soon).toBe(0);
  const { chats } = await admin("listChats", {});
  expect(chats).toHaveLength(2);
});

test("a refusal stands in the gateway's words with what helps; trying again takes its place", async () => {
  await using world = await openChatWorld();
  const { page, provider } = world;
  provider.next(
    openAiError(401, { message: "Incorrect API key provided; run `try login`, or see https://keys.example/new.", code: "invalid_api_key" }),
  );
  await send(page, "Hi");
  const alert = page.getByRole("alert");
  await alert.getByText("Incorrect API key provided").waitFor();
  await expect.poll(() => alert.getByRole("link", { name: "Go to Keys" }).getAttribute("href")).toBe("#/keys");
  await alert.locator("code", { hasText: /^try login$/ }).waitFor();
  expect(await inspectLook(page, "chat-refused")).toEqual([]);
  // A provider wrote it, so that nothing leads there without a question.
  await alert.getByRole("link", { name: "https://keys.example/new", exact: false }).click();
  await page.getByRole("dialog").getByText("https://keys.example/new").waitFor();
  await page.keyboard.press("Escape");
  await alert.getByRole("button", { name: "Try again" }).click();
  await answered(page, "Hello!");
  await expect.poll(() => answers(page).count()).toBe(1);
  await expect.poll(() => page.getByRole("group", { name: "Versions" }).count()).toBe(0);
});

test("closing the page in the middle of an answer loses nothing, and going elsewhere in the window does not even stop it", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider, window } = world;
  const rest = gate();
  provider.next(stallAfter({ chunks: 3 }, openAiStream({ deltas: ["Kept ", "words ", "and the end"] }), { when: rest.opened }));
  await send(page, "Tell me");
  await answers(page).getByText("Kept words").waitFor();
  await window.goTo("keys");
  await window.page.goBack();
  await answers(page).getByText("Kept words").waitFor();
  await page.reload();
  await page.getByText("This answer was cut short when the page was closed").waitFor();
  await answers(page).getByText("Kept").waitFor();
  const chat = await storedChat(admin);
  expect([chat.messages[1]?.ending, wordsIn(chat, 1)]).toEqual([null, "Kept words "]);
  rest.open();
  await page.getByRole("button", { name: "Ask again" }).click();
  await answered(page, "Hello!");
});

test("what is typed is there again after a reload; a link fills in and sends nothing", async () => {
  await using world = await openChatWorld();
  const { page, provider, window } = world;
  await send(page, "First");
  await answered(page, "Hello!");
  await composer(page).fill("half a thought");
  await page.reload();
  await expect.poll(() => composer(page).inputValue(), soon).toBe("half a thought");
  const asked = provider.requests.length;
  await window.goTo("chat?model=%40openai%2Fgpt-4o-mini&prompt=do%20it");
  await expect.poll(() => composer(page).inputValue(), soon).toBe("do it");
  await page.getByRole("button", { name: "Model: @openai/gpt-4o-mini" }).waitFor();
  expect(provider.requests.slice(asked).filter(({ method }) => method === "POST")).toEqual([]);
});

test("another window of the same chat follows an answer, and has its end", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider, window } = world;
  const rest = gate();
  provider.next(stallAfter({ chunks: 3 }, openAiStream({ deltas: ["Seen ", "twice", " over"] }), { when: rest.opened }));
  await send(page, "Tell both");
  await answers(page).getByText("Seen twice").waitFor();
  const { id } = await storedChat(admin, (chat) => wordsIn(chat, 1) !== "");
  const { url } = await admin("createLogin", {});
  const other = await window.context.newPage();
  await other.goto(url);
  await other.getByRole("navigation", { name: "Pages" }).waitFor();
  await other.getByRole("link", { name: "Tell both" }).click();
  await answers(other).getByText("Seen twice").waitFor();
  rest.open();
  await answered(page, "Seen twice over");
  await answers(other).getByText("Seen twice over").waitFor();
  await expect.poll(() => other.getByText("This answer is being written in another window.").count(), soon).toBe(0);
  expect(other.url()).toContain(id);
});

test("what cannot be saved is said, and is saved as soon as Postern answers again", async () => {
  await using world = await openChatWorld();
  const { page, admin, window } = world;
  await send(page, "Save me");
  await answered(page, "Hello!");
  await storedChat(admin, ({ messages }) => messages[1]?.ending === "finished");
  const settings = page.getByRole("button", { name: "System prompt and parameters" });
  await settings.click();
  await page.getByRole("textbox", { name: "System prompt" }).waitFor();
  await page.keyboard.press("Escape");
  await window.context.setOffline(true);
  await settings.click();
  await page.getByRole("textbox", { name: "System prompt" }).fill("Said while away from Postern");
  await page.keyboard.press("Escape");
  const banner = page.getByText("What is new in this chat is not saved yet");
  await banner.waitFor();
  await window.context.setOffline(false);
  await storedChat(admin, ({ settings }) => settings.system === "Said while away from Postern");
  await expect.poll(() => banner.count(), soon).toBe(0);
});

test("a new chat gets its address while it stays where it is: nothing of the page is made anew", async () => {
  await using world = await openChatWorld();
  const { page } = world;
  const places = [composer(page), page.getByRole("heading", { level: 1 })];
  for (const place of places) await place.evaluate((element) => void (element.dataset["seen"] = "before"));
  await send(page, "Stay");
  await answered(page, "Hello!");
  await page.waitForURL(/#\/chat\/[0-9a-f-]{36}/);
  for (const place of places) expect(await place.getAttribute("data-seen")).toBe("before");
  await page.getByRole("button", { name: "New chat", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "New chat" }).waitFor();
  await expect.poll(() => answers(page).count()).toBe(0);
});

test("a page that is closed right after it was sent keeps the question", async () => {
  await using world = await openChatWorld();
  const { page, admin, provider } = world;
  provider.next(stallAfter({ chunks: 0 }, openAiStream()));
  await composer(page).fill("Quick!");
  // A browser's context that is closed in the middle of a reload may never say that it is closed.
  const reloaded = page.waitForEvent("domcontentloaded");
  await page.evaluate(() => {
    const input = document.querySelector("textarea");
    input?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    setTimeout(() => location.reload());
  });
  const chat = await storedChat(admin, (one) => one.messages.length > 0);
  expect(wordsIn(chat, 0)).toBe("Quick!");
  await reloaded;
});
