import type { DialectId } from "#shared/schema/provider.ts";
import type { EndpointId } from "#shared/schema/endpoint.ts";
import { type CatalogCall, matchCatalog } from "./match-catalog.ts";

/** A path that asks a model for something. */
export interface Endpoint {
  readonly id: EndpointId;
  /** The wire format that the client speaks there. */
  readonly dialect: DialectId;
  /** Whether the body has to say which model it wants. */
  readonly needsModel: boolean;
  /** Whether files come with it, as multipart/form-data. */
  readonly takesFiles: boolean;
}

/** What a path says that other APIs say in the body. */
export interface PathCall {
  readonly model: string;
  readonly stream: boolean;
}

/** What a request line asks for. */
export type EndpointMatch =
  | { readonly kind: "greeting" | "health" | "metrics" | "not-found" }
  | { readonly kind: "catalog"; readonly catalog: CatalogCall }
  /** `dialect`: whose list it is */
  | { readonly kind: "models"; readonly dialect: DialectId }
  | { readonly kind: "model"; readonly dialect: DialectId; readonly id: string }
  /** `path` where the path names the model */
  | { readonly kind: "call"; readonly endpoint: Endpoint; readonly path: PathCall | null }
  /** Relayed raw to the provider that the caller names; `path` is without its `/v1`. */
  | { readonly kind: "passthrough"; readonly path: string }
  | { readonly kind: "wrong-method"; readonly allow: string };

function openai(id: EndpointId, options: { readonly needsModel?: boolean; readonly takesFiles?: boolean } = {}): Endpoint {
  return { id, dialect: "openai-chat", needsModel: options.needsModel ?? true, takesFiles: options.takesFiles ?? false };
}

const chat = openai("chat");
const generate: Endpoint = { id: "generate", dialect: "gemini-generate", needsModel: true, takesFiles: false };
const countForGemini: Endpoint = { ...generate, id: "count-tokens" };

/** The paths of OpenAI's API that Postern routes by the model in the body, and where the seeds' clients expect chat. */
const posts: ReadonlyMap<string, Endpoint> = new Map([
  ["/v1/chat/completions", chat],
  // text.pollinations.ai's path, and the base URL that some tools build from it
  ["/openai", chat],
  ["/openai/v1/chat/completions", chat],
  ["/v1/responses", { id: "responses", dialect: "openai-responses", needsModel: true, takesFiles: false }],
  ["/v1/messages", { id: "messages", dialect: "anthropic-messages", needsModel: true, takesFiles: false }],
  ["/v1/messages/count_tokens", { id: "count-tokens", dialect: "anthropic-messages", needsModel: true, takesFiles: false }],
  ["/v1/completions", openai("completions")],
  ["/v1/embeddings", openai("embeddings")],
  ["/v1/images/generations", openai("images-generations", { needsModel: false })],
  ["/v1/images/edits", openai("images-edits", { needsModel: false, takesFiles: true })],
  ["/v1/images/variations", openai("images-variations", { needsModel: false, takesFiles: true })],
  ["/v1/audio/speech", openai("audio-speech")],
  ["/v1/audio/transcriptions", openai("audio-transcriptions", { takesFiles: true })],
  ["/v1/audio/translations", openai("audio-translations", { takesFiles: true })],
  ["/v1/moderations", openai("moderations", { needsModel: false })],
  ["/v1/rerank", openai("rerank")],
]);

/** Whose API a path belongs to, by its beginning: a refusal of what is not there is told in its shape. */
export function dialectOfPath(path: string): DialectId {
  if (path.startsWith("/v1beta/")) return "gemini-generate";
  return path.startsWith("/v1/messages") ? "anthropic-messages" : "openai-chat";
}

/** Only plain characters: nothing that another parser could decode, fold or climb with. */
const plainPath = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~:@!$&'()*+,;=-]+)+$/;

/**
 * Finds what a request line asks for.
 *
 * @param path without the query; never normalised: what is not written exactly as it should be is not found
 */
export function matchEndpoint(method: string, path: string): EndpointMatch {
  const endpoint = posts.get(path);
  if (endpoint !== undefined) return method === "POST" ? { kind: "call", endpoint, path: null } : { kind: "wrong-method", allow: "POST" };
  if (path === "/") return reading(method, { kind: "greeting" });
  if (path === "/healthz") return reading(method, { kind: "health" });
  if (path === "/metrics") return reading(method, { kind: "metrics" });
  if (path.startsWith("/v1/models") || path.startsWith("/v1beta/models")) return matchModels(method, path);
  // A client may take a name with a slash in it for a whole resource path, as the AI SDK does.
  if (path.startsWith("/v1beta/@") || path.startsWith("/v1beta/%40"))
    return matchModels(method, `/v1beta/models/${path.slice("/v1beta/".length)}`);
  if (path.startsWith("/catalog/")) return matchCatalog(method, path) ?? { kind: "not-found" };
  if (path.startsWith("/v1/") && plainPath.test(path)) {
    return method === "GET" || method === "POST" || method === "DELETE"
      ? { kind: "passthrough", path: path.slice(3) }
      : { kind: "wrong-method", allow: "GET, POST, DELETE" };
  }
  return { kind: "not-found" };
}

const geminiMethods: Readonly<Record<string, { readonly endpoint: Endpoint; readonly stream: boolean }>> = {
  generateContent: { endpoint: generate, stream: false },
  streamGenerateContent: { endpoint: generate, stream: true },
  countTokens: { endpoint: countForGemini, stream: false },
};

/** The list of models and its entries; and Gemini's calls, which stand under the model that they ask. */
function matchModels(method: string, path: string): EndpointMatch {
  const isGemini = path.startsWith("/v1beta/");
  const dialect = isGemini ? "gemini-generate" : "openai-chat";
  const rest = path.slice(isGemini ? "/v1beta/models".length : "/v1/models".length);
  if (rest === "") return reading(method, { kind: "models", dialect });
  if (!rest.startsWith("/")) return { kind: "not-found" };
  const colon = rest.lastIndexOf(":");
  const asked = colon === -1 ? undefined : geminiMethods[rest.slice(colon + 1)];
  const id = readModelId(asked === undefined ? rest.slice(1) : rest.slice(1, colon));
  if (id === null) return { kind: "not-found" };
  if (asked === undefined) return reading(method, { kind: "model", dialect, id });
  if (method !== "POST") return { kind: "wrong-method", allow: "POST" };
  return { kind: "call", endpoint: asked.endpoint, path: { model: id, stream: asked.stream } };
}

function reading(method: string, match: EndpointMatch): EndpointMatch {
  return method === "GET" || method === "HEAD" ? match : { kind: "wrong-method", allow: "GET, HEAD" };
}

function readModelId(encoded: string): string | null {
  try {
    const id = decodeURIComponent(encoded);
    return /^[\w.:/@+-]{1,256}$/.test(id) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(id) ? id : null;
  } catch {
    return null;
  }
}
