import * as z from "zod";
import { endpointIdSchema } from "./endpoint.ts";

/** The wire formats that a provider can speak. */
export const dialectIds = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini-generate",
  "bedrock-converse",
  "cohere-chat",
] as const;

/** How a provider wants to see its key. Each value is answered by a file in `core/upstream`. */
export const authSchemes = [
  /** `Authorization: Bearer KEY` */
  "bearer",
  /** `x-api-key: KEY` (Anthropic and its likes) */
  "x-api-key",
  /** `api-key: KEY`, or a Microsoft Entra token as bearer (Azure) */
  "api-key",
  /** `x-goog-api-key: KEY` (Gemini) */
  "x-goog-api-key",
  /** `x-portkey-api-key: KEY` (hosted Portkey) */
  "x-portkey-api-key",
  /** `Authorization: Key KEY` (Bytez) */
  "key",
  /** AWS Signature Version 4, or a Bedrock API key as bearer */
  "aws-sigv4",
  /** an OAuth token, made from a service account where need be, or a Google API key (Vertex AI) */
  "google-oauth",
  /** a server that asks for no key */
  "none",
] as const;

/** One of {@link authSchemes}. */
export type AuthScheme = (typeof authSchemes)[number];

/** One of {@link dialectIds}. */
export type DialectId = (typeof dialectIds)[number];

const idPattern = /^[a-z0-9][a-z0-9.-]{0,63}$/;

/** A provider's id or synonym: lower case, as it stands in `@provider/model` and `x-portkey-provider`. */
export const providerIdSchema = z.string().regex(idPattern, "must be lower-case letters, digits, '.' and '-', at most 64 of them");

/** In what a provider differs from its dialect. Code asks for the quirk, never for the provider. */
export const quirksSchema = z.strictObject({
  /**
   * When a stream carries usage: `on-request` after `stream_options.include_usage`, `always` without being asked,
   * `never` where asking for it is an error.
   */
  streamUsage: z.enum(["on-request", "always", "never"]).default("on-request"),
  /** The request field that limits the answer's length. */
  maxTokensField: z.enum(["max_tokens", "max_completion_tokens"]).default("max_tokens"),
  /** Whether the `developer` role is known; else it is sent as `system`. */
  developerRole: z.boolean().default(false),
  /** Whether it passes thoughts on to other makers and takes their signatures back: OpenRouter's `reasoning_details`. */
  carriesSignatures: z.boolean().default(false),
  /** Models that answer at `/responses` alone, as patterns in which `*` stands for anything. */
  responsesOnly: z.array(z.string().min(1)).default([]),
  /** How the model is told how much to think: OpenAI's `reasoning_effort`, OpenRouter's `reasoning` object, or DeepSeek's `thinking` switch with `reasoning_effort` beside it. */
  reasoningField: z.enum(["reasoning_effort", "reasoning", "thinking"]).default("reasoning_effort"),
  /** Whether the assistant's `reasoning_content` must come back with the tool calls that followed from it. */
  replaysReasoning: z.boolean().default(false),
  /** Whether `cache_control` is taken on content parts and tools. */
  cacheControl: z.boolean().default(false),
  /** Whether a tool call's id must be nine letters and digits. */
  shortCallIds: z.boolean().default(false),
  /** Fields that it takes although most servers of its dialect do not know them. */
  extraFields: z.array(z.enum(["top_k", "verbosity", "prompt_cache_key", "service_tier"])).default([]),
  /** Fields that most servers of its dialect take, but it answers with an error. */
  refusedFields: z.array(z.enum(["user", "seed", "logprobs", "parallel_tool_calls", "reasoning_effort"])).default([]),
});

/** {@link quirksSchema}'s values. */
export type Quirks = z.infer<typeof quirksSchema>;

/**
 * A base URL, or a template of one: `https://{resource}.openai.azure.com/openai/v1` takes `resource` from the row's
 * `options`. Plain http is for this machine and for addresses that the person wrote down.
 */
export const baseUrlSchema = z
  .string()
  .max(2048)
  .superRefine((value, context) => {
    const filled = value.replaceAll(/\{[a-z-]+\}/g, "x");
    let url: URL;
    try {
      url = new URL(filled);
    } catch {
      context.addIssue({ code: "custom", message: `must be an absolute http or https URL, found ${JSON.stringify(value)}` });
      return;
    }
    if (url.protocol !== "https:" && url.protocol !== "http:")
      context.addIssue({ code: "custom", message: "must begin with https:// or http://" });
    if (url.username !== "" || url.password !== "") context.addIssue({ code: "custom", message: "must not hold a user name or password" });
    if (url.search !== "" || url.hash !== "") context.addIssue({ code: "custom", message: "must not have a query or a fragment" });
    if (isMetadataHost(url.hostname)) context.addIssue({ code: "custom", message: "must not be a link-local or cloud metadata address" });
  });

/** A value that a base URL's `{placeholder}` takes: from config.json, the environment, or this default. */
const optionSchema = z.strictObject({
  title: z.string().min(1),
  environment: z.array(z.string()).default([]),
  default: z.string().optional(),
});

/** One provider: a row of `assets/providers/`, or a person's own in config.json. */
export const providerSchema = z.strictObject({
  /** The name that users and tools write. */
  id: providerIdSchema,
  /** The name that people read. */
  name: z.string().min(1).max(80),
  /** Other ids that mean this provider: Portkey's, the seeds', common short forms. */
  synonyms: z.array(providerIdSchema).default([]),
  dialect: z.enum(dialectIds),
  /** The prefix that the dialect's or the endpoint's own path is added to. */
  baseUrl: baseUrlSchema,
  /** What the `{placeholders}` of the base URL and the signing need. */
  options: z.record(z.string().regex(/^[a-z-]+$/), optionSchema).default({}),
  auth: z.enum(authSchemes),
  /** Environment variables that may hold the key, the first that is set wins. For `aws-sigv4` the access key id's names. */
  environment: z.array(z.string().regex(/^[A-Z][A-Z0-9_]*$/)).default([]),
  /** How its keys begin, where no other provider's do: tells whose a key is that somebody pastes. */
  keyPrefixes: z.array(z.string().min(3)).default([]),
  /** What is asked to test a key, where the model list is for everybody: a path under the base URL that costs nothing. */
  checkPath: z.string().startsWith("/").optional(),
  /** What it offers, beyond nothing. */
  endpoints: z.array(endpointIdSchema).min(1),
  /** Paths under the base URL that differ from OpenAI's. */
  paths: z.partialRecord(endpointIdSchema, z.string().startsWith("/")).default({}),
  /** Headers that every call carries, such as an API version. Never a secret. */
  headers: z.record(z.string().regex(/^[a-z0-9-]+$/), z.string()).default({}),
  quirks: quirksSchema.prefault({}),
  /** A model server on this machine: no key, found by probing, used only after the person accepted it. */
  local: z.boolean().default(false),
  links: z.strictObject({ site: z.url().optional(), keys: z.url().optional(), docs: z.url().optional() }).default({}),
});

/** A complete row, with every default filled in. */
export type Provider = z.infer<typeof providerSchema>;

/**
 * Whether a host name is link-local or a cloud's metadata service, in any spelling that the URL parser folds into one.
 *
 * @param hostname as `URL.hostname` gives it: lower case, IPv4 in dotted form, IPv6 in brackets
 */
export function isMetadataHost(hostname: string): boolean {
  const host = hostname.replace(/\.$/, "");
  if (host.startsWith("169.254.") || host === "metadata.google.internal" || host === "metadata" || host === "100.100.100.200") return true;
  // fe80::/10, and 169.254/16 as an IPv4-mapped address: the parser writes it as ::ffff:a9fe:xxxx.
  return /^\[fe[89ab]/.test(host) || host.startsWith("[::ffff:a9fe:") || host === "[fd00:ec2::254]";
}
