import { Lexer, type Token, type Tokens, walkTokens } from "marked";

/** A part of an answer that is drawn by itself, so that what came before is never drawn again. */
export type Block =
  | {
      readonly kind: "text";
      /** Markdown. */
      readonly raw: string;
      /** Goes on with the list or table of the block before: no space between them, and no second table head. */
      readonly isContinued: boolean;
    }
  | {
      readonly kind: "code";
      readonly language: string;
      readonly text: string;
      /** False while its closing fence has not come. */
      readonly isClosed: boolean;
    };

/** A block as long as this takes a few milliseconds to draw; a longer one is cut where a list or a table may be. */
const longestBlock = 3_000;

/** A line under a paragraph makes it a heading or a table, and what follows a list may belong to it: so many of the last tokens may change. */
const mostUnsettled = 2;

/**
 * Cuts Markdown into blocks. The last ones may change with the next piece; all before them stay as they are, and are not read again
 * where the text has only grown since the last time.
 */
export class BlockSplitter {
  /** Source of the settled tokens, and what was read of it. */
  #source = "";
  #tokens: readonly Token[] = [];
  #definitions: readonly Definition[] = [];

  /** All blocks of a text. The same text has the same blocks, whatever was asked before. */
  split(markdown: string): Block[] {
    // The lexer would do so too, and its tokens would have other lengths than their sources.
    const text = markdown.replaceAll(/\r\n?/g, "\n");
    if (!text.startsWith(this.#source)) [this.#source, this.#tokens, this.#definitions] = ["", [], []];
    const tokens = new Lexer({ gfm: true }).lex(text.slice(this.#source.length));
    const blocks = toBlocks([...this.#tokens, ...tokens], [...this.#definitions, ...definitionsIn(tokens)]);
    this.#settle(tokens, text);
    return blocks;
  }

  #settle(tokens: readonly Token[], text: string): void {
    const settled = tokens.slice(0, countSettled(tokens));
    const source = this.#source + settled.map(({ raw }) => raw).join("");
    // What cannot be found again in the text by its length is read anew each time.
    if (settled.length === 0 || !text.startsWith(source)) return;
    this.#source = source;
    this.#tokens = [...this.#tokens, ...settled];
    this.#definitions = [...this.#definitions, ...definitionsIn(settled)];
  }
}

/** How many of the first tokens stay as they are, whatever comes behind the last one. */
function countSettled(tokens: readonly Token[]): number {
  const places = tokens.flatMap(({ type }, place) => (type === "space" || type === "def" ? [] : [place]));
  let count = places.at(-mostUnsettled) ?? 0;
  // The lexer makes a heading of a paragraph and of a list behind it, where a line of dashes follows before an empty one.
  for (let place = count - 1; place >= 0; place--) {
    const { type, raw } = tokens[place] as Token;
    if (type === "space" || raw.endsWith("\n\n")) break;
    if (type === "paragraph") count = place;
  }
  return count;
}

/** What a link's name stands for. */
interface Definition {
  readonly name: string;
  /** Markdown. */
  readonly raw: string;
}

function definitionsIn(tokens: readonly Token[]): Definition[] {
  const found: Definition[] = [];
  void walkTokens([...tokens], (token) => {
    if (token.type !== "def") return;
    const { tag, href, title } = token as Tokens.Def;
    const quoted = typeof title === "string" && title !== "" ? ` "${title.replaceAll('"', "'")}"` : "";
    found.push({ name: tag, raw: `[${tag}]: <${href}>${quoted}` });
  });
  return found;
}

function toBlocks(tokens: readonly Token[], definitions: readonly Definition[]): Block[] {
  // A name that is defined twice means what it meant first.
  const named = new Map<string, string>();
  for (const { name, raw } of definitions) if (!named.has(name)) named.set(name, raw);
  const defined = [...named.values()].join("\n");
  const withDefinitions = (raw: string): string => (defined !== "" && raw.includes("[") ? `${raw}\n\n${defined}` : raw);
  return tokens.flatMap((token): Block[] => {
    if (token.type === "space" || token.type === "def") return [];
    if (token.type === "code" && (token as Tokens.Code).codeBlockStyle !== "indented") return [readFence(token as Tokens.Code)];
    return cut(token).map((raw, index) => ({ kind: "text", raw: withDefinitions(raw), isContinued: index > 0 }));
  });
}

function readFence({ raw, lang, text }: Tokens.Code): Block {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(raw)?.[1] ?? "```";
  const lines = raw.trimEnd().split("\n");
  const isClosed = lines.length > 1 && (lines.at(-1) ?? "").trim().startsWith(fence);
  return { kind: "code", language: (lang ?? "").trim().split(/\s/, 1)[0] ?? "", text, isClosed };
}

function cut(token: Token): string[] {
  if (token.raw.length <= longestBlock) return [token.raw];
  if (token.type === "list") return gather((token as Tokens.List).items.map((item) => item.raw));
  if (token.type === "table") {
    const [head = "", rule = "", ...rows] = token.raw.trimEnd().split("\n");
    return gather(rows.map((row) => `${row}\n`)).map((some) => `${head}\n${rule}\n${some}`);
  }
  // One paragraph of many pages: better in two than seconds late.
  if (token.type === "paragraph" && token.tokens !== undefined) return gather(token.tokens.map((part) => part.raw));
  return [token.raw];
}

/** Joins pieces until they are as long as a block may be. */
function gather(pieces: readonly string[]): string[] {
  const gathered: string[] = [];
  let current = "";
  for (const piece of pieces) {
    if (current !== "" && current.length + piece.length > longestBlock) {
      gathered.push(current);
      current = "";
    }
    current += piece;
  }
  return current === "" ? gathered : [...gathered, current];
}
