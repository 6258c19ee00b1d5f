import type { ReactNode } from "react";
import { keyPlaceholder, type FileChange } from "#shared/contract/connect.ts";
import { Badge } from "../../parts/badge.tsx";
import { classNames } from "../../parts/class-names.ts";
import { useText } from "../../text/texts.ts";

const looks = {
  same: { classes: "text-ink-muted", mark: " " },
  added: { classes: "bg-ok-soft text-ink", mark: "+" },
  removed: { classes: "bg-bad-soft text-ink", mark: "−" },
} as const;

/** One file as it would be changed, line by line. */
export function FileDiff({ change }: { readonly change: FileChange }): ReactNode {
  const say = useText("tools");
  return (
    <figure className="overflow-hidden rounded-card border border-line bg-surface">
      <figcaption className="flex min-h-9 flex-wrap items-center gap-2 border-b border-line bg-sunken px-3 py-1">
        <span className="min-w-0 font-mono text-small break-all text-ink-soft">{change.path}</span>
        {change.isNew ? <Badge tone="accent">{say("fileNew")}</Badge> : null}
        {change.isUnchanged ? <Badge>{say("fileUnchanged")}</Badge> : null}
        {change.target === null ? null : (
          <span className="text-small break-all text-ink-muted">{say("fileLink", { target: change.target })}</span>
        )}
      </figcaption>
      {change.isUnchanged ? null : (
        <div
          tabIndex={0}
          role="region"
          aria-label={say("diffOf", { path: change.path })}
          className="max-h-80 overflow-auto py-1 font-mono text-small leading-5 outline-offset-[-2px]"
        >
          <table className="w-max min-w-full border-collapse">
            <tbody>
              {change.hunks.map((hunk, at) =>
                hunk.lines.map((line, index) => (
                  <tr
                    key={`${String(hunk.newStart)}:${String(index)}`}
                    className={classNames(looks[line.kind].classes, at > 0 && index === 0 && "border-t border-line")}
                  >
                    <td className="w-6 px-2 text-center select-none" aria-label={line.kind}>
                      {looks[line.kind].mark}
                    </td>
                    <td className="h-5 pr-3 whitespace-pre">{line.text.replaceAll(keyPlaceholder, "postern_••••")}</td>
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </div>
      )}
    </figure>
  );
}
