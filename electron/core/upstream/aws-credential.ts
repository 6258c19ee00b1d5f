import type { KeyOwner } from "./outgoing-request.ts";
import { unusableKey } from "./unusable-key.ts";

/** What Signature Version 4 signs with. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Comes with temporary keys. */
  readonly sessionToken?: string;
}

/** What a person may store for Amazon. */
export type AwsCredential =
  /** A Bedrock API key: sent as it is. */
  | { readonly kind: "bearer" }
  | { readonly kind: "keys"; readonly keys: AwsKeys }
  /** Whatever this machine has for AWS, or one profile of its config file; null for the whole chain. */
  | { readonly kind: "chain"; readonly profile: string | null };

const whatWorks = "store a Bedrock API key, or ACCESS_KEY_ID:SECRET_ACCESS_KEY with :SESSION_TOKEN where there is one";

/** Access key ids have no other characters, and no fewer: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html */
const idPattern = /^\w{16,128}$/;
/** Which kind of key an id names: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const lonelyIdPattern = /^(?:AKIA|ASIA)[A-Z0-9]{12,124}$/;

/**
 * Reads what is stored for Amazon: a Bedrock API key (`ABSK...`, `bedrock-api-key-...`), `ID:SECRET[:TOKEN]`, the same as
 * JSON in the names of the SDK, the command line or the credentials file, `default-chain`, or `profile:NAME`.
 *
 * @throws {PosternError} `provider_key_missing`, without a part of the key
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
 */
export function readAwsCredential(provider: string, secret: string, owner: KeyOwner): AwsCredential {
  const chain = /^(?:default-chain|profile:(?<profile>.+))$/.exec(secret);
  if (chain !== null) {
    if (owner === "person") return { kind: "chain", profile: chain.groups?.["profile"]?.trim() ?? null };
    throw unusableKey(provider, "a request cannot name the AWS credentials of this machine; they are used where they are stored as a key");
  }
  if (secret.startsWith("{")) return { kind: "keys", keys: readJson(provider, secret) };
  const [accessKeyId = "", secretAccessKey, sessionToken, ...more] = secret.split(":");
  if (secretAccessKey === undefined) {
    if (lonelyIdPattern.test(secret)) throw unusableKey(provider, `it is an access key id without its secret; ${whatWorks}`);
    return { kind: "bearer" };
  }
  if (!idPattern.test(accessKeyId) || secretAccessKey === "" || more.length > 0)
    throw unusableKey(provider, `it does not look like a key of AWS; ${whatWorks}`);
  return { kind: "keys", keys: joinKeys(accessKeyId, secretAccessKey, sessionToken) };
}

function readJson(provider: string, secret: string): AwsKeys {
  let file: Readonly<Record<string, unknown>>;
  try {
    file = JSON.parse(secret) as Record<string, unknown>;
  } catch {
    throw unusableKey(provider, `it begins like JSON and is none; ${whatWorks}`);
  }
  // `aws sts assume-role` puts what it prints into an object of its own.
  const inner = file["Credentials"];
  if (typeof inner === "object" && inner !== null) file = inner as Record<string, unknown>;
  const text = (...names: string[]): string | undefined =>
    names.map((name) => file[name]).find((value) => typeof value === "string") as string;
  const accessKeyId = text("accessKeyId", "aws_access_key_id", "AccessKeyId");
  const secretAccessKey = text("secretAccessKey", "aws_secret_access_key", "SecretAccessKey");
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw unusableKey(provider, `its JSON has no accessKeyId or no secretAccessKey; ${whatWorks}`);
  return joinKeys(accessKeyId, secretAccessKey, text("sessionToken", "aws_session_token", "SessionToken"));
}

function joinKeys(accessKeyId: string, secretAccessKey: string, sessionToken: string | undefined): AwsKeys {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined || sessionToken === "" ? {} : { sessionToken }) };
}
