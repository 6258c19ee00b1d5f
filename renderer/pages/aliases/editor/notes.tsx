import { CircleAlert, GitMerge } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../../../parts/button.tsx";
import { useText } from "../../../text/texts.ts";
import { sayFinding } from "../draft/check-text.ts";
import type { Draft } from "../draft/use-draft.ts";
import type { Saving } from "./use-saving.ts";

/** What stands between the person and saving, above the form: an error, a change from elsewhere, a text that makes no sense. */
export function Notes({
  draft,
  saving,
  onShowJson,
}: {
  readonly draft: Draft;
  readonly saving: Saving;
  readonly onShowJson: () => void;
}): ReactNode {
  const say = useText("aliases");
  const { conflict, error } = saving;
  const [finding] = draft.findings;
  return (
    <>
      {error === null ? null : (
        <Note tone="bad" icon={<CircleAlert className="size-4" />}>
          <p className="break-words">{error}</p>
        </Note>
      )}
      {conflict === null ? null : (
        <Note tone="warn" icon={<GitMerge className="size-4" />}>
          <p className="font-medium">{say(conflict === "gone" ? "conflictGone" : "conflict")}</p>
          <p className="text-ink-soft">{say(conflict === "gone" ? "conflictGoneWords" : "conflictWords")}</p>
          <div className="mt-2 flex gap-2">
            <Button size="small" onClick={saving.keepMine}>
              {say("keepMine")}
            </Button>
            {conflict === "gone" ? null : (
              <Button size="small" onClick={saving.takeTheirs}>
                {say("takeTheirs")}
              </Button>
            )}
          </div>
        </Note>
      )}
      {draft.isTextAhead && finding !== undefined ? (
        <Note tone="warn" icon={<CircleAlert className="size-4" />}>
          <p className="font-medium">{say("textAhead")}</p>
          <p className="break-words text-ink-soft">
            {say("atLine", { line: finding.line })} {sayFinding(finding)}
          </p>
          <div className="mt-2 flex gap-2">
            <Button size="small" onClick={onShowJson}>
              {say("showJson")}
            </Button>
            <Button size="small" onClick={draft.dropText}>
              {say("dropText")}
            </Button>
          </div>
        </Note>
      ) : null}
    </>
  );
}

function Note({
  tone,
  icon,
  children,
}: {
  readonly tone: "warn" | "bad";
  readonly icon: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div
      role="alert"
      className={`mb-4 flex items-start gap-3 rounded-card border border-line p-3 ${tone === "bad" ? "bg-bad-soft" : "bg-warn-soft"}`}
    >
      <span aria-hidden="true" className={`mt-0.5 shrink-0 ${tone === "bad" ? "text-bad" : "text-warn"}`}>
        {icon}
      </span>
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
