import type { ChatMessage, ChatParameters, MessageDetails } from "#shared/schema/chat.ts";
import { pathTo } from "#shared/path-to.ts";
import { wordsOf } from "../../../data/admin.ts";
import { loadWhenQuiet } from "../../../parts/lazy-part.ts";
import type { Answer } from "../stream/stream-answer.ts";
import { blobOf } from "./attachment-cache.ts";
import { findFigures } from "./call-figures.ts";
import { changeChat, openChatOf, putMessageInto } from "./open-chat.ts";
import { saveMessageSoon } from "./save-chat.ts";

/**
 * Has a model answer a question of an open chat, into a message that is saved as it grows. Never rejects: what goes wrong stands
 * in the message.
 *
 * @param answer the message that the answer goes into, empty; its parent is the question
 */
export async function writeAnswer(chatId: string, answer: ChatMessage, parameters: ChatParameters): Promise<void> {
  const chat = openChatOf(chatId);
  const model = answer.details.modelAsked;
  if (chat === undefined || model === null) return;
  const abort = new AbortController();
  const startedAtMs = Date.now();
  putMessageInto(chatId, answer);
  changeChat(chatId, ({ leafId, writing }) => ({
    leafId: leafFor(leafId, answer),
    writing: { ...writing, [answer.id]: { startedAtMs, abort } },
  }));
  saveMessageSoon(chatId, answer.id);

  function take({ parts, ending, details }: Answer): void {
    const message = { ...answer, parts: [...parts], ending, details: { ...answer.details, ...details } };
    putMessageInto(chatId, message);
    if (ending !== null) changeChat(chatId, ({ writing: { [answer.id]: _done, ...others } }) => ({ writing: others }));
    saveMessageSoon(chatId, answer.id, ending === null);
  }

  try {
    const [{ streamAnswer }, { toWireMessages }] = await loadStream();
    const path = pathTo(openChatOf(chatId)?.messages ?? [], answer.parentId);
    const messages = await toWireMessages(path, { system: chat.settings.system, readAttachment: blobOf });
    const { traceId } = await streamAnswer({ model, messages, parameters, signal: abort.signal }, take);
    await addFigures(chatId, answer.id, { traceId, startedAtMs });
  } catch (error) {
    // Something before the call: an attached file that is gone.
    take({ parts: [], ending: "broken", details: { ...answer.details, error: failureOf(error) }, traceId: "" });
  }
}

/** Both come in a quiet moment, or with the first question: the first page does without them. */
const loadStream = () => Promise.all([import("../stream/stream-answer.ts"), import("../stream/wire-messages.ts")]);
loadWhenQuiet(loadStream);

/** A new answer becomes what is shown; of several side by side, the first does. */
function leafFor(leafId: string | null, answer: ChatMessage): string {
  return answer.details.comparisonId !== null && leafId !== null && leafId !== answer.parentId ? leafId : answer.id;
}

function failureOf(error: unknown): NonNullable<MessageDetails["error"]> {
  return { code: null, message: wordsOf(error).slice(0, 4_000), status: null };
}

/** What only the gateway knows comes when its row is written. The answer is whole without it. */
async function addFigures(
  chatId: string,
  messageId: string,
  call: { readonly traceId: string; readonly startedAtMs: number },
): Promise<void> {
  const figures = await findFigures(call.traceId, call.startedAtMs).catch(() => null);
  const message = openChatOf(chatId)?.messages.find(({ id }) => id === messageId);
  // Asked anew meanwhile, it is another answer.
  if (figures === null || message === undefined || message.ending === null) return;
  const known = Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== null)) as Partial<MessageDetails>;
  putMessageInto(chatId, { ...message, details: { ...message.details, ...known } });
  saveMessageSoon(chatId, messageId);
}
