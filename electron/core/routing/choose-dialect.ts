import type { EndpointId } from "#shared/schema/endpoint.ts";
import type { DialectId } from "#shared/schema/provider.ts";
import type { RouteRow } from "./route-types.ts";

/** What a client of each chat endpoint speaks. */
const chatDialects: Partial<Readonly<Record<EndpointId, DialectId>>> = {
  chat: "openai-chat",
  responses: "openai-responses",
  messages: "anthropic-messages",
  generate: "gemini-generate",
};

/**
 * What is spoken with a provider that is asked for this: the client's dialect where the provider knows it, so that the
 * call is relayed byte for byte, else the row's own.
 *
 * @returns null where the row does not offer it
 */
export function dialectWith(row: RouteRow, endpoint: EndpointId | null, model: string | null): DialectId | null {
  if (endpoint === null) return row.dialect;
  const wanted = chatDialects[endpoint];
  if (wanted === undefined && endpoint !== "count-tokens")
    return row.endpoints.some((offered) => offered === endpoint) ? row.dialect : null;
  const speaksOwn =
    row.endpoints.includes("chat") && !(model !== null && row.quirks.responsesOnly.some((pattern) => matchesPattern(model, pattern)));
  const speaksResponses = row.endpoints.includes("responses");
  const speaksMessages = row.endpoints.includes("messages");
  if (wanted === "openai-responses" && speaksResponses) return wanted;
  if (wanted === "anthropic-messages" && speaksMessages) return wanted;
  if (speaksOwn) return row.dialect;
  return speaksResponses ? "openai-responses" : speaksMessages ? "anthropic-messages" : null;
}

/** Whether a model's name fits a pattern in which `*` stands for anything. */
function matchesPattern(model: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (!model.startsWith(first)) return false;
  let at = first.length;
  for (const [index, piece] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const found = isLast ? (model.endsWith(piece) ? model.length - piece.length : -1) : model.indexOf(piece, at);
    if (found < at) return false;
    at = found + piece.length;
  }
  return rest.length > 0 || at === model.length;
}
