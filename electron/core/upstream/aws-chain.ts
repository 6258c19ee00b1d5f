import { PosternError } from "#shared/errors.ts";
import type { AwsKeys } from "./aws-credential.ts";
import type { Expiring } from "./expiring-cache.ts";
import { unusableKey } from "./unusable-key.ts";

/** A login page or a helper program that nobody answers must not hold calls for ever. */
const timeoutMs = 20_000;
/** Keys without an end come from a file that a person may edit. */
const rereadAfterMs = 900_000;

/**
 * Finds this machine's AWS credentials as Amazon's own tools do: the environment, profiles with their roles, single
 * sign-on and helper programs, web identity, containers, the instance. Only for a person who stored the word for it.
 *
 * @param profile only this profile of the config files, and nothing else if it has no credentials; null for the chain
 * @throws {PosternError} `provider_key_missing` where there are none; `upstream_timeout`
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export async function findAwsKeys(provider: string, profile: string | null, nowMs: () => number): Promise<Expiring<AwsKeys>> {
  const find = profile === null ? await openChain() : await openProfile(profile);
  const source = profile === null ? "the default chain" : "its profile";
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new PosternError("upstream_timeout", `Cannot wait longer for the AWS credentials of ${source}: they took too long`)),
      timeoutMs,
    );
  });
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await Promise.race([find(), late]);
    const keys = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
    return { value: keys, expiresAtMs: expiration?.getTime() ?? nowMs() + rereadAfterMs };
  } catch (error) {
    if (error instanceof PosternError) throw error;
    // The library's words may hold paths and what a helper program printed; its class is enough to go on.
    const kind = error instanceof Error ? error.name : "unknown error";
    throw unusableKey(provider, `${source} has no AWS credentials (${kind}); try "aws sts get-caller-identity", or "aws sso login"`);
  } finally {
    clearTimeout(timer);
  }
}

/** Amazon's libraries are loaded only for those who use them. */
async function openChain() {
  const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
  return defaultProvider({ ignoreCache: true });
}

async function openProfile(profile: string) {
  // Not the chain with a profile: where that finds nothing, it goes on and signs as somebody else.
  const { fromIni } = await import("@aws-sdk/credential-provider-ini");
  return fromIni({ profile, ignoreCache: true });
}
