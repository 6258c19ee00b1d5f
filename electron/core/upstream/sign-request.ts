import { PosternError } from "#shared/errors.ts";
import type { AuthScheme } from "#shared/schema/provider.ts";

/** The schemes that are one header with the key in it. */
const keyHeaders: Partial<Record<AuthScheme, { readonly name: string; readonly prefix: string }>> = {
  bearer: { name: "authorization", prefix: "Bearer " },
  key: { name: "authorization", prefix: "Key " },
  "x-api-key": { name: "x-api-key", prefix: "" },
  "api-key": { name: "api-key", prefix: "" },
  "x-goog-api-key": { name: "x-goog-api-key", prefix: "" },
  "x-portkey-api-key": { name: "x-portkey-api-key", prefix: "" },
};

/** A JSON Web Token: base64 of `{"`. Azure's keys are hexadecimal or base62 without a dot. */
const tokenStart = "eyJ";

/**
 * Adds a provider's key to a request's headers, for the schemes that need nothing but the key.
 *
 * @param headers a flat list of names and values, added to in place
 * @throws {PosternError} `dialect_unsupported` for the schemes that need more: see `createSigner`
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/latest for a Microsoft Entra token in place of Azure's key
 */
export function signRequest(headers: string[], scheme: AuthScheme, secret: string): void {
  if (scheme === "none") return;
  const isToken = scheme === "api-key" && secret.startsWith(tokenStart);
  const header = keyHeaders[isToken ? "bearer" : scheme];
  if (header === undefined) {
    throw new PosternError(
      "dialect_unsupported",
      `Cannot sign a request by ${scheme} here: it needs more than a header; choose another provider`,
    );
  }
  headers.push(header.name, header.prefix + secret);
}
