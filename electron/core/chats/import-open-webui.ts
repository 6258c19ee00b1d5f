import * as z from "zod";
import { type ChatMessage, messageDetailsSchema, mostModels } from "#shared/schema/chat.ts";
import { idOf, type ImportFormat, msOf, readChat, titleOf } from "./import-format.ts";
import { nearestShownIn } from "./nearest-shown.ts";

const text = z.string();

const messageSchema = z.looseObject({
  parentId: text.nullish(),
  role: text,
  content: z.unknown(),
  timestamp: z.number().nullish(),
  model: text.nullish(),
});

const rowSchema = z.looseObject({
  id: text.nullish(),
  title: text.nullish(),
  pinned: z.boolean().nullish(),
  created_at: z.number().nullish(),
  updated_at: z.number().nullish(),
  chat: z.looseObject({
    title: text.nullish(),
    models: z.array(text).nullish(),
    history: z.looseObject({ messages: z.record(text, messageSchema), currentId: text.nullish() }),
  }),
});

type Messages = z.output<typeof rowSchema>["chat"]["history"]["messages"];

const glanceSchema = z.looseObject({ chat: z.looseObject({ history: z.looseObject({ messages: z.looseObject({}) }) }) });

/** Open WebUI's export: an array of rows, each with a `chat.history` of messages that form a tree. */
export const openWebUiFormat: ImportFormat = {
  matches: (file) => Array.isArray(file) && glanceSchema.safeParse(file[0]).success,
  async *read(file) {
    for (const [index, value] of (file as readonly unknown[]).entries()) {
      const row = readChat(rowSchema, value, index);
      const { history, models } = row.chat;
      const createdAtMs = msOf(row.created_at);
      const key = row.id ?? `${index}-${createdAtMs}`;
      const messages = readMessages(history.messages, key, createdAtMs);
      const leaf = history.currentId ?? null;
      yield {
        id: idOf("open-webui", key),
        title: titleOf(row.title ?? row.chat.title),
        pinned: row.pinned === true,
        settings: { models: (models ?? []).filter(Boolean).slice(0, mostModels), system: "", parameters: {}, presetId: null },
        leafId: leaf !== null && messages.some(({ id }) => id === idOf(key, leaf)) ? idOf(key, leaf) : (messages.at(-1)?.id ?? null),
        createdAtMs,
        updatedAtMs: Math.max(createdAtMs, msOf(row.updated_at)),
        messages,
      };
    }
    return { presets: [], attachments: [] };
  },
};

function readMessages(all: Messages, key: string, createdAtMs: number): ChatMessage[] {
  const isKnown = (id: string): boolean => ["user", "assistant"].includes(all[id]?.role ?? "");
  const nearestShown = nearestShownIn({ parentOf: (id) => all[id]?.parentId ?? null, isShown: isKnown });
  const parentOf = (parentId: string | null): string | null => {
    const above = nearestShown(parentId);
    return above === null ? null : idOf(key, above);
  };
  return Object.entries(all)
    .filter(([id]) => isKnown(id))
    .map(([id, message]): ChatMessage => ({
      id: idOf(key, id),
      parentId: parentOf(message.parentId ?? null),
      role: message.role === "assistant" ? "assistant" : "user",
      parts: typeof message.content === "string" && message.content !== "" ? [{ type: "text", text: message.content }] : [],
      details: messageDetailsSchema.parse({ modelAnswered: message.role === "assistant" ? message.model?.slice(0, 512) || null : null }),
      ending: "finished",
      createdAtMs: msOf(message.timestamp) || createdAtMs,
    }))
    .sort((one, other) => one.createdAtMs - other.createdAtMs);
}
