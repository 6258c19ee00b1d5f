import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AdminClient } from "#shared/contract/client.ts";
import { chatExportSchema, type ChatExport } from "#shared/schema/chat-export.ts";
import { messageDetailsSchema, type MessageInput } from "#shared/schema/chat.ts";
import { adminOf } from "../fakes/call-admin.ts";
import { type RunningPostern, startPostern } from "../fakes/start-postern.ts";

// Chats on their way out and in: nothing is lost on the way, and nothing is taken in by halves.

let postern: RunningPostern;
let admin: AdminClient;

beforeAll(async () => {
  postern = await startPostern();
  admin = adminOf(postern);
});

afterAll(() => postern.stop());

function message(more: Partial<MessageInput>): MessageInput {
  const details = messageDetailsSchema.parse({});
  return { parentId: null, role: "user", parts: [], details, ending: "finished", createdAtMs: 1_790_000_000_000, ...more };
}

const bytesOf = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));
const read = async (client: AdminClient): Promise<ChatExport> => chatExportSchema.parse(await (await client("exportChats", {})).json());

/** A chat with a file, a thought, two answers to one question, and a preset beside it. */
async function fill(client: AdminClient): Promise<{ id: string; hash: string }> {
  const [id, question, first, second] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const { hash } = await client("addAttachment", { body: new TextEncoder().encode("a,b\n1,2\n") });
  const settings = { models: ["fast", "@openai/gpt-4o"], system: "Be brief.", parameters: { temperature: 0.5 }, presetId: null };
  await client("putChat", { parameters: { chat: id }, body: { title: "Sums & more", pinned: true, settings } });
  const file = { type: "attachment", hash, name: "sums.csv", mediaType: "text/csv", bytes: 8 } as const;
  const save = (one: string, body: MessageInput): Promise<unknown> =>
    client("putMessage", { parameters: { chat: id, message: one }, body });
  await save(question, message({ parts: [file, { type: "text", text: "What is **this**?" }] }));
  const answer = { parentId: question, role: "assistant" } as const;
  const details = messageDetailsSchema.parse({ modelAsked: "fast", modelAnswered: "gpt-4o-mini", costMicroUsd: 12.5 });
  await save(first, message({ ...answer, parts: [{ type: "text", text: "A table." }], details, createdAtMs: 1_790_000_000_001 }));
  const parts: MessageInput["parts"] = [
    { type: "reasoning", text: "two lines\nof thought", durationMs: 900 },
    { type: "tool-call", id: "c1", name: "count", arguments: '{"of":"```"}', result: "2" },
    { type: "text", text: "Two sums." },
  ];
  await save(second, message({ ...answer, parts, ending: "stopped", createdAtMs: 1_790_000_000_002 }));
  await client("putPreset", { parameters: { preset: randomUUID() }, body: { name: "Terse", system: "Be brief." } });
  return { id, hash };
}

describe("an export", () => {
  test("goes into another Postern whole, files too, and a second time changes nothing", async () => {
    await using other = await startPostern();
    const there = adminOf(other);
    const { id, hash } = await fill(admin);
    const exported = await read(admin);
    expect(await there("importChats", { body: bytesOf(exported) })).toEqual({
      format: "postern",
      added: 1,
      merged: 0,
      messages: 3,
      presets: 1,
      attachments: 1,
    });
    expect({ ...(await read(there)), exportedAtMs: 0 }).toEqual({ ...exported, exportedAtMs: 0 });
    expect(await (await there("getAttachment", { parameters: { hash } })).text()).toBe("a,b\n1,2\n");
    expect((await there("searchChats", { query: { words: "sums" } })).found[0]?.messages).toHaveLength(2);

    await there("putChat", { parameters: { chat: id }, body: { title: "My own name" } });
    const again = await there("importChats", { body: bytesOf(exported) });
    expect([again.added, again.merged, again.messages]).toEqual([0, 0, 0]);
    expect((await there("getChat", { parameters: { chat: id } })).title).toBe("My own name");
    await there("deleteChat", { parameters: { chat: id } });
    await there("importChats", { body: bytesOf(exported) });
    expect((await there("getChat", { parameters: { chat: id } })).messages).toHaveLength(3);
  });

  test("of one chat holds that chat, and its Markdown the path that is shown", async () => {
    const { id } = await fill(admin);
    const one = chatExportSchema.parse(await (await admin("exportChatJson", { parameters: { chat: id } })).json());
    expect([one.chats.map((chat) => chat.id), one.presets, one.attachments.length]).toEqual([[id], [], 1]);
    const markdown = await (await admin("exportChatMarkdown", { parameters: { chat: id } })).text();
    expect(markdown).toBe(
      [
        "# Sums & more",
        "## System prompt\n\nBe brief.",
        "## You\n\nAttached: sums.csv (text/csv, 8 bytes)\n\nWhat is **this**?",
        '## Answer\n\n> two lines\n> of thought\n\nCalls `count`:\n\n````\n{"of":"```"}\n````\n\nGets:\n\n```\n2\n```\n\nTwo sums.\n',
      ].join("\n\n"),
    );
    await expect(admin("exportChatJson", { parameters: { chat: randomUUID() } })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("an import that is not right is refused whole", () => {
  const id = randomUUID();
  const chat = {
    id,
    title: "Hostile",
    pinned: false,
    settings: {},
    leafId: null,
    createdAtMs: 1,
    updatedAtMs: 1,
    messages: [{ id, ...message({ parts: [{ type: "text", text: "x" }] }) }],
  };
  const file = { format: "postern-chats", version: 1, exportedAtMs: 1, chats: [{ ...chat, id: randomUUID() }, chat] };
  const [one, other] = [randomUUID(), randomUUID()];
  const circle = [
    { id: one, ...message({ parentId: other }) },
    { id: other, ...message({ parentId: one }) },
  ];

  test.each<[string, unknown]>([
    ["nothing at all", ""],
    ["another program's", { hello: "world" }],
    ["a list of nothing", [{}]],
    ["a newer version", { ...file, version: 2 }],
    ["an unknown field", { ...file, extra: 1 }],
    [
      "a second chat with a wrong role",
      { ...file, chats: [file.chats[0], { ...chat, messages: [{ ...chat.messages[0], role: "root" }] }] },
    ],
    ["a parent that is missing", { ...file, chats: [file.chats[0], { ...chat, messages: [{ ...chat.messages[0], parentId: one }] }] }],
    ["messages in a circle", { ...file, chats: [file.chats[0], { ...chat, messages: circle }] }],
    ["the same id twice", { ...file, chats: [{ ...chat, messages: [chat.messages[0], chat.messages[0]] }] }],
    ["a shown message that is missing", { ...file, chats: [{ ...chat, leafId: one }] }],
    ["a title that is no text", { ...file, chats: [{ ...chat, title: { toString: "x" } }] }],
    ["an attachment under another's hash", { ...file, attachments: [{ hash: "0".repeat(64), base64: "AAAA" }] }],
    ["a prototype", JSON.parse('{"format":"postern-chats","version":1,"exportedAtMs":1,"chats":[{"__proto__":{"id":1}}]}')],
  ])("%s", async (_what, value) => {
    const before = await read(admin);
    await expect(admin("importChats", { body: bytesOf(value) })).rejects.toMatchObject({ code: "invalid_body" });
    expect({ ...(await read(admin)), exportedAtMs: 0 }).toEqual({ ...before, exportedAtMs: 0 });
  });

  test("text that is no JSON, without repeating it", async () => {
    const body = new TextEncoder().encode('{"my secret diary": oh no');
    const words = await admin("importChats", { body }).then(
      () => "",
      (refused: Error) => refused.message,
    );
    expect(words).toContain("it is not JSON");
    expect(words).not.toContain("diary");
  });
});

// The formats as their programs write them, cut down to what they mean: seen in their public exports.
describe("an import of another program's chats", () => {
  test("ChatGPT's conversations.json: the tree stays, what is hidden or a tool's is passed over", async () => {
    const node = (nodeId: string, parent: string | null, role: string | null, more: object = {}): object => ({
      id: nodeId,
      parent,
      children: [],
      message:
        role === null
          ? null
          : {
              id: nodeId,
              author: { role, name: null, metadata: {} },
              create_time: 1_700_000_000.25,
              content: { content_type: "text", parts: [`${role} says ${nodeId}`] },
              status: "finished_successfully",
              metadata: role === "assistant" ? { model_slug: "gpt-4o" } : {},
              recipient: "all",
              ...more,
            },
    });
    const thoughts = { content_type: "thoughts", thoughts: [{ summary: "Planning", content: "I should search." }] };
    const mapping = {
      "client-created-root": node("client-created-root", null, null),
      s1: node("s1", "client-created-root", "system"),
      u1: node("u1", "s1", "user"),
      t0: node("t0", "u1", "assistant", { content: thoughts }),
      a1: node("a1", "t0", "assistant", { recipient: "web", content: { content_type: "code", language: "unknown", text: "search(1)" } }),
      t1: node("t1", "a1", "tool"),
      a2: node("a2", "t1", "assistant"),
      a3: node("a3", "u1", "assistant", {
        content: { content_type: "multimodal_text", parts: [{ content_type: "image_asset_pointer" }, "see"] },
      }),
      h1: node("h1", "a2", "user", { metadata: { is_visually_hidden_from_conversation: true } }),
    };
    const file = [
      {
        title: "From elsewhere",
        create_time: 1_700_000_000,
        update_time: 1_700_000_100.5,
        mapping,
        current_node: "h1",
        conversation_id: "conv-1",
      },
    ];
    const report = await admin("importChats", { body: bytesOf(file) });
    expect(report).toMatchObject({ format: "chatgpt", added: 1, messages: 5 });
    const { found } = await admin("searchChats", { query: { words: "elsewhere" } });
    const chat = await admin("getChat", { parameters: { chat: found[0]?.chat.id ?? "" } });
    const at = (text: string): string | undefined => chat.messages.find(({ parts }) => JSON.stringify(parts).includes(text))?.id;
    const parents = chat.messages.map(({ parentId, parts }) => [JSON.stringify(parts[0]).slice(0, 60), parentId]);
    expect(parents).toHaveLength(5);
    expect(chat.leafId).toBe(at("assistant says a2"));
    const [user, thought, tool, answer, picture] = ["user says u1", "Planning", "search(1)", "assistant says a2", "see"].map((text) =>
      chat.messages.find(({ id }) => id === at(text)),
    );
    expect([user?.parentId, thought?.parentId, tool?.parentId, answer?.parentId, picture?.parentId]).toEqual([
      null,
      user?.id,
      thought?.id,
      tool?.id,
      user?.id,
    ]);
    expect([thought?.parts[0]?.type, tool?.parts[0]?.type, answer?.details.modelAnswered]).toEqual(["reasoning", "tool-call", "gpt-4o"]);
    expect([chat.createdAtMs, chat.updatedAtMs]).toEqual([1_700_000_000_000, 1_700_000_100_500]);
    expect(await admin("importChats", { body: bytesOf(file) })).toMatchObject({ added: 0, merged: 0, messages: 0 });
  });

  test("Open WebUI's export: its tree, its models, its pins", async () => {
    const file = [
      {
        id: "0b1d3c86-6f5f-4f0e-9a56-1d3f8a1c2b3d",
        user_id: "u",
        title: "Owui chat",
        chat: {
          title: "Owui chat",
          models: ["llama3:8b"],
          history: {
            currentId: "m3",
            messages: {
              m1: { id: "m1", parentId: null, childrenIds: ["m2", "m3"], role: "user", content: "Hi there", timestamp: 1_700_000_000 },
              m2: {
                id: "m2",
                parentId: "m1",
                childrenIds: [],
                role: "assistant",
                content: "One",
                model: "llama3:8b",
                timestamp: 1_700_000_001,
              },
              m3: {
                id: "m3",
                parentId: "m1",
                childrenIds: [],
                role: "assistant",
                content: "Two",
                model: "mistral",
                timestamp: 1_700_000_002,
              },
            },
          },
          messages: [],
          timestamp: 1_700_000_000_000,
        },
        updated_at: 1_700_000_003,
        created_at: 1_700_000_000,
        pinned: true,
        archived: false,
      },
    ];
    expect(await admin("importChats", { body: bytesOf(file) })).toMatchObject({ format: "open-webui", added: 1, messages: 3 });
    const chat = await admin("getChat", { parameters: { chat: "0b1d3c86-6f5f-4f0e-9a56-1d3f8a1c2b3d" } });
    expect([chat.title, chat.pinned, chat.settings.models]).toEqual(["Owui chat", true, ["llama3:8b"]]);
    expect(chat.messages.map(({ role, parts, details }) => [role, parts[0], details.modelAnswered])).toEqual([
      ["user", { type: "text", text: "Hi there" }, null],
      ["assistant", { type: "text", text: "One" }, "llama3:8b"],
      ["assistant", { type: "text", text: "Two" }, "mistral"],
    ]);
    expect(chat.leafId).toBe(chat.messages[2]?.id);
  });
});
