import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AdminClient } from "#shared/contract/client.ts";
import type { Chat, MarkedText } from "#shared/contract/chats.ts";
import type { MessageInput, MessagePart } from "#shared/schema/chat.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";

// What becomes of chats on the core's side: saved, found, branched, deleted and brought back; and what a kill or damage leaves.

let postern: RunningPostern;
let admin: AdminClient;

beforeAll(async () => {
  postern = await startPostern();
  admin = adminOf(postern);
});

afterAll(() => postern.stop());

function said(text: string | MessagePart[], more: Partial<MessageInput> = {}): MessageInput {
  return {
    parentId: null,
    role: "user",
    parts: typeof text === "string" ? [{ type: "text", text }] : text,
    details: { ...noDetails },
    ending: "finished",
    createdAtMs: 1_790_000_000_000,
    ...more,
  };
}

const noDetails: MessageInput["details"] = {
  modelAsked: null,
  modelAnswered: null,
  provider: null,
  inputTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  costMicroUsd: null,
  firstByteMs: null,
  totalMs: null,
  tokensPerSecond: null,
  error: null,
  comparisonId: null,
};

async function save(client: AdminClient, chat: string, message: MessageInput, id: string = randomUUID()): Promise<string> {
  await client("putMessage", { parameters: { chat, message: id }, body: message });
  return id;
}

/** A chat with a question, and what was said to it. */
async function start(client: AdminClient, title: string, ...words: readonly string[]): Promise<{ id: string; messages: string[] }> {
  const id = randomUUID();
  await client("putChat", { parameters: { chat: id }, body: { title } });
  const messages: string[] = [];
  for (const [index, text] of words.entries()) {
    const role = index % 2 === 0 ? "user" : "assistant";
    messages.push(await save(client, id, said(text, { parentId: messages.at(-1) ?? null, role, createdAtMs: 1_790_000_000_000 + index })));
  }
  return { id, messages };
}

const get = (client: AdminClient, chat: string): Promise<Chat> => client("getChat", { parameters: { chat } });

const marked = ({ text, matches }: MarkedText): string[] => matches.map(([from, to]) => text.slice(from, to));

describe("a chat", () => {
  test("is a tree: an edit and a new answer are further children, and the newest is what is shown", async () => {
    const { id, messages } = await start(admin, "Trees", "first", "answer");
    const edited = await save(admin, id, said("first, edited"));
    const again = await save(admin, id, said("another answer", { parentId: messages[0] ?? null, role: "assistant" }));
    const chat = await get(admin, id);
    expect(chat.messages.map(({ id: one, parentId }) => [one, parentId])).toEqual([
      [messages[0], null],
      [edited, null],
      [again, messages[0]],
      [messages[1], messages[0]],
    ]);
    expect(chat.leafId).toBe(again);
    await admin("putChat", { parameters: { chat: id }, body: { leafId: edited } });
    expect((await get(admin, id)).leafId).toBe(edited);
    // A leaf that is in another chat, or nowhere, changes nothing.
    await admin("putChat", { parameters: { chat: id }, body: { leafId: randomUUID() } });
    expect((await get(admin, id)).leafId).toBe(edited);
  });

  test("keeps what there is of an answer while it grows, and does not move what is shown", async () => {
    const { id, messages } = await start(admin, "Growing", "count");
    const answer = randomUUID();
    const parentId = messages[0] ?? null;
    const details = { ...noDetails, modelAsked: "fast", outputTokens: 3 };
    await save(admin, id, said("one", { parentId, role: "assistant", ending: null }), answer);
    await admin("putChat", { parameters: { chat: id }, body: { leafId: messages[0] ?? "" } });
    await save(admin, id, said("one two", { parentId, role: "assistant", ending: null }), answer);
    const parts: MessagePart[] = [
      { type: "reasoning", text: "hm", durationMs: 1_200 },
      { type: "text", text: "one two three" },
      { type: "tool-call", id: "call_1", name: "count", arguments: "{}", result: null },
    ];
    await save(admin, id, said(parts, { parentId, role: "assistant", ending: "stopped", details }), answer);
    const chat = await get(admin, id);
    expect(chat.leafId).toBe(messages[0]);
    expect(chat.messages).toHaveLength(2);
    expect(chat.messages[1]).toMatchObject({ id: answer, parts, ending: "stopped", details });
  });

  test("is made by its first message where that comes first, and named when its name comes", async () => {
    const id = randomUUID();
    await save(admin, id, said("first"));
    expect((await get(admin, id)).title).toBe("New chat");
    await admin("putChat", { parameters: { chat: id }, body: { title: "Named" } });
    expect(await get(admin, id)).toMatchObject({ title: "Named", messages: [{ parentId: null }] });
  });

  test("refuses a message whose parent is elsewhere, and one that changes its parent", async () => {
    const one = await start(admin, "One", "a", "b");
    const other = await start(admin, "Other", "c");
    const parentId = other.messages[0] ?? null;
    await expect(save(admin, one.id, said("x", { parentId }))).rejects.toMatchObject({ code: "invalid_value" });
    await expect(save(admin, one.id, said("b", { parentId: null }), one.messages[1])).rejects.toThrow("answers another one than before");
    await expect(save(admin, randomUUID(), said("x", { parentId }))).rejects.toMatchObject({ code: "not_found" });
    await expect(save(admin, one.id, said("x"), "not-a-uuid")).rejects.toMatchObject({ code: "invalid_value" });
    expect((await get(admin, one.id)).messages).toHaveLength(2);
  });

  test("branches into a chat of its own: the path to one message, and nothing beside it", async () => {
    const { id, messages } = await start(admin, "Branching", "a", "b", "c", "d");
    await save(admin, id, said("b2", { parentId: messages[0] ?? null, role: "assistant" }));
    const newChatId = randomUUID();
    await admin("branchChat", { parameters: { chat: id }, body: { messageId: messages[2] ?? "", newChatId } });
    const branch = await get(admin, newChatId);
    expect([branch.title, branch.leafId]).toEqual(["Branching", messages[2]]);
    expect(branch.messages.map((message) => message.id)).toEqual(messages.slice(0, 3));
    expect((await get(admin, id)).messages).toHaveLength(5);
  });

  test("is renamed, pinned, listed page by page, deleted, and brought back with everything", async () => {
    await using own = await startPostern();
    const client = adminOf(own);
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.push((await start(client, `Chat ${index}`, "hello")).id);
    const pinned = ids[1] ?? "";
    const renamed = await client("putChat", { parameters: { chat: pinned }, body: { title: "  Renamed  ", pinned: true } });
    expect([renamed.title, renamed.pinned]).toEqual(["Renamed", true]);
    const first = await client("listChats", { query: { limit: 3 } });
    const second = await client("listChats", { query: { limit: 3, before: first.next ?? "" } });
    expect(first.pinned.map(({ id }) => id)).toEqual([pinned]);
    expect(second.pinned).toEqual([]);
    expect([...first.chats, ...second.chats].map(({ id }) => id)).toEqual([ids[4], ids[3], ids[2], ids[0]]);
    expect(second.next).toBeNull();

    const gone = ids[0] ?? "";
    const before = await get(client, gone);
    expect(await client("deleteChat", { parameters: { chat: gone } })).toEqual({ done: true });
    expect(await client("deleteChat", { parameters: { chat: gone } })).toEqual({ done: false });
    await expect(get(client, gone)).rejects.toMatchObject({ code: "not_found" });
    await expect(save(client, gone, said("into the void"))).rejects.toMatchObject({ code: "not_found" });
    await expect(client("putChat", { parameters: { chat: gone }, body: { title: "alive?" } })).rejects.toMatchObject({ code: "not_found" });
    await client("restoreChat", { parameters: { chat: gone } });
    expect(await get(client, gone)).toEqual(before);

    const { ids: all } = await client("deleteChats", {});
    expect(all.toSorted()).toEqual(ids.toSorted());
    expect(await client("listChats", {})).toMatchObject({ pinned: [], chats: [] });
  });
});

describe("search", () => {
  test("finds words in titles and messages, without case and accents, the last one unfinished, and says where", async () => {
    const word = `zq${randomUUID().slice(0, 6)}`;
    const one = await start(admin, `Café ${word}`, "nothing here");
    const two = await start(admin, "Other", `Ask about <b>${word}</b> in Zürich, please`, "An answer");
    const { found } = await admin("searchChats", { query: { words: `${word.toUpperCase()} zuri` } });
    expect(found.map(({ chat }) => chat.id)).toEqual([two.id]);
    expect(found[0]?.messages.map(({ id, snippet }) => [id, marked(snippet)])).toEqual([[two.messages[0], [word, "Zürich"]]]);
    const byTitle = await admin("searchChats", { query: { words: `cafe ${word}` } });
    expect(byTitle.found.map(({ chat, title }) => [chat.id, marked(title)])).toEqual([[one.id, ["Café", word]]]);
    const half = await admin("searchChats", { query: { words: word.slice(0, -2) } });
    expect(half.found.map(({ chat }) => chat.id).toSorted()).toEqual([one.id, two.id].toSorted());
  });

  test("finds text of scripts without spaces, and takes no word for an operator", async () => {
    const { id, messages } = await start(admin, "Kyoto", "来週京都に行きたいです。おすすめの寺は?");
    const { found } = await admin("searchChats", { query: { words: "京都に" } });
    expect(found.map(({ chat }) => chat.id)).toEqual([id]);
    expect(found[0]?.messages.map((message) => [message.id, marked(message.snippet)])).toEqual([[messages[0], ["京都に"]]]);
    for (const words of ['"', "AND", "NEAR(a b)", "title:x", "-", "*", "a OR", "((", "' --", "\u0001", "🙂", ""]) {
      await expect(admin("searchChats", { query: { words } })).resolves.toMatchObject({ found: expect.any(Array) as unknown });
    }
  });

  test("follows what grows and forgets what is deleted", async () => {
    const { id } = await start(admin, "Following");
    const word = `grow${randomUUID().slice(0, 6)}`;
    const find = async (words: string): Promise<number> => (await admin("searchChats", { query: { words } })).found.length;
    const message = await save(admin, id, said("nothing yet", { ending: null }));
    expect(await find(word)).toBe(0);
    await save(admin, id, said(`now ${word}`), message);
    expect(await find(word)).toBe(1);
    await save(admin, id, said("no longer"), message);
    expect(await find(word)).toBe(0);
    await save(admin, id, said(word), message);
    await admin("deleteChat", { parameters: { chat: id } });
    expect(await find(word)).toBe(0);
  });
});

describe("attachments", () => {
  const bytes = new Uint8Array(Buffer.from("89504e470d0a1a0a00ff", "hex"));

  test("are kept once by their hash, come back as they were, and only from their owner's folder", async () => {
    const first = await admin("addAttachment", { body: bytes });
    const second = await admin("addAttachment", { body: bytes });
    expect(second).toEqual(first);
    const read = await admin("getAttachment", { parameters: { hash: first.hash } });
    expect([read.headers.get("content-type"), new Uint8Array(await read.arrayBuffer())]).toEqual(["application/octet-stream", bytes]);
    const folder = path.join(postern.dataFolder, "attachments");
    const file = path.join(folder, first.hash.slice(0, 2), first.hash);
    const others = process.platform === "win32" ? 0 : 0o077;
    expect([folder, path.dirname(file), file].map((one) => statSync(one).mode & others)).toEqual([0, 0, 0]);
    for (const hash of ["../../postern.db", "..%2f..%2fpostern.db", "0".repeat(64), "x"]) {
      await expect(admin("getAttachment", { parameters: { hash } })).rejects.toMatchObject({ code: "not_found" });
    }
    writeFileSync(file, "something else");
    await expect(admin("getAttachment", { parameters: { hash: first.hash } })).rejects.toThrow("changed or is damaged");
    // The same file, attached again, mends it.
    await admin("addAttachment", { body: bytes });
    expect((await admin("getAttachment", { parameters: { hash: first.hash } })).status).toBe(200);
  });

  test("may be large, and not too large; other calls keep their own limit", async () => {
    const large = new Uint8Array(20 * 1_048_576);
    expect((await admin("addAttachment", { body: large })).bytes).toBe(large.length);
    await expect(admin("addAttachment", { body: new Uint8Array(20 * 1_048_576 + 1) })).rejects.toThrow("larger than 20 MiB");
    await expect(admin("addAttachment", { body: new Uint8Array(0) })).rejects.toThrow("empty");
    const settings = { models: [], system: "x".repeat(90_000), parameters: {}, presetId: null };
    const { id } = await start(admin, "Large");
    await admin("putChat", { parameters: { chat: id }, body: { settings } });
    await save(admin, id, said("word ".repeat(400_000)));
    expect((await get(admin, id)).messages[0]?.parts).toMatchObject([{ text: "word ".repeat(400_000) }]);
    await expect(admin("putPreset", { parameters: { preset: randomUUID() }, body: { name: "x".repeat(1_100_000) } })).rejects.toThrow(
      "larger than 1 MiB",
    );
  });
});

test("presets are kept by name and taken out again", async () => {
  const preset = randomUUID();
  await admin("putPreset", { parameters: { preset }, body: { name: "Terse", system: "Be brief.", parameters: { temperature: 0.2 } } });
  expect(await admin("listPresets", {})).toMatchObject({ presets: [{ id: preset, name: "Terse", model: null }] });
  await expect(
    admin("putPreset", { parameters: { preset }, body: { name: "Wild", parameters: { temperature: 3 } } }),
  ).rejects.toMatchObject({ code: "invalid_value" });
  expect(await admin("deletePreset", { parameters: { preset } })).toEqual({ done: true });
  expect(await admin("listPresets", {})).toEqual({ presets: [] });
});

describe("with chats not kept", () => {
  test("nothing is written, whatever the window asks, and what was there can still be read", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
    try {
      let id: string;
      {
        await using keeping = await startPostern({ dataFolder: folder });
        ({ id } = await start(adminOf(keeping), "Before", "hello"));
      }
      await using own = await startPostern({ dataFolder: folder, config: { chats: { keep: false } } });
      const client = adminOf(own);
      expect(await client("listChats", {})).toMatchObject({ keeps: false, chats: [{ id }] });
      const refused = { code: "invalid_value" };
      await expect(client("putChat", { parameters: { chat: randomUUID() }, body: {} })).rejects.toMatchObject(refused);
      await expect(save(client, id, said("secret"))).rejects.toMatchObject(refused);
      await expect(client("addAttachment", { body: new Uint8Array([1]) })).rejects.toMatchObject(refused);
      await expect(client("importChats", { body: new Uint8Array([1]) })).rejects.toMatchObject(refused);
      expect((await get(client, id)).messages).toHaveLength(1);
      expect(readdirSync(folder)).not.toContain("attachments");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("on disk, chats", () => {
  let folder: string;

  async function inFolder(use: () => Promise<void>): Promise<void> {
    folder = mkdtempSync(path.join(tmpdir(), "postern-test-"));
    try {
      await use();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test("survive a kill in the middle of an answer, up to what was saved last", () =>
    inFolder(async () => {
      const answer = randomUUID();
      let id: string;
      {
        const own = await startPostern({ dataFolder: folder });
        const client = adminOf(own);
        const chat = await start(client, "Killed", "tell me a story");
        id = chat.id;
        await save(client, id, said("Once upon a", { parentId: chat.messages[0] ?? null, role: "assistant", ending: null }), answer);
        own.kill("SIGKILL");
        await own.exited;
      }
      await using again = await startPostern({ dataFolder: folder });
      const chat = await get(adminOf(again), id);
      expect(chat.messages[1]).toMatchObject({ id: answer, ending: null, parts: [{ type: "text", text: "Once upon a" }] });
    }));

  test("are opened only when they are asked for, and are readable by their owner alone", () =>
    inFolder(async () => {
      await using own = await startPostern({ dataFolder: folder });
      expect(readdirSync(folder)).not.toContain("chats.db");
      await adminOf(own)("listChats", {});
      const files = readdirSync(folder).filter((name) => name.startsWith("chats.db"));
      const others = process.platform === "win32" ? 0 : 0o077;
      expect(files.map((name) => statSync(path.join(folder, name)).mode & others)).toEqual(files.map(() => 0));
    }));

  test("that are damaged are set aside, the newest copy takes their place, and the gateway never notices", () =>
    inFolder(async () => {
      let id: string;
      {
        await using own = await startPostern({ dataFolder: folder });
        const client = adminOf(own);
        ({ id } = await start(client, "Kept", "hello"));
        const made = await client("createBackup", {});
        expect([made.database, made.chats?.database]).toEqual(["postern", "chats"]);
      }
      const file = path.join(folder, "chats.db");
      truncateSync(file, Math.floor(statSync(file).size / 2));
      await using again = await startPostern({ dataFolder: folder });
      const client = adminOf(again);
      expect((await get(client, id)).messages).toHaveLength(1);
      expect(readdirSync(folder).some((name) => /^chats\.db\.corrupt-\d+$/.test(name))).toBe(true);
      expect(readdirSync(folder).some((name) => name.startsWith("postern.db.corrupt"))).toBe(false);
      expect(again.stderr()).toContain("The database of the chats was damaged");
    }));

  test("are restored from their own backup, and no backup takes the other database's place", () =>
    inFolder(async () => {
      let id: string;
      let copies: string[];
      {
        await using own = await startPostern({ dataFolder: folder });
        const client = adminOf(own);
        ({ id } = await start(client, "Restored", "hello"));
        const made = await client("createBackup", {});
        copies = [made.name, made.chats?.name ?? ""];
        await client("deleteChat", { parameters: { chat: id } });
        expect((await client("listBackups", {})).backups.map(({ name, database }) => `${database} ${name}`).toSorted()).toEqual([
          `chats ${copies[1] ?? ""}`,
          `postern ${copies[0] ?? ""}`,
        ]);
        await client("restoreBackup", { parameters: { name: copies[1] ?? "" } });
      }
      await using again = await startPostern({ dataFolder: folder });
      const client = adminOf(again);
      expect((await get(client, id)).title).toBe("Restored");
      const disguised = path.join(folder, "backups", "chats-disguised.db");
      const database = new DatabaseSync(path.join(folder, "backups", copies[0] ?? ""));
      database.prepare("VACUUM INTO ?").run(disguised);
      database.close();
      chmodSync(disguised, 0o600);
      await expect(client("restoreBackup", { parameters: { name: "chats-disguised.db" } })).rejects.toMatchObject({
        code: "invalid_value",
      });
    }));
});
