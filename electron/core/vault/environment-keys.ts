import { localKeyPrefix } from "#shared/local-key.ts";
import type { Provider } from "#shared/schema/provider.ts";
import { createCredential, lastFourOf, type Credential } from "./credential.ts";
import { isPlaceholderKey } from "./placeholder-key.ts";

/** The name of the credential that a variable brings; no stored key may have it. */
export const environmentKeyName = "environment";

type Environment = Readonly<Record<string, string | undefined>>;

/** What is asked of a provider's row here. */
export interface KeyedRow extends Pick<Provider, "id" | "auth" | "environment" | "baseUrl"> {
  /** The placeholders of the base URL that nobody filled. It stands there without their braces then, so its host is made up. */
  readonly missingOptions?: readonly string[];
}

/**
 * The keys that the environment brings: per provider the first of the row's variables that holds one, bound to the
 * origin of the row's base URL.
 *
 * Left out: empty values and placeholders, Postern's own local keys, rows that take no key, and an AWS access key id
 * without its secret half, which can sign nothing. A base URL with an unfilled option has no origin; its key is bound to none.
 *
 * @param nowMs what `createdAtMs` will say
 */
export function readEnvironmentKeys(environment: Environment, providers: readonly KeyedRow[], nowMs: number): Credential[] {
  const found: Credential[] = [];
  for (const provider of providers) {
    if (provider.auth === "none") continue;
    for (const variable of provider.environment) {
      const secret = readKeyVariable(environment, variable);
      if (secret === undefined) continue;
      const extra = provider.auth === "aws-sigv4" ? awsParts(environment, variable) : undefined;
      if (extra === "incomplete") continue;
      const info = {
        provider: provider.id,
        name: environmentKeyName,
        lastFour: lastFourOf(secret),
        origins: originsOf(provider),
        source: "environment",
        createdAtMs: nowMs,
      } as const;
      found.push(createCredential(info, secret, extra));
      break;
    }
  }
  return found;
}

/**
 * A variable that may hold a provider's key, trimmed; undefined where it holds none.
 *
 * A local key is none: a tool is pointed to Postern by `OPENAI_API_KEY=postern_...`, and a provider must never see it.
 */
export function readKeyVariable(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim();
  if (value === undefined || isPlaceholderKey(value)) return undefined;
  return value.startsWith(localKeyPrefix) || value === environment["POSTERN_API_KEY"]?.trim() ? undefined : value;
}

/**
 * What stands beside an access key id. A variable of another name holds a Bedrock API key, a bearer that needs nothing.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
 */
function awsParts(environment: Environment, variable: string): Record<string, string> | "incomplete" {
  const region = readKeyVariable(environment, "AWS_REGION") ?? readKeyVariable(environment, "AWS_DEFAULT_REGION");
  const regionPart = region === undefined ? {} : { region };
  if (!variable.endsWith("ACCESS_KEY_ID")) return regionPart;
  const secretAccessKey = readKeyVariable(environment, variable.replace(/ACCESS_KEY_ID$/, "SECRET_ACCESS_KEY"));
  if (secretAccessKey === undefined) return "incomplete";
  const sessionToken = readKeyVariable(environment, variable.replace(/ACCESS_KEY_ID$/, "SESSION_TOKEN"));
  return { secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }), ...regionPart };
}

function originsOf({ baseUrl, missingOptions = [] }: KeyedRow): string[] {
  const url = missingOptions.length > 0 || baseUrl.includes("{") ? null : URL.parse(baseUrl);
  return url === null ? [] : [url.origin];
}
