import type { DialectId } from "#shared/schema/provider.ts";
import type { CallConfig } from "#shared/schema/routing.ts";
import { providerOptionFields, type ProviderOptions } from "#shared/schema/routing-fields.ts";

/** What a provider's options come to. */
export interface ReadOptions {
  /** Request headers. */
  readonly headers: Readonly<Record<string, string>> | null;
  /** What the placeholders of the provider's address take. */
  readonly values: Readonly<Record<string, string>> | null;
  /** What the provider calls the model. */
  readonly model: string | null;
}

const headerNames = {
  openai_organization: "openai-organization",
  openai_project: "openai-project",
  openai_beta: "openai-beta",
  anthropic_beta: "anthropic-beta",
  anthropic_version: "anthropic-version",
} as const satisfies Partial<Record<keyof ProviderOptions, string>>;

const placeholders = {
  aws_region: ["bedrock", "region"],
  azure_resource_name: ["azure-openai", "resource"],
  vertex_project_id: ["vertex-ai", "project"],
  vertex_region: ["vertex-ai", "region"],
  workers_ai_account_id: ["workers-ai", "account"],
  snowflake_account: ["cortex", "account"],
  oracle_region: ["oracle", "region"],
} as const satisfies Partial<Record<keyof ProviderOptions, readonly [string, string]>>;

/**
 * Reads the options that concern one provider; another's, which a parent may carry for its other targets, are left.
 */
export function readProviderOptions(
  options: ProviderOptions,
  { provider, dialect }: { readonly provider: string; readonly dialect: DialectId },
): ReadOptions {
  const headers: Record<string, string> = {};
  const values: Record<string, string> = {};
  for (const [option, name] of Object.entries(headerNames)) {
    const value = options[option as keyof typeof headerNames];
    const concerns = option.startsWith("openai") ? provider === "openai" || provider.startsWith("azure") : dialect === "anthropic-messages";
    if (value !== undefined && concerns) headers[name] = value;
  }
  for (const [option, [id, placeholder]] of Object.entries(placeholders)) {
    const value = options[option as keyof typeof placeholders];
    if (value !== undefined && (id === provider || (id === "azure-openai" && provider === "azure-ai"))) values[placeholder] = value;
  }
  // Vertex AI's regions have hosts of their own.
  const region = values["region"];
  if (provider === "vertex-ai" && region !== undefined)
    values["host"] = region === "global" ? "aiplatform.googleapis.com" : `${region}-aiplatform.googleapis.com`;
  return {
    headers: Object.keys(headers).length === 0 ? null : headers,
    values: Object.keys(values).length === 0 ? null : values,
    model: provider.startsWith("azure") ? (options.azure_deployment_id ?? null) : null,
  };
}

const optionNames = Object.keys(providerOptionFields) as (keyof ProviderOptions)[];

/** The options of a node over those of its parent; the parent's own object where the node has none. */
export function inheritOptions(from: ProviderOptions | undefined, node: ProviderOptions): ProviderOptions | undefined {
  const own = optionNames.filter((name) => node[name] !== undefined);
  return own.length === 0 ? from : { ...from, ...Object.fromEntries(own.map((name) => [name, node[name]])) };
}

/**
 * The caller's own key that a node of a call's config brings, as one text: an API key as it is; AWS keys and a Google
 * service account as the JSON that signing reads.
 */
export function readOwnKey(node: CallConfig): string | undefined {
  if (node.api_key !== undefined) return node.api_key;
  if (node.aws_access_key_id !== undefined && node.aws_secret_access_key !== undefined) {
    return JSON.stringify({
      accessKeyId: node.aws_access_key_id,
      secretAccessKey: node.aws_secret_access_key,
      ...(node.aws_session_token === undefined ? {} : { sessionToken: node.aws_session_token }),
    });
  }
  return node.vertex_service_account_json === undefined ? undefined : JSON.stringify(node.vertex_service_account_json);
}

const optionsOfHeaders: ReadonlyMap<string, keyof ProviderOptions> = new Map(optionNames.map((name) => [name.replaceAll("_", "-"), name]));

/**
 * Reads the options that Portkey's clients send as headers, `x-portkey-aws-region` and its kind. What is no value for
 * them is left out, as an unknown header is.
 *
 * @param portkey the `x-portkey-*` headers by their name behind that prefix
 */
export function readOptionHeaders(portkey: ReadonlyMap<string, string> | null): ProviderOptions | null {
  if (portkey === null) return null;
  let options: Record<string, string> | null = null;
  for (const [header, text] of portkey) {
    const name = optionsOfHeaders.get(header);
    if (name === undefined || text.trim() === "") continue;
    const value = providerOptionFields[name].safeParse(text.trim());
    if (value.success && value.data !== undefined) (options ??= {})[name] = value.data;
  }
  return options;
}
