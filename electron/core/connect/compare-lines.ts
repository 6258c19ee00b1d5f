import { structuredPatch } from "diff";
import type { FileChange } from "#shared/contract/connect.ts";
import { maskSecrets } from "./mask-secrets.ts";

const contextLines = 3;
const longestLine = 400;
/** Looking for secrets takes longer than a line is long: of a whole file in one line only this much is looked at. */
const longestLook = 2_000;
/** What the look broke off in may be half a secret: the end of it is not shown. */
const unsure = 64;

/** Both texts' differences, with the lines around them, as a person may see them: secrets masked, nothing that steers a screen. */
export function compareLines(before: string, after: string): FileChange["hunks"] {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: contextLines });
  return hunks.map(({ oldStart, newStart, lines }) => ({
    oldStart,
    newStart,
    lines: lines.flatMap((line) => {
      // "\ No newline at end of file": nothing of the file's.
      if (line.startsWith("\\")) return [];
      const kind = line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "same";
      return [{ kind, text: shown(line.slice(1)) } as const];
    }),
  }));
}

function shown(text: string): string {
  const isCut = text.length > longestLook;
  const masked = isCut ? `${maskSecrets(text.slice(0, longestLook)).slice(0, -unsure)}…` : maskSecrets(text);
  const line = masked.replaceAll(/[^\P{C}\t]/gu, "");
  return line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
}
