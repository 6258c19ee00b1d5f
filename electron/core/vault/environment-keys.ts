import type { Provider } from "#shared/schema/provider.ts";
import { createCredential, lastFourOf, type Credential } from "./credential.ts";
import { isPlaceholderKey } from "./placeholder-key.ts";

/** The name of the credential that a variable brings; no stored key may have it. */
export const environmentKeyName = "environment";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The keys that the environment brings: per provider the first of the row's variables that holds one, bound to the
 * origin of the row's base URL.
 *
 * Left out: empty values and placeholders, rows that take no key, and an AWS access key id without its secret half,
 * which can sign nothing. A base URL with an unfilled `{placeholder}` has no origin; its key is bound to none.
 *
 * @param nowMs what `createdAtMs` will say
 */
export function readEnvironmentKeys(environment: Environment, providers: readonly Provider[], nowMs: number): Credential[] {
  const found: Credential[] = [];
  for (const provider of providers) {
    if (provider.auth === "none") continue;
    for (const variable of provider.environment) {
      const secret = readVariable(environment, variable);
      if (secret === undefined) continue;
      const extra = provider.auth === "aws-sigv4" ? awsParts(environment, variable) : undefined;
      if (extra === "incomplete") continue;
      const info = {
        provider: provider.id,
        name: environmentKeyName,
        lastFour: lastFourOf(secret),
        origins: originsOf(provider.baseUrl),
        source: "environment",
        createdAtMs: nowMs,
      } as const;
      found.push(createCredential(info, secret, extra));
      break;
    }
  }
  return found;
}

function readVariable(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim();
  return value === undefined || isPlaceholderKey(value) ? undefined : value;
}

/**
 * What stands beside an access key id. A variable of another name holds a Bedrock API key, a bearer that needs nothing.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
 */
function awsParts(environment: Environment, variable: string): Record<string, string> | "incomplete" {
  const region = readVariable(environment, "AWS_REGION") ?? readVariable(environment, "AWS_DEFAULT_REGION");
  const regionPart = region === undefined ? {} : { region };
  if (!variable.endsWith("ACCESS_KEY_ID")) return regionPart;
  const secretAccessKey = readVariable(environment, variable.replace(/ACCESS_KEY_ID$/, "SECRET_ACCESS_KEY"));
  if (secretAccessKey === undefined) return "incomplete";
  const sessionToken = readVariable(environment, variable.replace(/ACCESS_KEY_ID$/, "SESSION_TOKEN"));
  return { secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }), ...regionPart };
}

function originsOf(baseUrl: string): string[] {
  return baseUrl.includes("{") || !URL.canParse(baseUrl) ? [] : [new URL(baseUrl).origin];
}
