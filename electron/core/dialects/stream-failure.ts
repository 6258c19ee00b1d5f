import type { Frame } from "#core/wire/frame.ts";
import type { Failure } from "./chat.ts";
import type { Dialect } from "./dialect.ts";

/**
 * Writes the event that ends a relayed stream which broke: an error in the dialect's own shape. Nothing that a relay
 * does not know (a sequence number, a response's id) is made up.
 */
export function writeStreamFailure(dialect: Dialect, failure: Failure): Frame {
  const body = dialect.writeFailure(failure);
  switch (dialect.id) {
    case "anthropic-messages":
      return { event: "error", data: JSON.stringify(body) };
    case "openai-responses":
      // https://platform.openai.com/docs/api-reference/responses-streaming/error
      return {
        event: "error",
        // With the same in an `error` object: OpenAI's package before version 7 looks for it there alone.
        data: JSON.stringify({
          type: "error",
          code: failure.code ?? null,
          message: failure.message,
          param: failure.param ?? null,
          ...body,
        }),
      };
    case "openai-chat":
    case "gemini-generate":
    case "bedrock-converse":
    case "cohere-chat":
      return { event: null, data: JSON.stringify(body) };
    default:
      return dialect.id satisfies never;
  }
}
