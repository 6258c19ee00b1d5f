import type { Dialect } from "../dialect.ts";
import { readFailure, writeFailure } from "./failure.ts";
import { modelPath } from "./path.ts";
import { openReader } from "./read-stream.ts";
import { readRequest } from "./read-request.ts";
import { readReply, writeReply } from "./reply.ts";
import { readUsage } from "./usage.ts";
import { writeRequest } from "./write-request.ts";
import { openWriter } from "./write-stream.ts";

/**
 * Amazon Bedrock's Converse and ConverseStream. Which model it is decides what may be said: see `traits.ts`.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export const bedrockConverse: Dialect = {
  id: "bedrock-converse",
  framing: "aws-event-stream",
  toolNames: { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 64 },
  callIds: { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 64 },
  path: ({ model, stream }) => modelPath(model, stream ? "converse-stream" : "converse"),
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
