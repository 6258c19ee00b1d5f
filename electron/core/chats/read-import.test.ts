import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { messageDetailsSchema } from "#shared/schema/chat.ts";
import { ownFormat } from "./import-own.ts";
import { chatGptFormat } from "./import-chatgpt.ts";
import { openWebUiFormat } from "./import-open-webui.ts";

// A file of somebody else's is read while calls of models are under way: its shape may not hold them up. So many messages that
// a reader which walks a branch anew for each of them would not come to an end within a test's time.

const count = 100_000;

test("a long chat of Postern's own is checked in a moment", async () => {
  const ids = Array.from({ length: count }, () => randomUUID());
  const details = messageDetailsSchema.parse({});
  const messages = ids.map((id, index) => ({
    id,
    parentId: ids[index - 1] ?? null,
    role: "user",
    parts: [],
    details,
    ending: "finished",
    createdAtMs: 1,
  }));
  const chat = { id: randomUUID(), title: "Long", pinned: false, settings: {}, leafId: null, createdAtMs: 1, updatedAtMs: 1, messages };
  const reading = ownFormat.read({ format: "postern-chats", version: 1, exportedAtMs: 1, chats: [chat] });
  const read = await reading.next();
  expect(read.value).toMatchObject({ title: "Long" });
});

test("a conversation of ChatGPT's with all its answers on a long hidden branch is read in a moment", async () => {
  const node = (index: number, parent: string | null, role: string): object => ({
    parent,
    message: { author: { role }, create_time: index, content: { content_type: "text", parts: [`${index}`] } },
  });
  const mapping = Object.fromEntries([
    ["n0", node(0, null, "user")],
    ...Array.from({ length: count }, (_, index) => [`n${index + 1}`, node(index + 1, `n${index}`, "system")]),
    ...Array.from({ length: count }, (_, index) => [`a${index}`, node(index, `n${count}`, "assistant")]),
  ]) as object;
  const read = await chatGptFormat.read([{ mapping }]).next();
  const messages = (read.value as { messages: { parentId: string | null }[] }).messages;
  expect(messages).toHaveLength(count + 1);
  expect(new Set(messages.map(({ parentId }) => parentId)).size).toBe(2);
});

test("a chat of Open WebUI's with all its answers on a long branch of no known role is read in a moment", async () => {
  const messages = Object.fromEntries([
    ["n0", { role: "user", content: "x", parentId: null }],
    ...Array.from({ length: count }, (_, index) => [`n${index + 1}`, { role: "system", content: "x", parentId: `n${index}` }]),
    ...Array.from({ length: count }, (_, index) => [`a${index}`, { role: "assistant", content: "x", parentId: `n${count}` }]),
  ]) as object;
  const read = await openWebUiFormat.read([{ chat: { history: { messages } } }]).next();
  const found = (read.value as { messages: { parentId: string | null }[] }).messages;
  expect(found).toHaveLength(count + 1);
  expect(new Set(found.map(({ parentId }) => parentId)).size).toBe(2);
});
