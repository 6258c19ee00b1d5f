import * as z from "zod";
import { presetInputSchema, presetSchema } from "../schema/chat-export.ts";
import {
  attachmentHashSchema,
  chatIdSchema,
  chatMessageSchema,
  chatSettingsSchema,
  longestTitle,
  messageInputSchema,
  mostAttachmentBytes,
} from "../schema/chat.ts";
import type { ContractEntry } from "./endpoint.ts";

/** A chat, as a list shows it. */
export const chatInfoSchema = z.object({
  id: chatIdSchema,
  title: z.string(),
  pinned: z.boolean(),
  createdAtMs: z.number(),
  /** When something was last said in it. */
  updatedAtMs: z.number(),
});

/** {@link chatInfoSchema}'s values. */
export type ChatInfo = z.infer<typeof chatInfoSchema>;

/** A chat with all its messages, the oldest first. */
export const chatSchema = chatInfoSchema.extend({
  settings: chatSettingsSchema,
  /** The message that the path which is shown ends in. */
  leafId: chatIdSchema.nullable(),
  messages: z.array(chatMessageSchema),
});

/** {@link chatSchema}'s values. */
export type Chat = z.output<typeof chatSchema>;

const markedTextSchema = z.object({
  text: z.string(),
  /** What was found in it: from, to (exclusive), in UTF-16 units. */
  matches: z.array(z.tuple([z.number(), z.number()])),
});

/** Text with what was found in it. */
export type MarkedText = z.infer<typeof markedTextSchema>;

/** A chat in which something was found. */
export const foundChatSchema = z.object({
  chat: chatInfoSchema,
  title: markedTextSchema,
  /** The best few of its messages. */
  messages: z.array(z.object({ id: chatIdSchema, role: z.enum(["user", "assistant"]), snippet: markedTextSchema })),
});

/** {@link foundChatSchema}'s values. */
export type FoundChat = z.infer<typeof foundChatSchema>;

const title = z.string().trim().min(1).max(longestTitle);
const doneSchema = z.object({ done: z.boolean() });

/** What of a chat is changed: what is left out stays. A chat that is not there is made. */
export const chatChangeSchema = z.strictObject({
  title: title.optional(),
  pinned: z.boolean().optional(),
  settings: chatSettingsSchema.optional(),
  leafId: chatIdSchema.optional(),
});

/** {@link chatChangeSchema}'s values. */
export type ChatChange = z.output<typeof chatChangeSchema>;

/** The conversations that the window holds: in `chats.db` of the data folder, and nowhere else. */
export const chatsContract = {
  /** The newest first, without those that are pinned: these come whole with the first page. `before` is the `next` of the page before. */
  listChats: {
    method: "GET",
    path: "/admin/chats",
    query: z.strictObject({
      before: z
        .string()
        .regex(/^\d{1,15}-\d{1,15}$/, 'must be the "next" of a page')
        .optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    reply: z.object({
      /** False where the settings say that no chat is written to disk. */
      keeps: z.boolean(),
      pinned: z.array(chatInfoSchema),
      chats: z.array(chatInfoSchema),
      next: z.string().nullable(),
    }),
  },
  /** Words in titles and messages, the last one perhaps unfinished; the best first. */
  searchChats: {
    method: "GET",
    path: "/admin/chats/search",
    query: z.strictObject({ words: z.string().max(500), limit: z.coerce.number().int().min(1).max(100).default(30) }),
    reply: z.object({ found: z.array(foundChatSchema) }),
  },
  getChat: { method: "GET", path: "/admin/chats/:chat", reply: chatSchema },
  putChat: { method: "PUT", path: "/admin/chats/:chat", body: chatChangeSchema, reply: chatInfoSchema },
  /** It can be taken back for a day; then it is gone for good, apart from backups. */
  deleteChat: { method: "DELETE", path: "/admin/chats/:chat", reply: doneSchema },
  restoreChat: { method: "POST", path: "/admin/chats/:chat/restore", reply: chatInfoSchema },
  /** Every chat, pinned ones too. Each can be taken back as one that was deleted alone. */
  deleteChats: { method: "DELETE", path: "/admin/chats", reply: z.object({ ids: z.array(chatIdSchema) }) },
  /**
   * Saves a message, or what there is of it so far, and shows the path to it. Saving it again replaces it; its parent stays. The first
   * message of a chat that is not there makes it.
   */
  putMessage: {
    method: "PUT",
    path: "/admin/chats/:chat/messages/:message",
    body: messageInputSchema,
    mostBodyBytes: 16 * 1_048_576,
    reply: doneSchema,
  },
  /** Makes a chat of the path to one message. */
  branchChat: {
    method: "POST",
    path: "/admin/chats/:chat/branch",
    body: z.strictObject({ messageId: chatIdSchema, newChatId: chatIdSchema }),
    reply: chatInfoSchema,
  },

  /** The path that is shown, as Markdown. */
  exportChatMarkdown: { method: "GET", path: "/admin/chats/:chat/export.md", reply: z.string(), type: "text/markdown; charset=utf-8" },
  /** One chat with every branch, in the form that {@link chatsContract}'s `importChats` reads. */
  exportChatJson: { method: "GET", path: "/admin/chats/:chat/export.json", reply: z.string(), type: "application/json" },
  /** All chats and presets, in the same form. */
  exportChats: { method: "GET", path: "/admin/chats.json", reply: z.string(), type: "application/json" },
  /**
   * Reads an export of Postern's, of ChatGPT's (`conversations.json`) or of Open WebUI's, whole or not at all. Chats that are there
   * already get what they lack; nothing in them is replaced.
   */
  importChats: {
    method: "POST",
    path: "/admin/chats/import",
    bodyType: "application/octet-stream",
    body: z.instanceof(Uint8Array<ArrayBuffer>),
    mostBodyBytes: 256 * 1_048_576,
    reply: z.object({
      format: z.enum(["postern", "chatgpt", "open-webui"]),
      /** Chats that were not there. */
      added: z.number(),
      /** Chats that were there, and got messages that they lacked. */
      merged: z.number(),
      messages: z.number(),
      presets: z.number(),
      attachments: z.number(),
    }),
  },

  /** Keeps a file for a message to name. One that no message names is removed after some days. */
  addAttachment: {
    method: "POST",
    path: "/admin/attachments",
    bodyType: "application/octet-stream",
    body: z.instanceof(Uint8Array<ArrayBuffer>),
    mostBodyBytes: mostAttachmentBytes,
    reply: z.object({ hash: attachmentHashSchema, bytes: z.number() }),
  },
  getAttachment: { method: "GET", path: "/admin/attachments/:hash", reply: z.string(), type: "application/octet-stream" },

  listPresets: { method: "GET", path: "/admin/presets", reply: z.object({ presets: z.array(presetSchema) }) },
  putPreset: { method: "PUT", path: "/admin/presets/:preset", body: presetInputSchema, reply: presetSchema },
  deletePreset: { method: "DELETE", path: "/admin/presets/:preset", reply: doneSchema },
} as const satisfies Record<string, ContractEntry>;
