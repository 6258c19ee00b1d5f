import type { Ending } from "#core/dialects/conductor.ts";
import type { AlikeReader } from "#core/wire/alike-reader.ts";

/**
 * Finds a member such as `usage` in a whole reply without parsing the rest: the last one of this name, which in quotes
 * cannot be part of an answer's text, where quotes are escaped.
 *
 * @param alike reads what it has met before, and learns the rest; what it read is good until it reads again
 * @returns the parsed object, or null where there is none that can be read
 */
export function findMember(body: Buffer, name: string, alike?: AlikeReader): unknown {
  const at = body.lastIndexOf(needleFor(name));
  if (at === -1) return null;
  let open = at + name.length + 2;
  while (isSpaceOrColon(body[open])) open++;
  if (body[open] !== 0x7b) return null;
  const known = alike?.read(body, open);
  if (known !== undefined) return known;
  let depth = 0;
  for (let index = open; index < body.length; index++) {
    if (body[index] === 0x7b) depth++;
    else if (body[index] === 0x7d && --depth === 0) {
      try {
        const text = body.toString("latin1", open, index + 1);
        const value: unknown = JSON.parse(text);
        alike?.learn(text, value);
        return value;
      } catch {
        return null;
      }
    }
  }
  return null;
}

const needles = new Map<string, Buffer>();

/** The name in quotes, as bytes: made once, since a search for a text makes them anew each time. */
function needleFor(name: string): Buffer {
  let needle = needles.get(name);
  if (needle === undefined) needles.set(name, (needle = Buffer.from(`"${name}"`)));
  return needle;
}

function isSpaceOrColon(byte: number | undefined): boolean {
  return byte === 0x3a || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Whether a whole JSON reply ends like one: what was cut off does not close its outermost bracket. */
export function readReplyEnding(body: Buffer): Ending {
  let at = body.length - 1;
  while (at >= 0 && (body[at] as number) <= 0x20) at--;
  return body[at] === 0x7d || body[at] === 0x5d ? "finished" : "truncated";
}

/** Whether the first byte that is no space could begin a JSON object or array: a captive portal's page does not. */
export function beginsLikeJson(body: Buffer): boolean {
  let at = 0;
  while (at < body.length && (body[at] as number) <= 0x20) at++;
  return body[at] === 0x7b || body[at] === 0x5b;
}
