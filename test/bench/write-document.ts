import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const documentFile = path.resolve(import.meta.dirname, "../../docs/performance.md");

/**
 * Puts text between two marks of docs/performance.md, in place of what stood there.
 *
 * @throws {Error} where a mark is missing
 */
export function writeDocument(marks: { readonly from: string; readonly to: string }, text: string): void {
  const document = readFileSync(documentFile, "utf8");
  const from = document.indexOf(marks.from);
  const to = document.indexOf(marks.to);
  if (from === -1 || to < from) throw new Error(`Cannot write figures to ${documentFile}: its marks are missing; put "${marks.from}" back`);
  writeFileSync(documentFile, `${document.slice(0, from + marks.from.length)}\n\n${text}\n${document.slice(to)}`);
}
