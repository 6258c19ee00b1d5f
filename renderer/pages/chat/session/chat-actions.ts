import { type Attachment, type ChatMessage, type ChatSettings, messageDetailsSchema, type MessagePart } from "#shared/schema/chat.ts";
import { pathTo } from "#shared/path-to.ts";
import { admin } from "../../../data/admin.ts";
import { keepAttachment } from "./attachment-cache.ts";
import { changeChat, openChatOf, openDraft, putMessageInto, useOpenChats } from "./open-chat.ts";
import { saveChatSoon, saveMessageSoon, settleChat } from "./save-chat.ts";
import { leafBelow, titleFrom } from "./tree.ts";
import { writeAnswer } from "./write-answer.ts";

/** What a person says: words, files, or both. */
export interface Said {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

/**
 * Says something in a chat, and has its models answer.
 *
 * @param options.parentId what it follows; the end of the shown path if it is left out. An edit follows what the edited one follows
 * @param options.untitled the name of a chat in which no words were said yet
 * @throws {AdminError} where a file cannot be kept; nothing was said then
 */
export async function sayIn(
  chatId: string,
  { text, attachments }: Said,
  options: { readonly parentId?: string | null; readonly untitled: string },
): Promise<void> {
  const chat = openChatOf(chatId);
  if (chat === undefined) return;
  if (!chat.isTemporary) await Promise.all(attachments.map(keepAttachment));
  const parts: MessagePart[] = [...attachments, ...(text === "" ? [] : [{ type: "text", text } as const])];
  const question: ChatMessage = {
    id: crypto.randomUUID(),
    parentId: options.parentId === undefined ? chat.leafId : options.parentId,
    role: "user",
    parts,
    details: messageDetailsSchema.parse({}),
    ending: "finished",
    createdAtMs: Date.now(),
  };
  putMessageInto(chatId, question);
  changeChat(chatId, ({ title }) => ({ leafId: question.id, title: title === "" ? titleFrom(text, options.untitled) : title }));
  saveMessageSoon(chatId, question.id);
  // The question is drawn, then the answer that begins, then what the caller does: all of it in one piece would hold up the page.
  await afterThis();
  answerQuestion(chatId, question.id, openChatOf(chatId)?.settings.models ?? []);
  await afterThis();
}

/** Resolves when the page had its turn. */
function afterThis(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Has models answer a question, side by side where there are several. Each answer is another child of it. */
export function answerQuestion(chatId: string, questionId: string, models: readonly string[]): void {
  const chat = openChatOf(chatId);
  if (chat === undefined) return;
  const comparisonId = models.length > 1 ? crypto.randomUUID() : null;
  changeChat(chatId, { leafId: questionId });
  for (const [index, modelAsked] of models.entries()) {
    const answer: ChatMessage = {
      id: crypto.randomUUID(),
      parentId: questionId,
      role: "assistant",
      parts: [],
      details: messageDetailsSchema.parse({ modelAsked, comparisonId }),
      ending: null,
      // A tick apart, so that they keep their order.
      createdAtMs: Date.now() + index,
    };
    void writeAnswer(chatId, answer, chat.settings.parameters);
  }
  // The core shows what was saved last; of several side by side the page shows the first.
  const leafId = openChatOf(chatId)?.leafId;
  if (comparisonId !== null && leafId !== null && leafId !== undefined) saveChatSoon(chatId, { leafId });
}

/** Asks for another answer beside one that is there, of the same model or another. */
export function answerAgain(chatId: string, answer: ChatMessage, model: string | null = null): void {
  const asked = model ?? answer.details.modelAsked ?? openChatOf(chatId)?.settings.models[0];
  if (answer.parentId !== null && asked !== undefined) answerQuestion(chatId, answer.parentId, [asked]);
}

/** Tries an answer once more that did not come, in its own place: there is nothing in it that would be lost. */
export function tryAgain(chatId: string, answer: ChatMessage): void {
  const chat = openChatOf(chatId);
  if (chat === undefined) return;
  const { modelAsked, comparisonId } = answer.details;
  const details = messageDetailsSchema.parse({ modelAsked: modelAsked ?? chat.settings.models[0] ?? null, comparisonId });
  void writeAnswer(chatId, { ...answer, parts: [], details, ending: null }, chat.settings.parameters);
}

/** Ends every answer that is being written into a chat; what has come of them stays. @returns whether there was one */
export function stopAnswers(chatId: string): boolean {
  const writing = Object.values(openChatOf(chatId)?.writing ?? {});
  for (const { abort } of writing) abort.abort();
  return writing.length > 0;
}

/** Shows the branch that a message begins. */
export function showBranch(chatId: string, messageId: string): void {
  const chat = openChatOf(chatId);
  if (chat === undefined) return;
  const leafId = leafBelow(chat.messages, messageId);
  changeChat(chatId, { leafId });
  saveChatSoon(chatId, { leafId });
}

/** Changes what holds for a chat's next answer. */
export function changeSettings(chatId: string, change: Partial<ChatSettings>): void {
  changeChat(chatId, ({ settings }) => ({ settings: { ...settings, ...change } }));
  const chat = openChatOf(chatId);
  // A new chat is saved with its first message.
  if (chat?.isSaved === true) saveChatSoon(chatId, { settings: chat.settings }, 400);
}

/** Gives a chat a name. */
export async function renameChat(chatId: string, title: string): Promise<void> {
  changeChat(chatId, { title });
  if (openChatOf(chatId)?.isTemporary === true) return;
  await admin("putChat", { parameters: { chat: chatId }, body: { title } });
}

/**
 * Makes a chat of the path to one message.
 *
 * @returns its id; a temporary chat's is temporary as well
 * @throws {AdminError}
 */
export async function branchFrom(chatId: string, messageId: string): Promise<string> {
  const chat = openChatOf(chatId);
  const newChatId = crypto.randomUUID();
  if (chat?.isTemporary === true) {
    openDraft(newChatId, chat.settings, true);
    changeChat(newChatId, { title: chat.title, messages: pathTo(chat.messages, messageId), leafId: messageId });
    useOpenChats.setState({ draftId: newChatId });
    return newChatId;
  }
  await settleChat(chatId);
  await admin("branchChat", { parameters: { chat: chatId }, body: { messageId, newChatId } });
  return newChatId;
}
