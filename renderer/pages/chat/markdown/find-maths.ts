/** What may hold a dollar sign that is no formula: code. */
const codeOrMaths = /(`+)[\s\S]*?\1|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)|\$(?!\s|\$)((?:[^$\\\n]|\\.)+?)(?<!\s)\$(?![\d$])/g;
/** A formula has one of these; a price has none. */
const looksLikeMaths = /[\\^_={}<>]|^[a-zA-Z]\w{0,2}$/;

/**
 * Brings the ways in which models write formulas to the one that the parser reads: `\(x\)` and `$x$` become `$$x$$` in a
 * line, `\[x\]` a paragraph of its own. Prices ("$5 and $10") stay.
 */
export function findMaths(markdown: string): string {
  if (!markdown.includes("$") && !markdown.includes("\\")) return markdown;
  return markdown.replace(codeOrMaths, (whole, code?: string, display?: string, inline?: string, single?: string) => {
    if (code !== undefined) return whole;
    if (display !== undefined) return `\n$$\n${display.trim()}\n$$\n`;
    if (inline !== undefined) return `$$${inline.trim()}$$`;
    return single !== undefined && looksLikeMaths.test(single) ? `$$${single}$$` : whole;
  });
}
