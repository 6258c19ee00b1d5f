/** Decodes the one string of `{"input":"..."}` while its JSON still comes. */
export interface InputDecoder {
  /** Takes the next piece of JSON and gives back the input that it completes; empty where it completes none. */
  push(json: string): string;
  /** Takes the end and gives back the whole input. It begins with what was given back before. */
  end(): string;
  /** Whether the string has begun: else nothing is given back before the end. */
  readonly hasBegun: boolean;
}

/**
 * Begins to decode the arguments of a function that stands for a tool with free text as its input. What is not of that
 * form is, at the end, the input itself: a model that forgot the JSON meant it so.
 */
export function openInputDecoder(): InputDecoder {
  let whole = "";
  /** The JSON that is not decoded yet: all of it before the string begins, then the tail that may be half an escape. */
  let rest = "";
  let decoded = "";
  let isOpen = false;
  let isClosed = false;
  return {
    get hasBegun() {
      return isOpen;
    },
    push(piece) {
      whole += piece;
      if (isClosed) return "";
      rest += piece;
      if (!isOpen) {
        const opening = /^\s*\{\s*"input"\s*:\s*"/.exec(rest);
        if (opening === null) return "";
        isOpen = true;
        rest = rest.slice(opening[0].length);
      }
      const end = decodableEnd(rest);
      isClosed = rest.charCodeAt(end) === 0x22;
      const text = unescape(rest.slice(0, end));
      rest = rest.slice(end);
      decoded += text;
      return text;
    },
    end() {
      if (isOpen) return decoded;
      return readInput(whole) ?? whole;
    },
  };
}

/** The input of JSON that is of the form, but has something else before it. */
function readInput(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && "input" in value && typeof value.input === "string" ? value.input : undefined;
  } catch {
    return undefined;
  }
}

/** How far a string's JSON can be decoded: to its closing quote, or to what is not whole. */
function decodableEnd(json: string): number {
  let at = 0;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === 0x22) return at;
    const length = code !== 0x5c ? 1 : json.charCodeAt(at + 1) === 0x75 ? 6 : 2;
    if (at + length > json.length) return at;
    // The first half of a character waits for the second, however each of them is written.
    if (at + length === json.length && isFirstHalf(length === 6 ? Number.parseInt(json.slice(at + 2, at + 6), 16) : code)) return at;
    at += length;
  }
  return at;
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function unescape(json: string): string {
  if (!json.includes("\\")) return json;
  try {
    // Some models write line ends as they are, which JSON forbids.
    return JSON.parse(`"${json.replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t")}"`) as string;
  } catch {
    return json;
  }
}
