import type { chatsContract } from "#shared/contract/chats.ts";
import { PosternError } from "#shared/errors.ts";
import { chatIdSchema } from "#shared/schema/chat.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/chats.ts`. */
export function createChatsHandlers({ chats }: Pick<AdminParts, "chats">): HandlersOf<typeof chatsContract> {
  return {
    listChats: async ({ query }) => {
      const opened = await chats.open();
      return { keeps: opened.keeps, ...(await opened.list({ before: query.before ?? null, limit: query.limit })) };
    },
    searchChats: async ({ query }) => ({ found: await (await chats.open()).search(query.words, query.limit) }),
    getChat: async ({ parameters }) => (await chats.open()).get(parameters.chat),
    putChat: async ({ parameters, body }) => (await chats.open()).put(idOf(parameters.chat), body),
    deleteChat: async ({ parameters }) => ({ done: await (await chats.open()).remove(parameters.chat) }),
    restoreChat: async ({ parameters }) => (await chats.open()).restore(parameters.chat),
    deleteChats: async () => ({ ids: await (await chats.open()).removeAll() }),
    putMessage: async ({ parameters, body }) => {
      await (await chats.open()).putMessage(parameters.chat, idOf(parameters.message), body);
      return { done: true };
    },
    branchChat: async ({ parameters, body }) => (await chats.open()).branch(parameters.chat, body),
    exportChatMarkdown: async ({ parameters }) => (await chats.open()).exportMarkdown(parameters.chat),
    exportChatJson: async ({ parameters }) => (await chats.open()).exportJson(parameters.chat),
    exportChats: async () => (await chats.open()).exportAll(),
    importChats: async ({ body }) => (await chats.open()).import(body),
    addAttachment: async ({ body }) => {
      if (body.length === 0) throw new PosternError("invalid_body", "Cannot attach this file: it is empty");
      return { hash: await (await chats.open()).attachments.add(body), bytes: body.length };
    },
    getAttachment: async ({ parameters }) => {
      const bytes = await (await chats.open()).attachments.read(parameters.hash);
      return new Blob([bytes]).stream();
    },
    listPresets: async () => ({ presets: await (await chats.open()).presets.list() }),
    putPreset: async ({ parameters, body }) => (await chats.open()).presets.put(idOf(parameters.preset), body),
    deletePreset: async ({ parameters }) => ({ done: await (await chats.open()).presets.remove(parameters.preset) }),
  };
}

/** Ids are the window's to choose, so that saving twice makes one; what they look like is not. */
function idOf(parameter: string): string {
  const id = chatIdSchema.safeParse(parameter);
  if (id.success) return id.data;
  throw new PosternError("invalid_value", "Cannot use this id: it must be a UUID");
}
