import type { Dialect } from "../dialect.ts";
import { readFailure, writeFailure } from "./failure.ts";
import { chatPath } from "./path.ts";
import { readRequest } from "./read-request.ts";
import { openReader } from "./read-stream.ts";
import { readReply, writeReply } from "./reply.ts";
import { readUsage } from "./usage.ts";
import { writeRequest } from "./write-request.ts";
import { openWriter } from "./write-stream.ts";

/** Google's Gemini API, and Vertex AI's: https://ai.google.dev/api/generate-content */
export const geminiGenerate: Dialect = {
  id: "gemini-generate",
  framing: "sse",
  // https://ai.google.dev/api/caching#FunctionDeclaration
  toolNames: { pattern: /^[a-zA-Z_][a-zA-Z0-9_.:-]*$/, maxLength: 128 },
  callIds: { pattern: /^[a-zA-Z0-9_.:-]+$/, maxLength: 128 },
  path: chatPath,
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
