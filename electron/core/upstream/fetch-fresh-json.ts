import type { Dispatcher } from "undici";
import { PosternError } from "#shared/errors.ts";
import { explainFailure } from "./explain-failure.ts";

/** What a server gave to tell its document's version by; sent back, it answers 304 where nothing changed. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** A document, or that there is none to be had. */
export type FreshJson =
  | { readonly kind: "new"; readonly value: unknown; readonly validators: Validators; readonly bytes: number }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly status: number };

/** What is asked for, and for how long. */
export interface JsonRequest {
  /** Named in errors. */
  readonly who: string;
  readonly origin: string;
  readonly path: string;
  /** A flat list of lower-case names and values. */
  readonly headers: readonly string[];
  /** Bounds the whole call. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/**
 * Gets a JSON document, such as a model list, if it is not the one that is here already. No redirect is followed.
 *
 * @param known what came with the document that is here; null where there is none
 * @throws {PosternError} `upstream_*` with the server's name, where there was no answer or none that is JSON
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1 for conditional requests
 */
export async function fetchFreshJson(
  dispatcher: Pick<Dispatcher, "request">,
  request: JsonRequest,
  known: Validators | null = null,
): Promise<FreshJson> {
  const { who, maxBytes } = request;
  const headers = [...request.headers];
  const { etag, lastModified } = known ?? { etag: null, lastModified: null };
  if (etag !== null) headers.push("if-none-match", etag);
  if (lastModified !== null) headers.push("if-modified-since", lastModified);
  try {
    const signal = AbortSignal.timeout(request.timeoutMs);
    const answer = await dispatcher.request({ method: "GET", origin: request.origin, path: request.path, headers, signal });
    const { statusCode, body } = answer;
    // A body that is thrown away before its end says so in an error event, which nobody else would hear.
    body.on("error", () => {});
    if (statusCode === 304 && known !== null) {
      body.destroy();
      return { kind: "unchanged" };
    }
    if (statusCode !== 200) {
      body.destroy();
      return { kind: "refused", status: statusCode };
    }
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes)
        throw new PosternError("upstream_too_large", `Cannot read the answer of ${who}: it is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const validators = { etag: validator(answer.headers["etag"]), lastModified: validator(answer.headers["last-modified"]) };
    return { kind: "new", value, validators, bytes: length };
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new PosternError("upstream_invalid", `Cannot read the answer of ${who}: it is not JSON`, { cause: error });
    if ((error as Error).name === "TimeoutError")
      throw new PosternError("upstream_timeout", `Cannot wait longer for ${who}: it did not answer in ${request.timeoutMs} ms`, {
        cause: error,
      });
    throw explainFailure(who, error as Error);
  }
}

/** Only what can be sent back as it is. */
function validator(value: string | string[] | undefined): string | null {
  return typeof value === "string" && /^[\x20-\x7e]{1,256}$/.test(value) ? value : null;
}
