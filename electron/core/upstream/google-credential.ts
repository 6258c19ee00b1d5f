import type { KeyOwner } from "./outgoing-request.ts";
import { unusableKey } from "./unusable-key.ts";

/** What a person may store for a provider of Google Cloud. */
export type GoogleCredential =
  | { readonly kind: "access-token" }
  | { readonly kind: "api-key" }
  /** Signs assertions, which {@link GoogleIdentity.tokenUri} turns into access tokens. */
  | (GoogleIdentity & { readonly kind: "service-account"; readonly email: string; readonly privateKey: string })
  | (GoogleIdentity & {
      readonly kind: "authorized-user";
      readonly clientId: string;
      readonly clientSecret: string;
      readonly refreshToken: string;
    });

interface GoogleIdentity {
  /** Where its assertion or refresh token goes, and nowhere else. */
  readonly tokenUri: URL;
  /** The project that is billed where it is not the one that is called. */
  readonly quotaProject: string | null;
}

/** The only one that Google's library asks, whatever a file says: an assertion names it as its audience. */
const googleTokenUri = "https://oauth2.googleapis.com/token";

const whatWorks = "store a service account's JSON, an access token or an API key";

/**
 * Reads what is stored for Google: the JSON of a service account or of `gcloud auth application-default login`, an access
 * token (`ya29.`), or an API key (`AIza`, `AQ.`).
 *
 * A file that names somebody else's token endpoint is refused, since what is sent there is worth a token. Loopback is
 * taken from the person alone, for emulators.
 *
 * @throws {PosternError} `provider_key_missing`, without a part of the key
 * @see https://cloud.google.com/docs/authentication/external/externally-sourced-credentials
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/start/api-keys
 */
export function readGoogleCredential(provider: string, secret: string, owner: KeyOwner): GoogleCredential {
  if (/^(?:AIza|AQ\.)/.test(secret)) return { kind: "api-key" };
  if (/^(?:ya29\.|eyJ)/.test(secret)) return { kind: "access-token" };
  const file = readObject(secret);
  if (file === null) throw unusableKey(provider, `it is nothing that Google hands out; ${whatWorks}`);
  const text = (name: string): string => {
    const value = file[name];
    if (typeof value !== "string" || value === "") throw unusableKey(provider, `its JSON has no ${name}; ${whatWorks}`);
    return value;
  };
  const type = file["type"];
  if (type !== "service_account" && type !== "authorized_user")
    throw unusableKey(provider, `its JSON is of no type that Postern knows (service_account, authorized_user); ${whatWorks}`);
  const tokenUri = checkTokenUri(provider, file["token_uri"], owner);
  const quotaProject = typeof file["quota_project_id"] === "string" ? file["quota_project_id"] : null;
  if (type === "service_account")
    return { kind: "service-account", email: text("client_email"), privateKey: text("private_key"), tokenUri, quotaProject };
  return {
    kind: "authorized-user",
    clientId: text("client_id"),
    clientSecret: text("client_secret"),
    refreshToken: text("refresh_token"),
    tokenUri,
    quotaProject,
  };
}

/**
 * What must not be seen of a credential. A private key is taken line by line, as no answer has it in one piece: JSON
 * escapes its line ends.
 */
export function secretsOf(credential: GoogleCredential): string[] {
  switch (credential.kind) {
    case "service-account":
      return credential.privateKey.split(/\s+/).filter((line) => /^[\w+/=]{20,}$/.test(line));
    case "authorized-user":
      return [credential.clientSecret, credential.refreshToken];
    case "access-token":
    case "api-key":
      return [];
  }
}

function checkTokenUri(provider: string, stated: unknown, owner: KeyOwner): URL {
  const url = stated === undefined ? new URL(googleTokenUri) : typeof stated === "string" ? URL.parse(stated) : null;
  const isOnLoopback = url?.protocol === "http:" && /^(?:127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url !== null && isOnLoopback && owner === "person") return url;
  const isGoogles = url?.protocol === "https:" && url.port === "" && /(?:^accounts\.google|\.googleapis)\.com$/.test(url.hostname);
  if (isGoogles) return new URL(googleTokenUri);
  throw unusableKey(provider, "its token_uri is not Google's; download the JSON from Google Cloud anew, and store that");
}

function readObject(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.startsWith("{")) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}
