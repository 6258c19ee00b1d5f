import * as z from "zod";

/**
 * What a provider can be asked for in OpenAI's API or Anthropic's, and where it is kept under the base URL.
 * A provider's row lists the ones that it has; its `paths` says where they are elsewhere. `chat` means the row's own
 * dialect; `responses` and `messages` that it speaks these as well.
 *
 * @see https://platform.openai.com/docs/api-reference
 */
export const endpointPaths = {
  chat: "/chat/completions",
  completions: "/completions",
  embeddings: "/embeddings",
  responses: "/responses",
  messages: "/messages",
  "images-generations": "/images/generations",
  "images-edits": "/images/edits",
  "images-variations": "/images/variations",
  "audio-speech": "/audio/speech",
  "audio-transcriptions": "/audio/transcriptions",
  "audio-translations": "/audio/translations",
  moderations: "/moderations",
  rerank: "/rerank",
  models: "/models",
} as const;

/** One thing that a provider's row can offer. */
export type OfferedEndpoint = keyof typeof endpointPaths;

/** One thing that a client can ask for: `generate` is Gemini's chat, `count-tokens` Anthropic's and Gemini's. */
export type EndpointId = OfferedEndpoint | "generate" | "count-tokens";

/** The ids of {@link endpointPaths}, as a schema. */
export const endpointIdSchema = z.enum(Object.keys(endpointPaths) as [OfferedEndpoint, ...OfferedEndpoint[]]);
