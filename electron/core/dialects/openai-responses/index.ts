import type { Dialect } from "../dialect.ts";
import { AnswerWriter } from "./answer-writer.ts";
import { readFailure, writeFailure } from "./failure.ts";
import { readReply } from "./read-reply.ts";
import { readRequest } from "./read-request.ts";
import { openReader } from "./read-stream.ts";
import { readUsage } from "./usage.ts";
import { writeReply } from "./write-reply.ts";
import { writeRequest } from "./write-request.ts";

export { readFrameKind } from "./frame-kind.ts";

/**
 * OpenAI's Responses API, which Codex speaks.
 *
 * @see https://platform.openai.com/docs/api-reference/responses
 */
export const openaiResponses: Dialect = {
  id: "openai-responses",
  framing: "sse",
  toolNames: { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 64 },
  callIds: { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 64 },
  path: () => "/responses",
  readRequest,
  writeRequest,
  openReader,
  openWriter: (meta) => new AnswerWriter(meta),
  readReply,
  writeReply,
  readFailure,
  writeFailure,
  readUsage,
};
