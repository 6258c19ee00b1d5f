import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Chats, openChats } from "#core/chats/open-chats.ts";
import { chatKeepingSchema, messageDetailsSchema, type MessagePart } from "#shared/schema/chat.ts";

// What becomes of chats with time: days go by here in a clock that the test holds.

const dayMs = 86_400_000;

let folder: string;
let nowMs: number;
let retentionDays: number;
let changes: (string | null)[];
let chats: Chats;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "postern-chats-"));
  nowMs = 1_790_000_000_000;
  retentionDays = 0;
  changes = [];
  chats = await openChats({
    dataFolder: folder,
    clock: { nowMs: () => nowMs },
    settings: () => chatKeepingSchema.parse({ retentionDays }),
    dailyBackups: () => 2,
    onChange: (chatId) => changes.push(chatId),
    notify: () => undefined,
  });
});

afterEach(async () => {
  await chats.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(parts: MessagePart[] = []): Promise<string> {
  const id = randomUUID();
  await chats.put(id, { title: "A chat" });
  const details = messageDetailsSchema.parse({});
  await chats.putMessage(id, randomUUID(), { parentId: null, role: "user", parts, details, ending: "finished", createdAtMs: nowMs });
  return id;
}

const isThere = (id: string): Promise<boolean> =>
  chats.get(id).then(
    () => true,
    () => false,
  );

test("a deleted chat can be taken back for a day, and not for two", async () => {
  const [soon, late] = [await start(), await start()];
  await chats.remove(soon);
  await chats.remove(late);
  nowMs += dayMs - 1;
  await chats.tidy();
  await chats.restore(soon);
  nowMs += dayMs;
  await chats.tidy();
  await expect(chats.restore(late)).rejects.toMatchObject({ code: "not_found" });
  expect(await isThere(soon)).toBe(true);
});

test("chats go when they are older than the settings say, but for those that are pinned or went on", async () => {
  const [old, pinned, alive] = [await start(), await start(), await start()];
  await chats.put(pinned, { pinned: true });
  nowMs += 29 * dayMs;
  const details = messageDetailsSchema.parse({});
  await chats.putMessage(alive, randomUUID(), { parentId: null, role: "user", parts: [], details, ending: "finished", createdAtMs: nowMs });
  nowMs += 2 * dayMs;
  await chats.tidy();
  expect(await isThere(old)).toBe(true);
  retentionDays = 30;
  await chats.tidy();
  expect([await isThere(old), await isThere(pinned), await isThere(alive)]).toEqual([false, true, true]);
});

test("a file goes when no message has named it for longer than a daily backup lives, and stays while one does", async () => {
  const add = (text: string): Promise<string> => chats.attachments.add(new TextEncoder().encode(text));
  const [unused, used] = [await add("unused"), await add("used")];
  const part = { type: "attachment", name: "a.txt", mediaType: "text/plain", bytes: 4 } as const;
  const id = await start([{ ...part, hash: used }]);
  await chats.tidy();
  nowMs += 2 * dayMs;
  await chats.tidy();
  expect(await chats.attachments.read(unused)).toHaveLength(6);
  nowMs += 2 * dayMs;
  await chats.tidy();
  await expect(chats.attachments.read(unused)).rejects.toMatchObject({ code: "not_found" });
  expect(await chats.attachments.read(used)).toHaveLength(4);

  // Its chat goes, is purged a day later, and the file with the last copy that may name it.
  await chats.remove(id);
  for (let day = 0; day < 3; day++) {
    nowMs += dayMs + 1;
    await chats.tidy();
  }
  expect(await chats.attachments.read(used)).toHaveLength(4);
  nowMs += 2 * dayMs;
  await chats.tidy();
  await expect(chats.attachments.read(used)).rejects.toMatchObject({ code: "not_found" });
});

test("whoever shows a list is told of what changes in it, and not of every word of an answer that grows", async () => {
  const id = await start();
  changes.length = 0;
  const details = messageDetailsSchema.parse({});
  const answer = randomUUID();
  for (const ending of [null, null, null, "finished"] as const) {
    await chats.putMessage(id, answer, { parentId: null, role: "assistant", parts: [], details, ending, createdAtMs: nowMs });
  }
  expect(changes).toEqual([id, id]);
});
