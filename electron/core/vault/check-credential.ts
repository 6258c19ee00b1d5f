import { PosternError } from "#shared/errors.ts";
import { localKeyPrefix } from "#shared/local-key.ts";
import { providerIdSchema } from "#shared/schema/provider.ts";
import { environmentKeyName } from "./environment-keys.ts";
import { isPlaceholderKey } from "./placeholder-key.ts";

const maxNameLength = 128;
const maxSecretLength = 16_384;

/**
 * Checks what a person wants to store, and trims what pasting adds. Of a Google service account's JSON only what signs is
 * kept, and no JSON keeps its spaces: Windows stores at most 2,560 bytes of a secret (CRED_MAX_CREDENTIAL_BLOB_SIZE).
 *
 * @throws {PosternError} `invalid_value`, with `param` naming the part; the secret is not quoted
 */
export function checkCredential(provider: string, name: string, secret: string): { name: string; secret: string } {
  if (!providerIdSchema.safeParse(provider).success)
    throw refuse("provider", `${JSON.stringify(provider)} is no provider id; see \`postern keys list\``);
  const trimmedName = checkName(name);
  const trimmedSecret = secret.trim();
  if (isPlaceholderKey(trimmedSecret)) throw refuse("secret", "it is empty or the placeholder of a template; paste the key itself");
  if (trimmedSecret.startsWith(localKeyPrefix))
    throw refuse("secret", "it is one of Postern's own local keys, which are for tools; paste the key that the provider gave you");
  if (trimmedSecret.length > maxSecretLength)
    throw refuse("secret", `it has more than ${maxSecretLength} characters; paste the key itself`);
  return { name: trimmedName, secret: trimmedSecret.startsWith("{") ? compactJson(trimmedSecret) : trimmedSecret };
}

/**
 * Checks what a person wants to call a key.
 *
 * @returns it without the space around it
 * @throws {PosternError} `invalid_value`
 */
export function checkName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === "" || trimmed.length > maxNameLength || /\p{Cc}/u.test(trimmed)) {
    throw refuse("name", `its name must have 1 to ${maxNameLength} printable characters`);
  }
  if (trimmed === environmentKeyName) throw refuse("name", `"${environmentKeyName}" means the key of a variable; choose another name`);
  return trimmed;
}

const signingFields = ["type", "client_email", "private_key", "token_uri", "quota_project_id"];

function compactJson(secret: string): string {
  try {
    const file = JSON.parse(secret) as Record<string, unknown>;
    return JSON.stringify(file, file["type"] === "service_account" ? signingFields : undefined);
  } catch {
    // A prompt takes one line: of a pasted file it gets the first.
    throw refuse("secret", "it begins like JSON and is none; give the whole file on standard input: postern keys add PROVIDER < key.json");
  }
}

/**
 * The origins that a key is to be bound to, each once and as browsers write them.
 *
 * @throws {PosternError} `invalid_value` where one is no http or https origin
 */
export function checkOrigins(origins: readonly string[]): string[] {
  return [...new Set(origins.map(checkOrigin))];
}

function checkOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!isOrigin) throw refuse("origins", "it can only be bound to addresses like https://api.example.com");
  return url.origin;
}

function refuse(param: string, why: string): PosternError {
  return new PosternError("invalid_value", `Cannot store the key: ${why}`, { param });
}
