import * as z from "zod";

/**
 * What a client can ask for, and where OpenAI's API keeps it under its base URL.
 * A provider's row lists the ones that it has; its `paths` says where they are elsewhere.
 * @see https://platform.openai.com/docs/api-reference
 */
export const endpointPaths = {
  chat: "/chat/completions",
  completions: "/completions",
  embeddings: "/embeddings",
  responses: "/responses",
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

/** One thing that a client can ask for. */
export type EndpointId = keyof typeof endpointPaths;

/** The ids of {@link endpointPaths}, as a schema. */
export const endpointIdSchema = z.enum(Object.keys(endpointPaths) as [EndpointId, ...EndpointId[]]);
