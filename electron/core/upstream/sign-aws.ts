import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { PosternError } from "#shared/errors.ts";
import { type AwsKeys, readAwsCredential } from "./aws-credential.ts";
import { findAwsKeys } from "./aws-chain.ts";
import type { ExpiringCache } from "./expiring-cache.ts";
import type { KeyOwner, OutgoingRequest, SignedRow } from "./outgoing-request.ts";
import type { Secrets } from "./scrub-secret.ts";

/** What outlives a call. */
export interface AwsTools {
  readonly nowMs: () => number;
  /** What this machine's chain or a profile gave, by its name. */
  readonly found: ExpiringCache<AwsKeys>;
}

/** Under which name Bedrock's runtime checks signatures, whatever its host is called. */
const service = "bedrock";

/**
 * Signs for Amazon Bedrock: by a Bedrock API key as bearer, or by Signature Version 4 with the row's `region`.
 *
 * @throws {PosternError} as {@link readAwsCredential} does, and `provider_incomplete` without a region; the promise
 *   rejects as {@link findAwsKeys} does
 */
export function signWithAws(
  request: OutgoingRequest,
  row: SignedRow,
  { secret, owner }: { readonly secret: string; readonly owner: KeyOwner },
  { nowMs, found }: AwsTools,
): Secrets | Promise<Secrets> {
  const credential = readAwsCredential(row.id, secret, owner);
  if (credential.kind === "bearer") {
    request.headers.push("authorization", `Bearer ${secret}`);
    return secret;
  }
  const region = row.optionValues["region"];
  if (region === undefined)
    throw new PosternError(
      "provider_incomplete",
      `Cannot sign for ${row.id}: it has no region; set AWS_REGION, or its region in config.json`,
    );
  if (credential.kind === "keys") return sign(request, { region, keys: credential.keys, nowMs });
  const { profile } = credential;
  return found.get(secret, () => findAwsKeys(row.id, profile, nowMs)).then((keys) => sign(request, { region, keys, nowMs }));
}

async function sign(
  { method, origin, path, headers, body }: OutgoingRequest,
  { region, keys, nowMs }: { readonly region: string; readonly keys: AwsKeys; readonly nowMs: () => number },
): Promise<Secrets> {
  if (body !== null && !Buffer.isBuffer(body))
    throw new PosternError("endpoint_unsupported", "Cannot sign an upload for Amazon Bedrock: it is not there as a whole; send it as JSON");
  // Loaded for the first call that needs it: most people never do.
  const library = await import("@smithy/signature-v4");
  const url = new URL(origin);
  const [wirePath = "/", query = ""] = splitOnce(path, "?");
  const signer = new library.SignatureV4({ service, region, credentials: keys, sha256: Sha256 });
  const signed = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: wirePath,
      query: readQuery(query),
      headers: { host: url.host, ...signedHeaders(headers) },
      body,
    },
    { signingDate: new Date(nowMs()) },
  );
  for (const name of ["authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]) {
    const value = signed.headers[name];
    if (value !== undefined) headers.push(name, value);
  }
  return keys.sessionToken === undefined ? keys.secretAccessKey : [keys.secretAccessKey, keys.sessionToken];
}

/** What decides what the call means. Proxies on the way may change the others, and a signature over them would break. */
function signedHeaders(headers: readonly string[]): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    if (name === "content-type" || name.startsWith("x-amzn-bedrock-")) chosen[name] = headers[index + 1] as string;
  }
  return chosen;
}

/** A query as it stands, decoded: the library encodes it by AWS's own rule. */
function readQuery(query: string): Record<string, string | string[]> {
  const parameters: Record<string, string | string[]> = {};
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const [name = "", value = ""] = splitOnce(pair, "=").map(decode);
    const before = parameters[name];
    parameters[name] = before === undefined ? value : [before, value].flat();
  }
  return parameters;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Node's SHA-256, or its HMAC where there is a key. A class, since the library makes its hashes with `new`. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", typeof key === "string" ? key : bytesOf(key));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error("Cannot reset a hash: the signer makes a new one for each use");
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}
