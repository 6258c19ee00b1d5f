import type { Dispatcher } from "undici";
import { PosternError } from "#shared/errors.ts";
import { explainFailure } from "./explain-failure.ts";

/**
 * Gets a small JSON document from a provider: a model list, never an answer to a prompt. No redirect is followed.
 *
 * @param options `timeoutMs` bounds the whole call, `maxBytes` its body; `who` is named in errors
 * @throws {PosternError} `upstream_*` with the provider's name; the status is in the message
 */
export async function fetchJson(
  dispatcher: Dispatcher,
  options: {
    readonly who: string;
    readonly origin: string;
    readonly path: string;
    readonly headers: string[];
    readonly timeoutMs: number;
    readonly maxBytes: number;
  },
): Promise<unknown> {
  try {
    const signal = AbortSignal.timeout(options.timeoutMs);
    const { statusCode, body } = await dispatcher.request({
      method: "GET",
      origin: options.origin,
      path: options.path,
      headers: options.headers,
      signal,
    });
    if (statusCode !== 200) {
      body.destroy();
      throw new PosternError("upstream_invalid", `Cannot read the model list of ${options.who}: it answered ${statusCode}`);
    }
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > options.maxBytes)
        throw new PosternError(
          "upstream_too_large",
          `Cannot read the model list of ${options.who}: it is longer than ${options.maxBytes} bytes`,
        );
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new PosternError("upstream_invalid", `Cannot read the model list of ${options.who}: it is not JSON`, { cause: error });
    throw explainFailure(options.who, error as Error);
  }
}
