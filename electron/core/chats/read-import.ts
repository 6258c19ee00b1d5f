import { setImmediate as nextTurn } from "node:timers/promises";
import { PosternError } from "#shared/errors.ts";
import type { ExportedChat } from "#shared/schema/chat-export.ts";
import { exportedChatSchema } from "#shared/schema/chat-export.ts";
import { chatGptFormat } from "./import-chatgpt.ts";
import { type ImportedChats, type ImportFormat, readChat } from "./import-format.ts";
import { openWebUiFormat } from "./import-open-webui.ts";
import { ownFormat } from "./import-own.ts";

const formats: Readonly<Record<ImportedChats["format"], ImportFormat>> = {
  postern: ownFormat,
  chatgpt: chatGptFormat,
  "open-webui": openWebUiFormat,
};

/**
 * Reads a file of chats, whichever of the known programs has written it. Between two chats everything else has its turn.
 *
 * @throws {PosternError} `invalid_body` where it is no such file, or any part of it cannot be read
 */
export async function readImport(bytes: Uint8Array): Promise<ImportedChats> {
  const file = parse(bytes);
  const found = Object.entries(formats).find(([, format]) => format.matches(file));
  if (found === undefined) {
    throw new PosternError(
      "invalid_body",
      "Cannot import this file: it is no export of Postern's, no conversations.json of ChatGPT's and no chat export of Open WebUI's",
    );
  }
  const [name, format] = found as [ImportedChats["format"], ImportFormat];
  const chats: ExportedChat[] = [];
  const reading = format.read(file);
  for (;;) {
    const next = await reading.next();
    if (next.done === true) return { format: name, chats, ...next.value };
    // What another program wrote has to hold what our own does.
    chats.push(readChat(exportedChatSchema, next.value, chats.length));
    await nextTurn();
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    // The parser quotes what it choked on, and that is somebody's chat: its words go no further.
    throw new PosternError("invalid_body", "Cannot import this file: it is not JSON; where it came in a .zip, take it out first", {
      cause: (error as Error).name,
    });
  }
}
