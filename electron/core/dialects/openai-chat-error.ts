import type { PosternError } from "#shared/errors.ts";

/** An error as OpenAI's clients expect it. */
export interface OpenAiErrorBody {
  readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string | null };
}

/**
 * Writes a failure of Postern's own as OpenAI's error object.
 *
 * @see https://platform.openai.com/docs/guides/error-codes
 */
export function writeOpenAiError(error: PosternError): OpenAiErrorBody {
  return { error: { message: error.message, type: error.type, param: error.param, code: error.code } };
}

const leads: Readonly<Record<number, string>> = {
  401: "Upstream authentication error",
  403: "Upstream authentication error",
  429: "Upstream rate limit",
};
const longestExcerpt = 500;

/**
 * Reads a provider's failure and writes it as OpenAI's error object: as it came where it is one already (only 401, 403
 * and 429 say in front whose refusal it is, so that nobody takes it for Postern's), else made from what it says.
 * Secrets must be scrubbed from `body` before.
 *
 * @param body what the provider sent: JSON, HTML or nothing
 */
export function translateFailure(provider: string, status: number, body: Buffer): Buffer {
  const text = body.toString("utf8");
  const parsed = parseObject(text);
  const said = parsed === null ? "" : readMessage(parsed);
  const lead = leads[status];
  const message = lead === undefined ? said : `${lead}: ${provider} says: ${said === "" ? "nothing" : said}`;
  const error = parsed?.["error"];
  if (typeof error === "object" && error !== null && !Array.isArray(error) && said !== "") {
    return lead === undefined ? body : Buffer.from(JSON.stringify({ ...parsed, error: { ...error, message } }));
  }
  const excerpt = parsed === null ? excerptOf(text) : said;
  const ownWords = lead ?? `${provider} answered ${status}`;
  const composed = excerpt === "" ? ownWords : `${ownWords}: ${lead === undefined ? "" : `${provider} says: `}${excerpt}`;
  const code = typeof parsed?.["code"] === "string" ? parsed["code"] : null;
  const type =
    status === 401
      ? "authentication_error"
      : status === 429
        ? "rate_limit_error"
        : status >= 500
          ? "server_error"
          : "invalid_request_error";
  return Buffer.from(JSON.stringify({ error: { message: composed, type, param: null, code } }));
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    let value: unknown = JSON.parse(text);
    // Google's OpenAI-compatible endpoint wraps its error object in a list.
    if (Array.isArray(value)) value = value[0];
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The many places where providers put their words. */
function readMessage(body: Record<string, unknown>): string {
  for (const candidate of [body["error"], body["message"], body["detail"], body["title"]]) {
    if (typeof candidate === "string" && candidate !== "") return candidate;
    if (typeof candidate === "object" && candidate !== null && "message" in candidate && typeof candidate.message === "string")
      return candidate.message;
  }
  return body["detail"] === undefined ? "" : JSON.stringify(body["detail"]).slice(0, longestExcerpt);
}

function excerptOf(text: string): string {
  // The patterns look far ahead at each "<": only so much of a page is looked at.
  const plain = text
    .slice(0, 4_096)
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>/gi, " ")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return plain.length > longestExcerpt ? `${plain.slice(0, longestExcerpt)}...` : plain;
}
