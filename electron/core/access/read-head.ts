import { PosternError } from "#shared/errors.ts";

/** What a request's header says that Postern acts on, read once from the raw list. */
export interface RequestHead {
  readonly host: string | null;
  readonly origin: string | null;
  readonly secFetchSite: string | null;
  readonly secFetchMode: string | null;
  readonly secFetchDest: string | null;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly transferEncoding: string | null;
  readonly userAgent: string | null;
  readonly via: string | null;
  /** By header name, every credential that came, with `Bearer ` taken off. */
  readonly credentials: readonly { readonly header: CredentialHeader; readonly value: string }[];
  /** The `x-portkey-*` headers by their name behind that prefix; null when there is none. */
  readonly portkey: ReadonlyMap<string, string> | null;
  /** Headers that may go on to a provider, as a flat list of names and values. */
  readonly forwarded: readonly string[];
}

/** The headers in which tools send a key. */
export type CredentialHeader = "authorization" | "x-api-key" | "api-key" | "x-goog-api-key" | "x-portkey-api-key";

/**
 * The client's headers that a provider gets to see: what changes its answer, or says who pays. Everything else stays
 * here: cookies, credentials and hop-by-hop headers always, and whatever would only tell about this machine.
 */
const forwardedHeaders = new Set([
  "accept",
  "anthropic-beta",
  "anthropic-version",
  "http-referer",
  "idempotency-key",
  "openai-beta",
  "openai-organization",
  "openai-project",
  "x-title",
]);

const maxHeaders = 100;

/**
 * Reads the header of a request, from `rawHeaders`: node:http folds duplicates away before anyone could see them.
 *
 * @throws {PosternError} `invalid_http`, `headers_too_large` or `conflicting_credentials`
 */
export function readHead(rawHeaders: readonly string[]): RequestHead {
  if (rawHeaders.length > maxHeaders * 2) {
    throw new PosternError("headers_too_large", `Cannot take this request: it has more than ${maxHeaders} headers`);
  }
  let host: string | null = null;
  let origin: string | null = null;
  let secFetchSite: string | null = null;
  let secFetchMode: string | null = null;
  let secFetchDest: string | null = null;
  let contentType: string | null = null;
  let contentEncoding: string | null = null;
  let transferEncoding: string | null = null;
  let userAgent: string | null = null;
  let via: string | null = null;
  let portkey: Map<string, string> | null = null;
  const credentials: { header: CredentialHeader; value: string }[] = [];
  const forwarded: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    const value = rawHeaders[index + 1] as string;
    switch (name) {
      case "host":
        if (host !== null) throw duplicate("Host");
        host = value;
        break;
      case "origin":
        if (origin !== null) throw duplicate("Origin");
        origin = value;
        break;
      case "sec-fetch-site":
        secFetchSite = value;
        break;
      case "sec-fetch-mode":
        secFetchMode = value;
        break;
      case "sec-fetch-dest":
        secFetchDest = value;
        break;
      case "content-type":
        if (contentType !== null) throw duplicate("Content-Type");
        contentType = value;
        break;
      case "content-encoding":
        contentEncoding = contentEncoding === null ? value : `${contentEncoding}, ${value}`;
        break;
      case "transfer-encoding":
        transferEncoding = transferEncoding === null ? value : `${transferEncoding}, ${value}`;
        break;
      case "user-agent":
        userAgent = value;
        break;
      case "via":
        via = via === null ? value : `${via}, ${value}`;
        break;
      case "authorization":
      case "x-api-key":
      case "api-key":
      case "x-goog-api-key":
      case "x-portkey-api-key":
        if (credentials.some((credential) => credential.header === name)) {
          throw new PosternError("conflicting_credentials", `Cannot tell who calls: the ${name} header came twice; send it once`, {
            param: name,
          });
        }
        credentials.push({ header: name, value: name === "authorization" ? value.replace(/^bearer(?: +|$)/i, "") : value });
        break;
      default:
        if (name.startsWith("x-portkey-")) (portkey ??= new Map()).set(name.slice(10), value);
        else if (forwardedHeaders.has(name)) forwarded.push(name, value);
    }
  }
  return {
    host,
    origin,
    secFetchSite,
    secFetchMode,
    secFetchDest,
    contentType,
    contentEncoding,
    transferEncoding,
    userAgent,
    via,
    credentials,
    portkey,
    forwarded,
  };
}

function duplicate(name: string): PosternError {
  return new PosternError("invalid_http", `Cannot take this request: the ${name} header came twice; send it once`);
}
