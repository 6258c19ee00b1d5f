import type { Dialect } from "../dialect.ts";
import { readFailure, writeFailure } from "./failure.ts";
import { readRequest } from "./read-request.ts";
import { openReader } from "./read-stream.ts";
import { readReply, writeReply } from "./reply.ts";
import { readUsage } from "./usage.ts";
import { writeRequest } from "./write-request.ts";
import { openWriter } from "./write-stream.ts";

/**
 * Cohere's chat, version 2.
 *
 * @see https://docs.cohere.com/reference/chat
 */
export const cohereChat: Dialect = {
  id: "cohere-chat",
  framing: "sse",
  toolNames: { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 64 },
  callIds: { pattern: /^[a-zA-Z0-9_.:-]+$/, maxLength: 256 },
  path: () => "/chat",
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
