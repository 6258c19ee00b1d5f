import { Lexer, type Token, type Tokens } from "marked";

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

/** Cuts Markdown into blocks. The last one may grow with the next piece; all before it stay as they are. */
export function splitBlocks(markdown: string): Block[] {
  const tokens = new Lexer({ gfm: true }).lex(markdown);
  const definitions = Object.entries(tokens.links)
    .map(
      ([name, { href, title }]) =>
        `[${name}]: <${href}>${typeof title === "string" && title !== "" ? ` "${title.replaceAll('"', "'")}"` : ""}`,
    )
    .join("\n");
  const withDefinitions = (raw: string): string => (definitions !== "" && raw.includes("[") ? `${raw}\n\n${definitions}` : raw);
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
