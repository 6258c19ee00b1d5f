import { PosternError } from "#shared/errors.ts";
import { readAwsCredential } from "#core/upstream/aws-credential.ts";
import type { ListSource } from "./list-sources.ts";

/** What is asked of a credential here. */
export interface SourceCredential {
  readonly secret: string;
  readonly origins: readonly string[];
}

/**
 * Whether a source may be asked with a key: where the key is bound to its origin. Bedrock lists its models at another host
 * than it answers at; there it gets a signature, which gives nothing away, but no key that is sent as it is.
 */
export function mayAskWith(source: ListSource, { secret, origins }: SourceCredential): boolean {
  if (origins.includes(source.origin)) return true;
  const { row } = source;
  if (row?.auth !== "aws-sigv4" || !origins.includes(row.origin)) return false;
  if (source.origin !== row.origin.replace("://bedrock-runtime", "://bedrock")) return false;
  try {
    return readAwsCredential(row.id, secret, "person").kind !== "bearer";
  } catch {
    return false;
  }
}

/** The failure of a list whose key is bound to another address. */
export function elsewhereError(source: ListSource, origins: readonly string[]): PosternError {
  return new PosternError(
    "key_origin_mismatch",
    `Cannot ask ${source.id} for its models: its key is bound to ${origins.join(", ") || "no address"}, and its list is at ${source.origin}; set providers.${source.id}.baseUrl to that address and run \`postern keys bind ${source.id}\`, or take catalog.sources.${source.id}.baseUrl out of config.json`,
  );
}
