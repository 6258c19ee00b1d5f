import type { LoggedCall } from "#shared/contract/calls.ts";
import { endpointPaths, type OfferedEndpoint } from "#shared/schema/endpoint.ts";

/**
 * The path that a call of the log came on, as far as it can be made again: files cannot, and what was relayed raw is not
 * known.
 *
 * @param model for Gemini's paths, which name it; it may hold slashes
 * @returns null where it cannot be made again
 */
export function callPath(
  { endpoint, clientDialect, streamed }: Pick<LoggedCall, "endpoint" | "clientDialect" | "streamed">,
  model: string,
): string | null {
  if (endpoint === null) return null;
  if (endpoint === "generate") return geminiPath(model, streamed === true ? "streamGenerateContent?alt=sse" : "generateContent");
  if (endpoint === "count-tokens")
    return clientDialect === "gemini-generate" ? geminiPath(model, "countTokens") : "/v1/messages/count_tokens";
  if (takesFiles.has(endpoint) || !Object.hasOwn(endpointPaths, endpoint)) return null;
  return `/v1${endpointPaths[endpoint as OfferedEndpoint]}`;
}

/** Whether the path names the model, and not the body. */
export function namesModelInPath({ endpoint, clientDialect }: Pick<LoggedCall, "endpoint" | "clientDialect">): boolean {
  return endpoint === "generate" || (endpoint === "count-tokens" && clientDialect === "gemini-generate");
}

const takesFiles = new Set(["images-edits", "images-variations", "audio-transcriptions", "audio-translations"]);

function geminiPath(model: string, method: string): string {
  return `/v1beta/models/${model.split("/").map(encodeURIComponent).join("/").replaceAll("%40", "@")}:${method}`;
}
