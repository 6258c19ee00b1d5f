/** Where one member of a JSON object stands, in byte offsets. */
export interface Member {
  readonly key: string;
  /** The key's opening quote. */
  readonly start: number;
  readonly valueStart: number;
  /** Just behind the value. */
  readonly end: number;
}

/** Why bytes are not an object that can be taken. */
export type ScanFailure = "not-an-object" | "too-deep" | "too-many" | "malformed" | "lone-surrogate";

/** What the scan found, or why it stopped, and where. */
export type ObjectScan =
  | { readonly ok: true; readonly open: number; readonly close: number; readonly members: readonly Member[] }
  | { readonly ok: false; readonly reason: ScanFailure; readonly at: number };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;

/** The characters that may follow a backslash: " \\ / b f n r t; u is looked at on its own. */
const isEscape = new Uint8Array(256);
for (const character of Buffer.from('"\\/bfnrt')) isEscape[character] = 1;

/** By depth: 1 for an object, 0 for an array. For all scans in turn, as making it takes a tenth of the scan of 1 kB. */
let kinds = new Uint8Array(129);

type Expected = "value" | "first-value" | "key" | "first-key" | "comma";

/**
 * Checks that bytes are one JSON object (RFC 8259), finds its top-level members, and holds its depth and number of
 * containers to a limit, without building a single value: at 80 kB this takes as long as `JSON.parse` alone and leaves
 * nothing to collect. Iterative, so that depth costs no stack. That the bytes are UTF-8 is checked before.
 *
 * @param limits `depth` counts nested objects and arrays, the outermost as 1; `containers` counts all of them
 */
export function scanObject(bytes: Buffer, limits: { readonly depth: number; readonly containers: number }): ObjectScan {
  const length = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const members: Member[] = [];
  if (kinds.length <= limits.depth) kinds = new Uint8Array(limits.depth + 1);
  const open = skipSpace(bytes, 0);
  let depth = 0;
  let containers = 0;
  let expected: Expected = "value";
  let key = "";
  let keyStart = 0;
  let valueStart = 0;
  let at = open;
  if (bytes[at] !== OPEN_BRACE)
    return failure(
      at < length && '["-0123456789tfn'.includes(String.fromCharCode(bytes[at] as number)) ? "not-an-object" : "malformed",
      at,
    );
  while (at < length) {
    const byte = bytes[at] as number;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      at++;
      continue;
    }
    if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      const isObject = byte === CLOSE_BRACE;
      const mayClose = expected === "comma" || expected === (isObject ? "first-key" : "first-value");
      if (!mayClose || depth === 0 || (kinds[depth] === 1) !== isObject) return failure("malformed", at);
      at++;
      if (--depth === 0) {
        const end = skipSpace(bytes, at);
        return end === length ? { ok: true, open, close: at - 1, members } : failure("malformed", end);
      }
      if (depth === 1) members.push({ key, start: keyStart, valueStart, end: at });
      expected = "comma";
      continue;
    }
    if (expected === "comma") {
      if (byte !== COMMA) return failure("malformed", at);
      expected = kinds[depth] === 1 ? "key" : "value";
      at++;
      continue;
    }
    if (expected === "key" || expected === "first-key") {
      if (byte !== QUOTE) return failure("malformed", at);
      const end = stringEnd(bytes, view, at);
      if (end < 0) return stringFailure(end);
      if (depth === 1) {
        keyStart = at;
        key = readKey(bytes, { start: at, end, index: members.length });
      }
      at = skipSpace(bytes, end);
      if (bytes[at] !== COLON) return failure("malformed", at);
      at = skipSpace(bytes, at + 1);
      if (depth === 1) valueStart = at;
      expected = "value";
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > limits.depth) return failure("too-deep", at);
      if (++containers > limits.containers) return failure("too-many", at);
      kinds[depth] = byte === OPEN_BRACE ? 1 : 0;
      expected = byte === OPEN_BRACE ? "first-key" : "first-value";
      at++;
      continue;
    }
    const end = byte === QUOTE ? stringEnd(bytes, view, at) : scalarEnd(bytes, at);
    if (end < 0) return stringFailure(end);
    if (end === at) return failure("malformed", at);
    at = end;
    if (depth === 1) members.push({ key, start: keyStart, valueStart, end });
    expected = "comma";
  }
  return failure("malformed", length);
}

function failure(reason: ScanFailure, at: number): ObjectScan {
  return { ok: false, reason, at };
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
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at++;
  }
}

/**
 * The offset behind the string that opens at `open`. A fault comes back as a negative number, which costs nothing to
 * make: {@link stringFailure} reads it.
 */
function stringEnd(bytes: Buffer, view: DataView, open: number): number {
  const length = bytes.length;
  let at = open + 1;
  for (;;) {
    at = runEnd(view, length, at);
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) return malformedAt(Math.min(at, length));
    const escaped = bytes[at + 1];
    if (escaped === 0x75) {
      const unit = hexUnit(bytes, at + 2);
      if (unit === -1) return malformedAt(at);
      at += 6;
      if (unit < 0xd800 || unit > 0xdfff) continue;
      // A high half must be followed by a low one: half a character could not be written as UTF-8.
      const low = unit < 0xdc00 && bytes[at] === BACKSLASH && bytes[at + 1] === 0x75 ? hexUnit(bytes, at + 2) : -1;
      if (low < 0xdc00 || low > 0xdfff) return loneAt(at - 6);
      at += 6;
    } else if (escaped !== undefined && isEscape[escaped] === 1) at += 2;
    else return malformedAt(at);
  }
}

/**
 * The offset of the first byte that a string's reader has to look at: its end, an escape, a control character; `length`
 * where there is none. Four bytes at a time: `word - 0x01010101 & ~word & 0x80808080` has the high bit of the first byte
 * that is zero, and perhaps of some behind it, but of none before it.
 */
function runEnd(view: DataView, length: number, from: number): number {
  let at = from;
  for (const last = length - 4; at <= last; at += 4) {
    const word = view.getInt32(at, true);
    const quote = word ^ 0x22222222;
    const backslash = word ^ 0x5c5c5c5c;
    const found = (((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash) | ((word - 0x20202020) & ~word)) & 0x80808080;
    if (found !== 0) return at + ((31 - Math.clz32(found & -found)) >> 3);
  }
  for (; at < length; at++) {
    const byte = view.getUint8(at);
    if (byte < 0x20 || byte === QUOTE || byte === BACKSLASH) break;
  }
  return at;
}

const malformedAt = (at: number): number => -2 * at - 1;
const loneAt = (at: number): number => -2 * at - 2;

function stringFailure(code: number): ObjectScan {
  const isLone = code % 2 === 0;
  return failure(isLone ? "lone-surrogate" : "malformed", isLone ? (-code - 2) / 2 : (-code - 1) / 2);
}

/** The value of four hexadecimal digits, or -1. */
function hexUnit(bytes: Buffer, at: number): number {
  const text = bytes.toString("latin1", at, at + 4);
  return /^[0-9a-fA-F]{4}$/.test(text) ? Number.parseInt(text, 16) : -1;
}

/** The offset behind the number, `true`, `false` or `null` at `at`; `at` itself where there is none. */
function scalarEnd(bytes: Buffer, at: number): number {
  switch (bytes[at]) {
    case 0x74:
      return bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x65 ? at + 4 : at;
    case 0x66:
      return bytes[at + 1] === 0x61 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x73 && bytes[at + 4] === 0x65 ? at + 5 : at;
    case 0x6e:
      return bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c ? at + 4 : at;
    default:
      return numberEnd(bytes, at);
  }
}

/** The offset behind the number at `at`, as RFC 8259 section 6 has it; `at` itself where there is none. */
function numberEnd(bytes: Buffer, at: number): number {
  const whole = bytes[at] === 0x2d ? at + 1 : at;
  let end = bytes[whole] === 0x30 ? whole + 1 : digitsEnd(bytes, whole);
  if (end === whole) return at;
  if (bytes[end] === 0x2e) {
    const fraction = digitsEnd(bytes, end + 1);
    if (fraction === end + 1) return at;
    end = fraction;
  }
  if (bytes[end] === 0x65 || bytes[end] === 0x45) {
    const sign = bytes[end + 1];
    const digits = sign === 0x2b || sign === 0x2d ? end + 2 : end + 1;
    const exponent = digitsEnd(bytes, digits);
    if (exponent === digits) return at;
    end = exponent;
  }
  return end;
}

function digitsEnd(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at];
    if (byte === undefined || byte < 0x30 || byte > 0x39) return at;
    at++;
  }
}

/** The first names of the object before: a tool's bodies mostly have the same in the same order, and then no text is made. */
const lastKeys: string[] = [];
const mostLastKeys = 32;
const longestLastKey = 40;

function readKey(bytes: Buffer, { start, end, index }: { readonly start: number; readonly end: number; readonly index: number }): string {
  const last = lastKeys[index];
  if (last !== undefined && isSpelled(bytes, start + 1, end - 1, last)) return last;
  const raw = bytes.toString("utf8", start + 1, end - 1);
  // "mod\u0065l" is the key "model": told apart, it would slip past the check for duplicates.
  const key = raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
  if (index < mostLastKeys && key.length <= longestLastKey) lastKeys[index] = key;
  return key;
}

/** Whether bytes are these letters, each of one byte and meaning itself: what is longer or escaped is left to the decoder. */
function isSpelled(bytes: Buffer, start: number, end: number, letters: string): boolean {
  if (end - start !== letters.length) return false;
  for (let index = 0; index < letters.length; index++) {
    const byte = bytes[start + index] as number;
    if (byte !== letters.charCodeAt(index) || byte === BACKSLASH || byte > 0x7e) return false;
  }
  return true;
}
