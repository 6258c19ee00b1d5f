import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import * as z from "zod";
import { PosternError } from "#shared/errors.ts";
import { chatExportSchema, type ExportedChat, exportedChatSchema } from "#shared/schema/chat-export.ts";
import { mostAttachmentBytes } from "#shared/schema/chat.ts";
import { type ImportFormat, readChat } from "./import-format.ts";
import { pathTo } from "./path-to.ts";

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
  const rooted = new Set<string>();
  for (const { id, parentId } of messages) {
    if (parentId !== null && !ids.has(parentId)) refuse("a message answers one that is missing");
    if (rooted.has(id)) continue;
    const path = pathTo(messages, id);
    if (path[0]?.parentId !== null) refuse("messages answer each other in a circle");
    for (const one of path) rooted.add(one.id);
  }
}
