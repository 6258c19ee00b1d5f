import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import * as z from "zod";
import { PosternError } from "#shared/errors.ts";
import { chatExportSchema, type ExportedChat, exportedChatSchema } from "#shared/schema/chat-export.ts";
import { mostAttachmentBytes } from "#shared/schema/chat.ts";
import { type ImportFormat, readChat } from "./import-format.ts";

const fileSchema = chatExportSchema.extend({ chats: z.array(z.unknown()) });
const glanceSchema = z.looseObject({ format: z.literal("postern-chats"), version: z.number() });

/** Postern's own export. */
export const ownFormat: ImportFormat = {
  matches: (file) => glanceSchema.safeParse(file).success,
  async *read(file) {
    const { version } = glanceSchema.parse(file);
    if (version > 1) throw new PosternError("invalid_body", "Cannot import this file: a newer Postern has written it; update Postern");
    const whole = fileSchema.safeParse(file);
    if (!whole.success) {
      const at = whole.error.issues[0]?.path.join(".") ?? "";
      throw new PosternError("invalid_body", `Cannot import this file: it is damaged (at ${at.slice(0, 120)}); nothing was imported`);
    }
    for (const [index, value] of whole.data.chats.entries()) {
      const chat = readChat(exportedChatSchema, value, index);
      checkTree(chat, index);
      yield chat;
    }
    const attachments = [];
    for (const { hash, base64 } of whole.data.attachments) {
      const bytes = Buffer.from(base64, "base64");
      if (bytes.length > mostAttachmentBytes || createHash("sha256").update(bytes).digest("hex") !== hash)
        throw new PosternError("invalid_body", `Cannot import this file: its attachment ${hash} is damaged; nothing was imported`);
      attachments.push({ hash, bytes });
      await nextTurn();
    }
    return { presets: whole.data.presets, attachments };
  },
};

/** A tree whose branches hang in the air, or go round in a circle, could never be shown. */
function checkTree({ messages, leafId }: ExportedChat, index: number): void {
  const ids = new Set(messages.map(({ id }) => id));
  const refuse = (why: string): never => {
    throw new PosternError("invalid_body", `Cannot import this file: in its chat ${index + 1} ${why}; nothing was imported`);
  };
  if (ids.size !== messages.length) refuse("two messages have the same id");
  if (leafId !== null && !ids.has(leafId)) refuse("the shown message is missing");
  const parents = new Map(messages.map(({ id, parentId }) => [id, parentId]));
  for (const parentId of parents.values()) {
    if (parentId !== null && !ids.has(parentId)) refuse("a message answers one that is missing");
  }
  // Each message is walked over once, however many branches lead to it: a long chat may hold nothing else up.
  const rooted = new Set<string>();
  for (const { id } of messages) {
    const walked = new Set<string>();
    for (let at: string | null = id; at !== null && !rooted.has(at); at = parents.get(at) ?? null) {
      if (walked.has(at)) refuse("messages answer each other in a circle");
      walked.add(at);
    }
    for (const one of walked) rooted.add(one);
  }
}
