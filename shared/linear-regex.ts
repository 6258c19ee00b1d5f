/** A regular expression that takes time in proportion to the text, whatever the pattern says. */
export interface LinearRegex {
  /** Whether it is found anywhere in the text; of a longer text only the first 4,096 characters are looked at. */
  test(text: string): boolean;
  /** How much work {@link LinearRegex.test} may be: the pattern's steps at each character. A million takes some 15 ms. */
  costOf(text: string): number;
}

/** What became of a pattern's source. */
export type LinearRegexReading =
  | { readonly ok: true; readonly regex: LinearRegex }
  /** In words that follow the pattern's name: "holds ...". */
  | { readonly ok: false; readonly problem: string };

/** UTF-16 units from `from` to `to`, both inside. */
interface Span {
  readonly from: number;
  readonly to: number;
}

type Assertion = "start" | "end" | "boundary" | "no-boundary";

type Node =
  | { readonly kind: "unit"; readonly spans: readonly Span[]; readonly negated: boolean }
  | { readonly kind: "assertion"; readonly assertion: Assertion }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "choice"; readonly options: readonly Node[] }
  | { readonly kind: "repeat"; readonly part: Node; readonly least: number; readonly most: number };

/** One step of the compiled pattern; `next` and `other` are places in the program. */
type Step =
  | { readonly kind: "unit"; readonly spans: readonly Span[]; readonly negated: boolean; next: number }
  | { readonly kind: "assertion"; readonly assertion: Assertion; next: number }
  | { readonly kind: "fork"; next: number; other: number }
  | { readonly kind: "match" };

const longestSource = 512;
const longestText = 4_096;
const mostSteps = 512;
const deepestNesting = 32;

const digits: readonly Span[] = [{ from: 0x30, to: 0x39 }];
const wordUnits: readonly Span[] = [...digits, { from: 0x41, to: 0x5a }, { from: 0x5f, to: 0x5f }, { from: 0x61, to: 0x7a }];
/** What `\s` means in ECMAScript: WhiteSpace and LineTerminator. */
const spaces: readonly Span[] = [
  { from: 0x09, to: 0x0d },
  { from: 0x20, to: 0x20 },
  { from: 0xa0, to: 0xa0 },
  { from: 0x1680, to: 0x1680 },
  { from: 0x2000, to: 0x200a },
  { from: 0x2028, to: 0x2029 },
  { from: 0x202f, to: 0x202f },
  { from: 0x205f, to: 0x205f },
  { from: 0x3000, to: 0x3000 },
  { from: 0xfeff, to: 0xfeff },
];
const lineEnds: readonly Span[] = [
  { from: 0x0a, to: 0x0a },
  { from: 0x0d, to: 0x0d },
  { from: 0x2028, to: 0x2029 },
];
const controls: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, v: 0x0b, f: 0x0c, r: 0x0d, "0": 0x00 };

/**
 * Reads a pattern in ECMAScript's syntax, without flags: characters, `.`, classes, `\d \w \s \b`, groups, `|`, `^ $`
 * and `* + ? {n,m}`. Whatever needs backtracking (look-around, back references) is refused, so that a pattern which a
 * caller sends can never hold the process: it runs as Thompson's simulation, all states at once.
 *
 * @see https://swtch.com/~rsc/regexp/regexp1.html
 */
export function readLinearRegex(source: string): LinearRegexReading {
  if (source.length > longestSource) return { ok: false, problem: `has more than ${longestSource} characters` };
  try {
    const program = compile(parse(source));
    const costOf = (text: string): number => program.steps.length * (Math.min(text.length, longestText) + 1);
    return { ok: true, regex: { test: (text) => run(program, text), costOf } };
  } catch (error) {
    if (error instanceof PatternProblem) return { ok: false, problem: error.message };
    throw error;
  }
}

class PatternProblem extends Error {}

function parse(source: string): Node {
  let at = 0;
  let depth = 0;
  const node = readChoice();
  if (at < source.length) throw new PatternProblem('holds a ")" that closes nothing');
  return node;

  function readChoice(): Node {
    if (++depth > deepestNesting) throw new PatternProblem(`is nested deeper than ${deepestNesting} groups`);
    const options = [readSequence()];
    while (source[at] === "|") {
      at++;
      options.push(readSequence());
    }
    depth--;
    return options.length === 1 ? (options[0] as Node) : { kind: "choice", options };
  }

  function readSequence(): Node {
    const parts: Node[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") parts.push(readRepeated());
    return { kind: "sequence", parts };
  }

  function readRepeated(): Node {
    let part = readPart();
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(source.slice(at, at + 16));
    const sign = source[at];
    let least = 1;
    let most = 1;
    if (sign === "*") [least, most] = [0, Infinity];
    else if (sign === "+") [least, most] = [1, Infinity];
    else if (sign === "?") [least, most] = [0, 1];
    else if (counted !== null) {
      least = Number(counted[1]);
      most = counted[2] === undefined ? least : counted[3] === "" ? Infinity : Number(counted[3]);
    } else return part;
    if (part.kind === "assertion") throw new PatternProblem(`repeats "^", "$" or "\\b"`);
    if (least > most) throw new PatternProblem("counts from more to fewer in {n,m}");
    at += counted === null || "*+?".includes(sign as string) ? 1 : counted[0].length;
    part = { kind: "repeat", part, least, most };
    // Lazy or not makes no difference to whether it is found.
    if (source[at] === "?") at++;
    if ("*+?".includes(source[at] ?? " ") || /^\{\d+(,\d*)?\}/.test(source.slice(at, at + 16)))
      throw new PatternProblem("repeats a repetition without a group");
    return part;
  }

  function readPart(): Node {
    const character = source[at++] as string;
    switch (character) {
      case "(":
        return readGroup();
      case "[":
        return readClass();
      case ".":
        return { kind: "unit", spans: lineEnds, negated: true };
      case "^":
        return { kind: "assertion", assertion: "start" };
      case "$":
        return { kind: "assertion", assertion: "end" };
      case "\\":
        return readEscape();
      case "*":
      case "+":
      case "?":
        throw new PatternProblem(`has nothing before "${character}" to repeat`);
      case "{":
        if (/^\d+(,\d*)?\}/.test(source.slice(at, at + 16))) throw new PatternProblem('has nothing before "{" to repeat');
        return literal(character);
      default:
        return literal(character);
    }
  }

  function readGroup(): Node {
    if (source[at] === "?") {
      const opening = /^\?(?::|<[A-Za-z_$][\w$]*>)/.exec(source.slice(at, at + 64));
      if (opening === null) throw new PatternProblem('holds a look-around or another "(?" that is not "(?:"; write it without');
      at += opening[0].length;
    }
    const inner = readChoice();
    if (source[at] !== ")") throw new PatternProblem('holds a "(" that nothing closes');
    at++;
    return inner;
  }

  function readEscape(): Node {
    const character = source[at];
    if (character === "b" || character === "B") {
      at++;
      return { kind: "assertion", assertion: character === "b" ? "boundary" : "no-boundary" };
    }
    return readEscapedUnit();
  }

  /** What stands behind a backslash, in a class or outside. */
  function readEscapedUnit(): Extract<Node, { kind: "unit" }> {
    const character = source[at++];
    if (character === undefined) throw new PatternProblem("ends with a backslash");
    switch (character) {
      case "d":
      case "D":
        return { kind: "unit", spans: digits, negated: character === "D" };
      case "w":
      case "W":
        return { kind: "unit", spans: wordUnits, negated: character === "W" };
      case "s":
      case "S":
        return { kind: "unit", spans: spaces, negated: character === "S" };
      case "x":
      case "u": {
        const length = character === "x" ? 2 : 4;
        const hex = source.slice(at, at + length);
        if (hex.length < length || !/^[0-9a-fA-F]+$/.test(hex))
          throw new PatternProblem(`holds a "\\${character}" without ${length} hex digits`);
        at += length;
        return literal(String.fromCharCode(Number.parseInt(hex, 16)));
      }
      default:
        if (character === "0" && /\d/.test(source[at] ?? "")) throw new PatternProblem("holds an octal escape");
        if (Object.hasOwn(controls, character)) return literal(String.fromCharCode(controls[character] as number));
        if (/[A-Za-z0-9]/.test(character)) throw new PatternProblem(`holds "\\${character}", which is not supported`);
        return literal(character);
    }
  }

  function readClass(): Node {
    const negated = source[at] === "^";
    if (negated) at++;
    const spans: Span[] = [];
    for (;;) {
      if (at >= source.length) throw new PatternProblem('holds a "[" that nothing closes');
      if (source[at] === "]") break;
      const from = readClassUnit();
      if (source[at] === "-" && source[at + 1] !== "]" && at + 1 < source.length) {
        at++;
        const to = readClassUnit();
        const [first, last] = [only(from), only(to)];
        if (first === null || last === null || first > last)
          throw new PatternProblem("holds a range in [] that runs backwards or between classes");
        spans.push({ from: first, to: last });
      } else spans.push(...(from.negated ? complement(from.spans) : from.spans));
    }
    at++;
    return { kind: "unit", spans: merge(spans), negated };
  }

  function readClassUnit(): Extract<Node, { kind: "unit" }> {
    const character = source[at++] as string;
    if (character !== "\\") return literal(character);
    if (source[at] !== "b") return readEscapedUnit();
    at++;
    return literal("\b");
  }
}

function literal(character: string): Extract<Node, { kind: "unit" }> {
  const unit = character.charCodeAt(0);
  return { kind: "unit", spans: [{ from: unit, to: unit }], negated: false };
}

/** The one unit that this stands for; null where it stands for several. */
function only({ spans, negated }: { readonly spans: readonly Span[]; readonly negated: boolean }): number | null {
  const span = spans[0];
  return spans.length === 1 && !negated && span !== undefined && span.from === span.to ? span.from : null;
}

/** The same units in order, in as few spans as there can be: each character is held against them. */
function merge(spans: readonly Span[]): Span[] {
  const merged: { from: number; to: number }[] = [];
  for (const { from, to } of spans.toSorted((one, other) => one.from - other.from)) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}

/** The units outside of spans that stand in order. */
function complement(spans: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let from = 0;
  for (const span of spans) {
    if (span.from > from) gaps.push({ from, to: span.from - 1 });
    from = span.to + 1;
  }
  if (from <= 0xffff) gaps.push({ from, to: 0xffff });
  return gaps;
}

/** Written from the end to the start, so that every step knows the one behind it. */
function compile(root: Node): { readonly steps: readonly Step[]; readonly start: number } {
  const steps: Step[] = [{ kind: "match" }];
  const start = write(root, 0);
  return { steps, start };

  function add(step: Step): number {
    if (steps.length >= mostSteps) throw new PatternProblem(`is too large: with its {n,m} written out it has more than ${mostSteps} steps`);
    return steps.push(step) - 1;
  }

  function write(node: Node, next: number): number {
    switch (node.kind) {
      case "unit":
        return add({ kind: "unit", spans: node.spans, negated: node.negated, next });
      case "assertion":
        return add({ kind: "assertion", assertion: node.assertion, next });
      case "sequence":
        return node.parts.reduceRight((behind, part) => write(part, behind), next);
      case "choice":
        return node.options.map((option) => write(option, next)).reduceRight((other, first) => add({ kind: "fork", next: first, other }));
      case "repeat": {
        let behind = next;
        if (node.most === Infinity) {
          const fork = { kind: "fork" as const, next, other: next };
          behind = add(fork);
          fork.next = write(node.part, behind);
        } else {
          if (node.most > mostSteps) throw new PatternProblem(`repeats something more than ${mostSteps} times`);
          for (let count = node.least; count < node.most; count++)
            behind = add({ kind: "fork", next: write(node.part, behind), other: next });
        }
        if (node.least > mostSteps) throw new PatternProblem(`repeats something more than ${mostSteps} times`);
        for (let count = 0; count < node.least; count++) {
          const before = behind;
          behind = write(node.part, before);
          // What writes no step is nothing however often it is repeated; counting it out, 512 times in each of many
          // groups within each other, would not end.
          if (behind === before) break;
        }
        return behind;
      }
      default:
        return node satisfies never;
    }
  }
}

function run({ steps, start }: { readonly steps: readonly Step[]; readonly start: number }, text: string): boolean {
  const length = Math.min(text.length, longestText);
  /** By step: the last place in the text that it was reached at, plus one. */
  const reachedAt = new Uint32Array(steps.length);
  const pending: number[] = [];
  let current: number[] = [];
  let following: number[] = [];
  for (let at = 0; at <= length; at++) {
    // The pattern may begin anywhere, so its first step joins at every place.
    for (const first of [...current, start]) {
      pending.push(first);
      while (pending.length > 0) {
        const place = pending.pop() as number;
        if (reachedAt[place] === at + 1) continue;
        reachedAt[place] = at + 1;
        const step = steps[place] as Step;
        if (step.kind === "match") return true;
        if (step.kind === "fork") pending.push(step.other, step.next);
        else if (step.kind === "assertion") {
          if (holds(step.assertion, text, at)) pending.push(step.next);
        } else if (at < length && includes(step, text.charCodeAt(at))) following.push(step.next);
      }
    }
    current = following;
    following = [];
  }
  return false;
}

function includes({ spans, negated }: { readonly spans: readonly Span[]; readonly negated: boolean }, unit: number): boolean {
  // The last span that begins at the unit or before it; a class can have hundreds.
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle] as Span).from <= unit) low = middle + 1;
    else high = middle;
  }
  const span = spans[low - 1];
  return (span !== undefined && unit <= span.to) !== negated;
}

function holds(assertion: Assertion, text: string, at: number): boolean {
  if (assertion === "start") return at === 0;
  if (assertion === "end") return at === text.length;
  const isBoundary = isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at));
  return isBoundary === (assertion === "boundary");
}

function isWord(unit: number): boolean {
  return wordUnits.some((span) => unit >= span.from && unit <= span.to);
}
