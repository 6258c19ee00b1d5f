import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";
import { localKeyPrefix } from "#shared/local-key.ts";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 220 random bits. */
const randomDigits = 37;
/** Holds 32 bits. */
const checksumDigits = 6;

/**
 * A new local key: the prefix, 37 random letters and digits, and the CRC-32 of all that in 6 more, so that a scanner for
 * leaked keys can tell a real one from what only looks like it.
 */
export function createLocalKey(): string {
  // More bytes than the digits hold, so that none of them is likelier than another by anything that counts.
  const random = BigInt(`0x${randomBytes(40).toString("hex")}`) % 62n ** BigInt(randomDigits);
  const body = localKeyPrefix + inDigits(random, randomDigits);
  return body + checksumOf(body);
}

/** Whether a text is a local key as {@link createLocalKey} makes them: its checksum is right. Says nothing of whether it is known. */
export function isWellFormedKey(text: string): boolean {
  const body = text.slice(0, -checksumDigits);
  return text.length === localKeyPrefix.length + randomDigits + checksumDigits && text.endsWith(checksumOf(body));
}

function checksumOf(body: string): string {
  return inDigits(BigInt(crc32(body)), checksumDigits);
}

function inDigits(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest /= 62n) text = (digits[Number(rest % 62n)] as string) + text;
  return text;
}

/** What is stored of a local key: its SHA-256. The key itself has 220 random bits, so a slow hash would add nothing. */
export function hashLocalKey(key: string): Buffer {
  return hash("sha256", key, "buffer");
}

/** Tells whether a presented key is the one behind a hash. */
export interface HashedKeyCheck {
  /** Hashes the key that is presented: what {@link matches} compares from now on. */
  present(key: string): void;
  /** Compares in a time that does not depend on where the two differ. @param known as {@link hashDigits} gives it */
  matches(known: Buffer): boolean;
}

/** A hash as its hexadecimal digits, the form in which a {@link HashedKeyCheck} compares. */
export function hashDigits(hash: Buffer): Buffer {
  return Buffer.from(hash.toString("hex"), "latin1");
}

/** Makes a check. It is on every call's way: digits into memory of its own cost a third of a new buffer for each key. */
export function createHashedKeyCheck(): HashedKeyCheck {
  const presented = Buffer.alloc(64);
  return {
    present: (key) => void presented.write(hash("sha256", key, "hex"), "latin1"),
    matches: (known) => known.length === presented.length && timingSafeEqual(known, presented),
  };
}

const placeholderPattern =
  /^(?:x+|undefined|null|none|empty|test|dummy|fake|unused|placeholder|changeme|your[-_ ].*|<.*>|\*+|(?:sk|api)?[-_]?(?:anything|xxx.*|no[-_]?key.*|placeholder|dummy|fake|test|unused|1234.*|your.*)(?:[-_]?key)?|(?:any|no|not)[-_]?(?:thing|key)?(?:[-_ ]?(?:needed|required|used|set))?|ollama|lm-studio|api[-_]?key)$/i;

/** Whether a bearer is plainly no key: what tools send when a person had to fill in something. */
export function isPlaceholder(credential: string): boolean {
  return credential.length < 4 || placeholderPattern.test(credential);
}
