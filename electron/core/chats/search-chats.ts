import type { Store } from "#core/store/store.ts";
import type { FoundChat, MarkedText } from "#shared/contract/chats.ts";
import { chatInfoOf, type ChatRow } from "./chat-rows.ts";
import { aroundMatches, readMarks } from "./marked-text.ts";

const messagesOfEach = 3;
const mostHits = 400;
/** Scripts that write no spaces between words: what looks like one word there may be a whole sentence. */
const withoutSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

type Hit = ChatRow & { readonly message_uid: string; readonly role: "user" | "assistant"; readonly marked: string };
type TitleHit = ChatRow & { readonly marked: string };

const mark = "char(1), char(2)";
const isThere = "chats.deleted_at_ms IS NULL";

/**
 * Finds chats by words in their titles and messages, in any order; the last word may be unfinished. Chats that were deleted are
 * not found.
 *
 * @returns the best first: titles before messages; empty where there is no word to search for
 */
export async function searchChats(store: Pick<Store, "all">, words: string, limit: number): Promise<FoundChat[]> {
  const { titles, hits } = withoutSpaces.test(words) ? await searchAnywhere(store, words) : await searchWords(store, words);
  const found = new Map<string, FoundChat>();
  for (const row of titles) found.set(row.uid, { chat: chatInfoOf(row), title: readMarks(row.marked), messages: [] });
  for (const row of hits) {
    const one = found.get(row.uid) ?? { chat: chatInfoOf(row), title: { text: row.title, matches: [] }, messages: [] };
    found.set(row.uid, one);
    if (one.messages.length < messagesOfEach) one.messages.push({ id: row.message_uid, role: row.role, snippet: snippetOf(row, words) });
  }
  return [...found.values()].slice(0, limit);
}

interface Findings {
  readonly titles: readonly TitleHit[];
  readonly hits: readonly Hit[];
}

async function searchWords(store: Pick<Store, "all">, words: string): Promise<Findings> {
  const query = queryOf(words);
  if (query === null) return { titles: [], hits: [] };
  const titles = await store.all<TitleHit>(
    `SELECT chats.*, highlight(chat_words, 0, ${mark}) AS marked FROM chat_words JOIN chats ON chats.id = chat_words.rowid
     WHERE chat_words MATCH ? AND ${isThere} ORDER BY chats.updated_at_ms DESC LIMIT ?`,
    [query, mostHits],
  );
  const hits = await store.all<Hit>(
    `SELECT chats.*, messages.uid AS message_uid, messages.role, snippet(message_words, 0, ${mark}, '…', 24) AS marked
     FROM message_words JOIN messages ON messages.id = message_words.rowid JOIN chats ON chats.id = messages.chat_id
     WHERE message_words MATCH ? AND ${isThere} ORDER BY rank LIMIT ?`,
    [query, mostHits],
  );
  return { titles, hits };
}

/** Looks at every text: SQLite's index knows no words of these scripts. */
async function searchAnywhere(store: Pick<Store, "all">, words: string): Promise<Findings> {
  const pattern = `%${words.trim().replaceAll(/[%_\\]/g, String.raw`\$&`)}%`;
  const titles = await store.all<TitleHit>(
    `SELECT chats.*, title AS marked FROM chats WHERE title LIKE ? ESCAPE '\\' AND ${isThere} ORDER BY updated_at_ms DESC LIMIT ?`,
    [pattern, mostHits],
  );
  const hits = await store.all<Hit>(
    `SELECT chats.*, messages.uid AS message_uid, messages.role, messages.words AS marked
     FROM messages JOIN chats ON chats.id = messages.chat_id
     WHERE messages.words LIKE ? ESCAPE '\\' AND ${isThere} ORDER BY messages.created_at_ms DESC LIMIT ?`,
    [pattern, mostHits],
  );
  return { titles: titles.map((row) => ({ ...row, marked: aroundMatches(row.marked, words.trim()) })), hits };
}

function snippetOf(row: Hit, words: string): MarkedText {
  return readMarks(row.marked.includes("\u0001") ? row.marked : aroundMatches(row.marked, words.trim()));
}

/** Each word in quotes, so that nothing in it is an operator; a star lets each go on. */
function queryOf(words: string): string | null {
  // Just what the tokenizer makes words of: a quoted phrase with none of it would be a syntax error.
  const found = words.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];
  if (found.length === 0) return null;
  return found
    .slice(0, 32)
    .map((word) => `"${word}"*`)
    .join(" ");
}
