import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { localKeyPrefix } from "#shared/local-key.ts";

/** A new local key: 256 random bits behind the prefix. */
export function createLocalKey(): string {
  return `${localKeyPrefix}${randomBytes(32).toString("base64url")}`;
}

/** What is stored of a local key: its SHA-256. The key itself has 256 random bits, so a slow hash would add nothing. */
export function hashLocalKey(key: string): Buffer {
  return hash("sha256", key, "buffer");
}

/** Compares two hashes in a time that does not depend on where they differ. */
export function sameHash(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

const placeholderPattern =
  /^(?:x+|undefined|null|none|empty|test|dummy|fake|unused|placeholder|changeme|your[-_ ].*|<.*>|\*+|(?:sk|api)?[-_]?(?:anything|xxx.*|no[-_]?key.*|placeholder|dummy|fake|test|unused|1234.*|your.*)(?:[-_]?key)?|(?:any|no|not)[-_]?(?:thing|key)?(?:[-_ ]?(?:needed|required|used|set))?|ollama|lm-studio|api[-_]?key)$/i;

/** Whether a bearer is plainly no key: what tools send when a person had to fill in something. */
export function isPlaceholder(credential: string): boolean {
  return credential.length < 4 || placeholderPattern.test(credential);
}
