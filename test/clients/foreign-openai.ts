import OpenAI from "openai";
import type { Explained, Gateway } from "./foreign-client.ts";

/** The `openai` package, with nothing changed but its base URL and its key; neither it nor Postern tries again. */
export function openOpenAi({ url, key }: Gateway): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, defaultHeaders: { "x-portkey-retry": "0" } });
}

/** Reads an error of the `openai` package. */
export function explainOpenAi(error: unknown): Explained {
  const isOwn = error instanceof OpenAI.OpenAIError;
  const status = error instanceof OpenAI.APIError ? (error.status as number | undefined) : undefined;
  const retryAfter = error instanceof OpenAI.APIError ? (error.headers as Headers | undefined)?.get("retry-after") : undefined;
  return { isOwn: isOwn && fits(error, status), status, message: String(error), retryAfter };
}

/** Each status has a class of its own. */
function fits(error: unknown, status: number | undefined): boolean {
  if (status === 400) return error instanceof OpenAI.BadRequestError;
  if (status === 401) return error instanceof OpenAI.AuthenticationError;
  if (status === 429) return error instanceof OpenAI.RateLimitError;
  return status === undefined || status < 500 || error instanceof OpenAI.InternalServerError;
}
