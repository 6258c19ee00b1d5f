import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from "node:crypto";
import { PosternError } from "#shared/errors.ts";

/** What `vault.json` holds, as text: everything but the secrets themselves is readable. */
export interface Envelope {
  readonly format: "postern-vault";
  readonly version: 1;
  readonly kdf: "scrypt-n17-r8-p1";
  /** Base64, 16 bytes; one per file. */
  readonly salt: string;
  readonly cipher: "aes-256-gcm";
  /** Base64, 12 bytes; a new one for every write. */
  readonly nonce: string;
  /** Base64: ciphertext, then the 16 bytes of GCM's tag. */
  readonly sealed: string;
  /** SHA-256 over all of the above: tells damage from a wrong passphrase, which GCM alone cannot. */
  readonly checksum: string;
}

/** A passphrase's key for one file. */
export interface EnvelopeKey {
  /** Base64, as in the envelope. */
  readonly salt: string;
  readonly key: Buffer;
}

const fields = ["format", "version", "kdf", "salt", "cipher", "nonce", "sealed"] as const;
const tagBytes = 16;

/**
 * Stretches a passphrase (NFKC, so that every keyboard types the same one) with scrypt: 128 MiB and about half a second.
 *
 * @param salt base64, from the envelope; absent for a new file
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt N=2^17, r=8, p=1
 */
export function deriveEnvelopeKey(passphrase: string, salt = randomBytes(16).toString("base64")): Promise<EnvelopeKey> {
  // Node's default limit is 32 MiB; these parameters need 128 * N * r = 128 MiB and a little.
  const options = { N: 2 ** 17, r: 8, p: 1, maxmem: 160 * 2 ** 20 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFKC"), Buffer.from(salt, "base64"), 32, options, (error, key) => {
      if (error === null) resolve({ salt, key });
      else reject(error);
    });
  });
}

/** The text of a vault file that holds these secrets. */
export function sealEnvelope(secrets: ReadonlyMap<string, string>, { salt, key }: EnvelopeKey): string {
  const nonce = randomBytes(12);
  const head = {
    format: "postern-vault",
    version: 1,
    kdf: "scrypt-n17-r8-p1",
    salt,
    cipher: "aes-256-gcm",
    nonce: nonce.toString("base64"),
  } as const;
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(authenticated(head));
  const sealed = Buffer.concat([cipher.update(JSON.stringify([...secrets]), "utf8"), cipher.final(), cipher.getAuthTag()]);
  const body = { ...head, sealed: sealed.toString("base64") };
  return `${JSON.stringify({ ...body, checksum: checksumOf(body) } satisfies Envelope, null, 2)}\n`;
}

/**
 * Reads a vault file's text without opening it.
 *
 * @throws {PosternError} `keychain_unavailable` where it is damaged, or of a version that this program does not know
 */
export function parseEnvelope(text: string): Envelope {
  const value = parseObject(text);
  if (value?.["format"] === "postern-vault" && typeof value["version"] === "number" && value["version"] > 1) {
    throw new PosternError(
      "keychain_unavailable",
      `Cannot read the encrypted vault: vault.json has version ${value["version"]}, made by a newer Postern; start that one, or move vault.json away`,
    );
  }
  if (!isEnvelope(value)) throw damaged();
  return value;
}

/**
 * The secrets of an undamaged envelope.
 *
 * @throws {PosternError} `keychain_locked` where the passphrase is another one
 */
export function openEnvelope(envelope: Envelope, { key }: EnvelopeKey): Map<string, string> {
  const bytes = Buffer.from(envelope.sealed, "base64");
  let plain: string;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(envelope.nonce, "base64"), { authTagLength: tagBytes });
    decipher.setAAD(authenticated(envelope));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    plain = decipher.update(bytes.subarray(0, -tagBytes), undefined, "utf8") + decipher.final("utf8");
  } catch (error) {
    throw new PosternError("keychain_locked", "Cannot open the encrypted vault: the passphrase does not fit vault.json; try another one", {
      param: "passphrase",
      cause: error,
    });
  }
  return new Map(readSecrets(plain));
}

function readSecrets(plain: string): [string, string][] {
  let pairs: unknown;
  try {
    pairs = JSON.parse(plain);
  } catch {
    // Without the cause: a JSON error quotes the text around it, which here is secrets.
    throw damaged();
  }
  if (!Array.isArray(pairs) || !pairs.every(isPair)) throw damaged();
  return pairs;
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === "string");
}

function isEnvelope(value: Record<string, unknown> | undefined): value is Record<string, unknown> & Envelope {
  if (value === undefined || Object.keys(value).length !== fields.length + 1) return false;
  const { format, version, kdf, salt, cipher, nonce, sealed, checksum } = value;
  if (format !== "postern-vault" || version !== 1 || kdf !== "scrypt-n17-r8-p1" || cipher !== "aes-256-gcm") return false;
  if (typeof salt !== "string" || typeof nonce !== "string" || typeof sealed !== "string") return false;
  return checksum === checksumOf({ format, version, kdf, salt, cipher, nonce, sealed });
}

function checksumOf(body: Omit<Envelope, "checksum">): string {
  return createHash("sha256")
    .update(fields.map((field) => `${field}=${body[field]}\n`).join(""))
    .digest("hex");
}

function authenticated({ format, version, kdf, salt, cipher }: Pick<Envelope, "format" | "version" | "kdf" | "salt" | "cipher">): Buffer {
  return Buffer.from([format, version, kdf, salt, cipher].join("\n"));
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function damaged(): PosternError {
  return new PosternError(
    "keychain_unavailable",
    "Cannot read the encrypted vault: vault.json is damaged; put back a copy of it, or move it away and add the keys again",
  );
}
