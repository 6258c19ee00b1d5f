import type { Dialect } from "../dialect.ts";
import { readFailure, writeFailure } from "./failure.ts";
import { readRequest } from "./read-request.ts";
import { openReader, readReply } from "./read-stream.ts";
import { readUsage } from "./usage.ts";
import { writeReply } from "./write-reply.ts";
import { writeRequest } from "./write-request.ts";
import { openWriter } from "./write-stream.ts";

/**
 * Chat Completions: OpenAI's, and that of the many servers that follow it.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const openaiChat: Dialect = {
  id: "openai-chat",
  framing: "sse",
  // https://platform.openai.com/docs/api-reference/chat/create: names of a-z, A-Z, 0-9, underscores and dashes, 64 at most.
  toolNames: { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 64 },
  // Longer ids are answered with "string too long".
  callIds: { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 40 },
  path: () => "/chat/completions",
  readRequest,
  writeRequest,
  openReader,
  openWriter,
  readReply,
  writeReply,
  readFailure,
  writeFailure,
  readUsage,
};
