import type { Dialect } from "../dialect.ts";
import { readFailure, writeFailure } from "./failure.ts";
import { readRequest } from "./read-request.ts";
import { openReader } from "./read-stream.ts";
import { readReply, writeReply } from "./reply.ts";
import { readUsage } from "./usage.ts";
import { writeRequest } from "./write-request.ts";
import { openWriter } from "./write-stream.ts";

/**
 * Anthropic's Messages API, which Claude Code speaks.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export const anthropicMessages: Dialect = {
  id: "anthropic-messages",
  framing: "sse",
  toolNames: { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 128 },
  callIds: { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 256 },
  path: () => "/messages",
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
