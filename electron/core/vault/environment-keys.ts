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
 * without its secret half, which can sign nothing. The parts of an AWS key are joined by colons, as a person stores them.
 * A base URL with an unfilled option has no origin; its key is bound to none.
 *
 * @param nowMs what `createdAtMs` will say
 */
export function readEnvironmentKeys(environment: Environment, providers: readonly KeyedRow[], nowMs: number): Credential[] {
  const found: Credential[] = [];
  for (const provider of providers) {
    if (provider.auth === "none") continue;
    for (const variable of provider.environment) {
      const value = readKeyVariable(environment, variable);
      if (value === undefined) continue;
      const secret = provider.auth === "aws-sigv4" ? joinAwsKey(environment, variable, value) : value;
      if (secret === undefined) continue;
      const info = {
        provider: provider.id,
        name: environmentKeyName,
        // Of an AWS key its id is shown, which is no secret and which its owner knows it by.
        lastFour: lastFourOf(value),
        origins: originsOf(provider),
        source: "environment",
        createdAtMs: nowMs,
      } as const;
      found.push(createCredential(info, secret));
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
 * `ID:SECRET` or `ID:SECRET:SESSION_TOKEN`; undefined where the id stands alone. A variable of another name holds a Bedrock
 * API key, a bearer that needs nothing.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
 */
export function joinAwsKey(environment: Environment, variable: string, value: string): string | undefined {
  if (!variable.endsWith("ACCESS_KEY_ID")) return value;
  const secretAccessKey = readKeyVariable(environment, variable.replace(/ACCESS_KEY_ID$/, "SECRET_ACCESS_KEY"));
  if (secretAccessKey === undefined) return undefined;
  const sessionToken = readKeyVariable(environment, variable.replace(/ACCESS_KEY_ID$/, "SESSION_TOKEN"));
  return [value, secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])].join(":");
}

function originsOf({ baseUrl, missingOptions = [] }: KeyedRow): string[] {
  const url = missingOptions.length > 0 || baseUrl.includes("{") ? null : URL.parse(baseUrl);
  return url === null ? [] : [url.origin];
}
