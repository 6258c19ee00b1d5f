import * as z from "zod";
import { baseUrlSchema } from "./provider.ts";
import { circuitBreakerSchema, statusCodesSchema, strategySchema } from "./routing-strategy.ts";
import { type KeyWords, strictKeys } from "./strict-keys.ts";

/** The names of aliases and saved configs. */
export const aliasNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][\w.:/-]{0,127}$/, "must begin with a letter or digit and hold only letters, digits and . _ : / -");

/** A provider's id or synonym; hosted Portkey writes an at-sign before it. */
const namedProviderSchema = z
  .string()
  .regex(/^@?[a-z0-9][a-z0-9._-]{0,127}$/, "must be lower-case letters, digits, '.', '_' and '-', with or without an '@' before them");

const milliseconds = z.int().min(0).max(86_400_000);

/**
 * Headers that never go on to a provider, whoever asks: credentials, cookies, what belongs to one connection (RFC 9110
 * section 7.6.1), and what speaks to Postern.
 */
const keptHeaders =
  /^(?:authorization|x-api-key|api-key|x-goog-api-key|proxy-.*|cookie|set-cookie|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|via|expect|content-length|content-type|content-encoding|accept-encoding|forwarded|x-forwarded-.*|x-amz-.*|x-portkey-.*|x-postern-.*|origin|sec-.*)$/;

/** The name of a request header that may be copied to a provider, in lower case. */
export const forwardedHeaderSchema = z
  .string()
  .transform((name) => name.trim().toLowerCase())
  .pipe(
    z
      .string()
      .regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/, "must be a header's name")
      .refine((name) => name !== "x-portkey-forward-headers", "forward_headers must not contain the 'x-portkey-forward-headers' header")
      .refine((name) => !keptHeaders.test(name), "cannot be passed on: credentials, cookies and what belongs to a connection stay here"),
  );

const retrySchema = strictKeys({
  /** How often a failed call is tried again at the same target. */
  attempts: z.int().min(0).max(10),
  /** Which statuses are worth another try; default 429, 500, 502, 503, 504, 529. */
  on_status_codes: statusCodesSchema.optional(),
  /** Taken for Portkey's sake: Postern always waits as long as the provider asks, up to a minute. */
  use_retry_after_header: z.boolean().optional(),
});

const cacheSchema = strictKeys({
  mode: z.literal("simple", {
    error: (issue) =>
      issue.input === "semantic"
        ? 'cannot be "semantic": Postern caches exact requests only; write "simple"'
        : `must be "simple", found ${JSON.stringify(issue.input)?.slice(0, 40)}`,
  }),
  /** How long an answer may be used again: below 60,000 in seconds, else in milliseconds, as Portkey's configs mean it; default a day. */
  max_age: z.number().min(1).max(31_536_000_000).optional(),
});

const hedgeSchema = strictKeys({
  /** Milliseconds without a first byte after which the next target is asked as well. */
  after_ms: z.int().min(50).max(600_000),
  /** How many targets more may be asked at once; default 1. */
  max: z.int().min(1).max(4).optional(),
});

const headerValue = z
  .string()
  .min(1)
  .max(1_024)
  .regex(/^[\x20-\x7e]+$/, "must be one line of plain text");
const optionValue = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9._-]+$/, "must hold only letters, digits and . _ -");

/** Options of single providers that Portkey's configs carry and Postern acts on. None of them is a secret. */
export const providerOptionFields = {
  openai_organization: headerValue.optional(),
  openai_project: headerValue.optional(),
  openai_beta: headerValue.optional(),
  anthropic_beta: headerValue.optional(),
  anthropic_version: headerValue.optional(),
  aws_region: optionValue.optional(),
  azure_resource_name: optionValue.optional(),
  /** Azure's v1 API takes a deployment's name as the model. */
  azure_deployment_id: optionValue.optional(),
  /** Taken for Portkey's sake: Azure's v1 API needs none. */
  azure_api_version: optionValue.optional(),
  /** Taken for Portkey's sake: the deployment decides. */
  azure_model_name: z.string().max(256).optional(),
  vertex_project_id: optionValue.optional(),
  vertex_region: optionValue.optional(),
  workers_ai_account_id: optionValue.optional(),
  snowflake_account: optionValue.optional(),
  oracle_region: optionValue.optional(),
};

const providerOptionsSchema = z.object(providerOptionFields);

/** {@link providerOptionFields}' values. */
export type ProviderOptions = z.infer<typeof providerOptionsSchema>;

/** What every node of a routing config may say, whether it is stored or comes with a call. */
export const nodeFields = {
  /** What a conditional strategy calls this target. */
  name: z.string().min(1).max(256).optional(),
  /** Taken for Portkey's sake: it means nothing here. */
  id: z.string().max(256).optional(),
  /** A provider's id; or, with an at-sign, the name of a stored key. */
  provider: namedProviderSchema.optional(),
  /** Short for `override_params.model`. The name of an alias stands for that alias where no provider is named. */
  model: z.string().min(1).max(256).optional(),
  /** The name of a saved config or of an alias that stands here. */
  config: aliasNameSchema.optional(),
  /** The name of a stored key. */
  virtual_key: z.string().min(1).max(128).optional(),
  /** `loadbalance` only: its share; default 1. 0 sends nothing there. */
  weight: z.number().min(0).max(1_000_000).optional(),
  /** Merged over the request's body. */
  override_params: z.record(z.string(), z.json()).optional(),
  /** Used where the request's body does not say. */
  default_params: z.record(z.string(), z.json()).optional(),
  /** The client's headers that are copied to the provider. */
  forward_headers: z.array(forwardedHeaderSchema).max(32).optional(),
  /** Replaces the provider's base URL. A stored key goes there only if it is bound to its origin. */
  custom_host: baseUrlSchema.refine((url) => !/[{}]/.test(url), "must be a whole address, without {placeholders}").optional(),
  /** Milliseconds until the answer's headers; 0 for none of its own. */
  request_timeout: milliseconds.optional(),
  /** Milliseconds over all attempts, until an answer begins; 0 for none. */
  deadline: milliseconds.optional(),
  retry: retrySchema.optional(),
  cache: cacheSchema.optional(),
  hedge: hedgeSchema.optional(),
  circuit_breaker: circuitBreakerSchema.optional(),
  /** False gives a chat client what OpenAI's API does not have: `content_blocks`, with thoughts and what signs them. */
  strict_open_ai_compliance: z.boolean().optional(),
  /** Of the whole config: put under the call's own metadata, for the log and for conditions. */
  metadata: z.record(z.string().max(128), z.union([z.string().max(512), z.number(), z.boolean()])).optional(),
  strategy: strategySchema.optional(),
  /** The strategy's, where Portkey's first configs had it. */
  on_status_codes: statusCodesSchema.optional(),
  ...providerOptionFields,
};

const secret = z.string().min(1).max(16_384);

/** What only a config that comes with a call may hold: the caller's own credentials. */
export const secretFields = {
  api_key: secret.optional(),
  aws_access_key_id: secret.optional(),
  aws_secret_access_key: secret.optional(),
  aws_session_token: secret.optional(),
  vertex_service_account_json: z.record(z.string(), z.json()).optional(),
};

const noGuardrails = "is not supported: Postern runs no guardrails and no hooks; take it out";
const ownOption = /^(?:aws|amzn|azure|vertex|oracle|stability|fireworks|huggingface|snowflake|workers_ai|mistral|anthropic|openai)_/;

/** Keys of Portkey's that Postern does not take, with the reason. */
const refused: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "before_request_hooks",
      "after_request_hooks",
      "input_guardrails",
      "output_guardrails",
      "default_input_guardrails",
      "default_output_guardrails",
      "input_mutators",
      "output_mutators",
      "guardrails",
    ].map((key) => [key, noGuardrails]),
  ),
  options: 'belongs to an old version of configs; write "strategy" and "targets"',
  mode: 'belongs into "strategy": { "strategy": { "mode": ... } }',
  conditions: 'belongs into "strategy"',
  default: 'belongs into "strategy"',
  sticky: 'belongs into "strategy"',
  cb_config: 'belongs into "strategy"; beside it, it is called "circuit_breaker"',
  attempts: 'belongs into "retry"',
  max_age: 'belongs into "cache"',
  after_ms: 'belongs into "hedge"',
  params: 'is called "override_params"',
  prompt_id: "is not supported: Postern stores no prompts",
};

/** The words on a stored config's unknown keys. */
export const storedKeyWords: KeyWords = {
  refused,
  explain: (key) =>
    /(api_?key|secret|token|password|aws_access|service_account)/.test(key)
      ? 'secrets do not belong into this file; store it with "postern keys add" and name it by "virtual_key"'
      : explainOption(key),
};

/** The words on the unknown keys of a config that comes with a call. */
export const callKeyWords: KeyWords = { refused, explain: explainOption };

function explainOption(key: string): string | null {
  if (!ownOption.test(key)) return null;
  return "Postern does not use this option of the provider; leave it out, or set the provider up in config.json and store its key";
}
