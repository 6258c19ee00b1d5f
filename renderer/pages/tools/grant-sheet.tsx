import { type ReactNode, useId, useState } from "react";
import type { Permissions } from "#shared/schema/grant.ts";
import { wordsOf } from "../../data/admin.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialogs.tsx";
import { useText } from "../../text/texts.ts";
import { describeBudgets, describePermissions } from "./describe-permissions.ts";
import { type DraftProblem, draftOf, readDraft } from "./grant-draft.ts";
import { GrantForm } from "./grant-form.tsx";

interface GrantSheetProps {
  readonly title: string;
  readonly summary?: string;
  readonly name: string;
  readonly permissions: Permissions;
  /** The words of the button that saves. */
  readonly confirm: string;
  /** Resolves when it is saved; what it throws is shown. */
  readonly onSave: (name: string, permissions: Permissions) => Promise<void>;
  readonly onClose: () => void;
}

const none: ReadonlySet<DraftProblem> = new Set();

/** A sheet to say what a key may do. Mount it when it opens: it begins with what it is given. */
export function GrantSheet({ title, summary, name, permissions, confirm, onSave, onClose }: GrantSheetProps): ReactNode {
  const say = useText("tools");
  const form = useId();
  const [draft, setDraft] = useState(() => draftOf(name, permissions));
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const read = readDraft(draft, Date.now());
  const inWords =
    read.permissions === null
      ? null
      : [...describePermissions(read.permissions, say), ...describeBudgets(read.permissions, say)].join(", ");
  async function save(): Promise<void> {
    setTried(true);
    if (read.permissions === null || isBusy) return;
    setBusy(true);
    setFailure(null);
    try {
      await onSave(draft.name.trim(), read.permissions);
    } catch (error) {
      setFailure(wordsOf(error));
      setBusy(false);
    }
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      shape="sheet"
      title={title}
      {...(summary === undefined ? {} : { summary })}
      actions={
        <>
          {inWords === null ? null : (
            <p className="line-clamp-2 min-w-0 flex-1 text-small text-ink-muted" title={inWords}>
              {inWords}
            </p>
          )}
          <Button onClick={onClose}>{say("cancel")}</Button>
          <Button kind="primary" type="submit" form={form} disabled={isBusy}>
            {confirm}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {failure === null ? null : (
          <p role="alert" className="mb-4 rounded-card bg-bad-soft p-3 text-bad">
            {failure}
          </p>
        )}
        <GrantForm draft={draft} onChange={setDraft} problems={isTried ? read.problems : none} />
      </form>
    </Dialog>
  );
}
