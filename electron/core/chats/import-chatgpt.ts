import * as z from "zod";
import { type ChatMessage, messageDetailsSchema, type MessagePart } from "#shared/schema/chat.ts";
import { idOf, type ImportFormat, msOf, readChat, titleOf } from "./import-format.ts";
import { nearestShownIn } from "./nearest-shown.ts";

const text = z.string();
const seconds = z.number().nullish();

const messageSchema = z.looseObject({
  author: z.looseObject({ role: text }),
  create_time: seconds,
  content: z.looseObject({
    content_type: text,
    parts: z.array(z.unknown()).nullish(),
    text: text.nullish(),
    thoughts: z.array(z.looseObject({ summary: text.nullish(), content: text.nullish() })).nullish(),
  }),
  metadata: z.looseObject({ model_slug: text.nullish(), is_visually_hidden_from_conversation: z.boolean().nullish() }).nullish(),
  recipient: text.nullish(),
});

const conversationSchema = z.looseObject({
  id: text.nullish(),
  conversation_id: text.nullish(),
  title: text.nullish(),
  create_time: seconds,
  update_time: seconds,
  current_node: text.nullish(),
  mapping: z.record(text, z.looseObject({ message: messageSchema.nullish(), parent: text.nullish() })),
});

type Conversation = z.output<typeof conversationSchema>;
type Message = z.output<typeof messageSchema>;

/** `conversations.json` of ChatGPT's data export: an array of conversations, each with a `mapping` of nodes that form a tree. */
export const chatGptFormat: ImportFormat = {
  matches: (file) => Array.isArray(file) && z.looseObject({ mapping: z.looseObject({}) }).safeParse(file[0]).success,
  async *read(file) {
    for (const [index, value] of (file as readonly unknown[]).entries()) {
      const conversation = readChat(conversationSchema, value, index);
      const key = conversation.conversation_id ?? conversation.id ?? `${index}-${conversation.create_time ?? 0}`;
      const createdAtMs = msOf(conversation.create_time);
      const { mapping } = conversation;
      const nearestShown = nearestShownIn({
        parentOf: (node) => mapping[node]?.parent ?? null,
        isShown: (node) => isShown(mapping[node]?.message),
      });
      const messages = readMessages(mapping, { key, createdAtMs, nearestShown });
      const shown = nearestShown(conversation.current_node ?? null);
      yield {
        id: idOf("chatgpt", key),
        title: titleOf(conversation.title),
        pinned: false,
        settings: { models: [], system: "", parameters: {}, presetId: null },
        leafId: shown === null ? (messages.at(-1)?.id ?? null) : idOf(key, shown),
        createdAtMs,
        updatedAtMs: Math.max(createdAtMs, msOf(conversation.update_time)),
        messages,
      };
    }
    return { presets: [], attachments: [] };
  },
};

interface Reading {
  /** What sets this conversation's nodes apart. */
  readonly key: string;
  readonly createdAtMs: number;
  /** Tools' and system messages are left out, and their answers hang on what was before. */
  readonly nearestShown: (nodeId: string | null) => string | null;
}

function readMessages(mapping: Conversation["mapping"], { key, createdAtMs, nearestShown }: Reading): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const [nodeId, { message, parent }] of Object.entries(mapping)) {
    if (!isShown(message)) continue;
    const above = nearestShown(parent ?? null);
    const isAnswer = message.author.role === "assistant";
    messages.push({
      id: idOf(key, nodeId),
      parentId: above === null ? null : idOf(key, above),
      role: isAnswer ? "assistant" : "user",
      parts: partsOf(message),
      details: messageDetailsSchema.parse({ modelAnswered: message.metadata?.model_slug?.slice(0, 512) || null }),
      ending: "finished",
      createdAtMs: msOf(message.create_time) || createdAtMs,
    });
  }
  return messages.sort((one, other) => one.createdAtMs - other.createdAtMs);
}

function isShown(message: Message | null | undefined): message is Message {
  if (message === null || message === undefined) return false;
  if (message.metadata?.is_visually_hidden_from_conversation === true) return false;
  return ["user", "assistant"].includes(message.author.role) && partsOf(message).length > 0;
}

function partsOf({ content, recipient }: Message): MessagePart[] {
  if (content.content_type === "thoughts") {
    const thought = (content.thoughts ?? []).map(({ summary, content: whole }) => [summary, whole].filter(Boolean).join("\n")).join("\n\n");
    return thought === "" ? [] : [{ type: "reasoning", text: thought, durationMs: null }];
  }
  const isForTool = recipient !== null && recipient !== undefined && recipient !== "all";
  if (content.content_type === "code") {
    const code = content.text ?? "";
    if (code === "") return [];
    return isForTool
      ? [{ type: "tool-call", id: "", name: recipient.slice(0, 512), arguments: code, result: null }]
      : [{ type: "text", text: `\`\`\`\n${code}\n\`\`\`` }];
  }
  // Pictures are named in the export, and are not in it.
  if (content.content_type !== "text" && content.content_type !== "multimodal_text") return [];
  const words = (content.parts ?? []).map((part) => (typeof part === "string" ? part : "[a file that is not in the export]")).join("\n\n");
  return words.trim() === "" ? [] : [{ type: "text", text: words }];
}
