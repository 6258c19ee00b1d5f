import type { DialectId } from "#shared/schema/provider.ts";
import type { EndpointId } from "#shared/schema/endpoint.ts";

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

/** What a request line asks for. */
export type EndpointMatch =
  | { readonly kind: "greeting" | "health" | "models" | "not-found" }
  | { readonly kind: "model"; readonly id: string }
  | { readonly kind: "call"; readonly endpoint: Endpoint }
  /** Relayed raw to the provider that the caller names; `path` is without its `/v1`. */
  | { readonly kind: "passthrough"; readonly path: string }
  | { readonly kind: "wrong-method"; readonly allow: string };

function openai(id: EndpointId, options: { readonly needsModel?: boolean; readonly takesFiles?: boolean } = {}): Endpoint {
  return { id, dialect: "openai-chat", needsModel: options.needsModel ?? true, takesFiles: options.takesFiles ?? false };
}

const chat = openai("chat");

/** The paths of OpenAI's API that Postern routes by the model in the body, and where the seeds' clients expect chat. */
const posts: ReadonlyMap<string, Endpoint> = new Map([
  ["/v1/chat/completions", chat],
  // text.pollinations.ai's path, and the base URL that some tools build from it
  ["/openai", chat],
  ["/openai/v1/chat/completions", chat],
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

/** Only plain characters: nothing that another parser could decode, fold or climb with. */
const plainPath = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~:@!$&'()*+,;=-]+)+$/;

/**
 * Finds what a request line asks for.
 *
 * @param path without the query; never normalised: what is not written exactly as it should be is not found
 */
export function matchEndpoint(method: string, path: string): EndpointMatch {
  const endpoint = posts.get(path);
  if (endpoint !== undefined) return method === "POST" ? { kind: "call", endpoint } : { kind: "wrong-method", allow: "POST" };
  if (path === "/") return reading(method, { kind: "greeting" });
  if (path === "/healthz") return reading(method, { kind: "health" });
  if (path === "/v1/models") return reading(method, { kind: "models" });
  if (path.startsWith("/v1/models/")) {
    const id = readModelId(path.slice("/v1/models/".length));
    return id === null ? { kind: "not-found" } : reading(method, { kind: "model", id });
  }
  if (path.startsWith("/v1/") && plainPath.test(path)) {
    return method === "GET" || method === "POST" || method === "DELETE"
      ? { kind: "passthrough", path: path.slice(3) }
      : { kind: "wrong-method", allow: "GET, POST, DELETE" };
  }
  return { kind: "not-found" };
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
