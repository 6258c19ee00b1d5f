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

/**
 * Adds a provider's key to a request's headers.
 *
 * @param headers a flat list of names and values, added to in place
 * @throws {PosternError} `dialect_unsupported` for a scheme that no file of this folder answers yet
 */
export function signRequest(headers: string[], scheme: AuthScheme, secret: string): void {
  if (scheme === "none") return;
  const header = keyHeaders[scheme];
  if (header === undefined) {
    throw new PosternError(
      "dialect_unsupported",
      `Cannot sign a request by ${scheme}: this build of Postern does not know how; choose another provider`,
    );
  }
  headers.push(header.name, header.prefix + secret);
}
