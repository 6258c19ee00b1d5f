/** Where one member of a JSON object stands, in byte offsets. */
export interface Member {
  readonly key: string;
  /** The key's opening quote. */
  readonly start: number;
  readonly valueStart: number;
  /** Just behind the value. */
  readonly end: number;
}

/** What the scan found, or why it stopped. */
export type ObjectScan =
  | { readonly ok: true; readonly open: number; readonly close: number; readonly members: readonly Member[] }
  | { readonly ok: false; readonly reason: "not-an-object" | "too-deep" | "too-many" | "malformed" };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * Finds the top-level members of a JSON object without building values, and holds its depth and number of containers
 * to a limit. It trusts the bytes to be JSON and checks nothing else: `JSON.parse` still has to agree.
 * Iterative, so that depth costs no stack; strings are crossed by a native search for their closing quote.
 *
 * @param limits `depth` counts nested objects and arrays, the outermost as 1; `containers` counts all of them
 */
export function scanObject(bytes: Buffer, limits: { readonly depth: number; readonly containers: number }): ObjectScan {
  const length = bytes.length;
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_BRACE) return { ok: false, reason: "not-an-object" };
  const open = at++;
  const members: Member[] = [];
  let depth = 1;
  let containers = 1;
  let keyStart = -1;
  let key = "";
  let valueStart = -1;
  let lastEnd = -1;
  while (at < length) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      const end = stringEnd(bytes, at);
      if (end === -1) return { ok: false, reason: "malformed" };
      if (depth === 1 && keyStart === -1) {
        keyStart = at;
        key = readKey(bytes, at, end);
      }
      at = end;
      lastEnd = end;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > limits.depth) return { ok: false, reason: "too-deep" };
      if (++containers > limits.containers) return { ok: false, reason: "too-many" };
      at++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (--depth === 0) {
        if (keyStart !== -1) members.push({ key, start: keyStart, valueStart, end: lastEnd });
        return skipSpace(bytes, at + 1) === length ? { ok: true, open, close: at, members } : { ok: false, reason: "malformed" };
      }
      at++;
      lastEnd = at;
    } else if (depth === 1 && byte === COLON && valueStart === -1) {
      at = skipSpace(bytes, at + 1);
      valueStart = at;
    } else if (depth === 1 && byte === COMMA) {
      if (keyStart === -1) return { ok: false, reason: "malformed" };
      members.push({ key, start: keyStart, valueStart, end: lastEnd });
      keyStart = -1;
      valueStart = -1;
      at++;
    } else {
      at++;
      if (byte > 0x20) lastEnd = at;
    }
  }
  return { ok: false, reason: "malformed" };
}

/**
 * Writes an object anew with some members replaced, added or left out; every other byte stays as it came.
 *
 * @param edits by key: JSON text replaces the member's value or adds the member, `null` takes it out
 */
export function editObject(bytes: Buffer, scan: Extract<ObjectScan, { ok: true }>, edits: ReadonlyMap<string, string | null>): Buffer {
  const isKept = (member: Member): boolean => edits.get(member.key) !== null;
  const lastKept = scan.members.findLastIndex(isKept);
  const parts: Buffer[] = [];
  let from = scan.open + 1;
  const missing = new Map(edits);
  for (const [index, member] of scan.members.entries()) {
    const edit = edits.get(member.key);
    if (index > lastKept) {
      // What follows the last member that stays goes as one piece, the comma before it included.
      const stays = scan.members[lastKept]?.end ?? from;
      parts.push(bytes.subarray(from, stays));
      from = scan.members.at(-1)?.end ?? stays;
      break;
    }
    if (edit === undefined) continue;
    parts.push(bytes.subarray(from, edit === null ? member.start : member.valueStart));
    if (edit !== null) parts.push(Buffer.from(edit));
    // A member that goes takes the comma behind it along: on to the next one's key.
    from = edit === null ? (scan.members[index + 1]?.start ?? member.end) : member.end;
  }
  for (const member of scan.members) missing.delete(member.key);
  parts.push(bytes.subarray(from, scan.close));
  const added = [...missing].filter(([, value]) => value !== null).map(([key, value]) => `${JSON.stringify(key)}:${value}`);
  if (added.length > 0 && lastKept !== -1) added.push("");
  return Buffer.concat([bytes.subarray(0, scan.open + 1), Buffer.from(added.join(",")), ...parts, bytes.subarray(scan.close)]);
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && ((bytes[at] as number) === 0x20 || ((bytes[at] as number) >= 0x09 && (bytes[at] as number) <= 0x0d))) at++;
  return at;
}

/** The offset behind the string that opens at `open`, or -1 where it never closes. */
function stringEnd(bytes: Buffer, open: number): number {
  let at = open + 1;
  // Most strings are short: a native search costs more than a few steps of this loop.
  for (const near = Math.min(at + 24, bytes.length); at < near; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at++;
  }
  while (at < bytes.length) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) return -1;
    let backslashes = 0;
    while (quote - backslashes > at && bytes[quote - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
  return -1;
}

function readKey(bytes: Buffer, start: number, end: number): string {
  const raw = bytes.toString("utf8", start + 1, end - 1);
  if (!raw.includes("\\")) return raw;
  try {
    // "mod\u0065l" is the key "model": told apart, it would slip past the check for duplicates.
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}
