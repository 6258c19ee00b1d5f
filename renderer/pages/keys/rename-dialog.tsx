import { type ReactNode, useState } from "react";
import type { KeyDetail } from "#shared/contract/keys.ts";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { wordsOf } from "../../data/admin.ts";
import { useAdminAction } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialogs.tsx";
import { Field, Input } from "../../parts/fields.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";
import { isKeyName } from "./check-secret.ts";

/** Gives a key another name. */
export function RenameDialog({
  row,
  stored,
  onClose,
}: {
  readonly row: ProviderInfo;
  readonly stored: KeyDetail;
  readonly onClose: () => void;
}): ReactNode {
  const say = useText("keys");
  const [name, setName] = useState(stored.name);
  const rename = useAdminAction("renameKey", ["listKeys", "listProviders"]);
  const isTaken = name !== stored.name && row.keys.some((key) => key.name === name);
  const problem = !isKeyName(name) ? say("nameWrong") : isTaken ? say("nameTaken", { provider: row.name }) : null;
  const canSave = problem === null && name !== stored.name && !rename.isPending;
  const save = (): void => {
    const tell = (): void => {
      tellNews(say("renamed", { from: stored.name, to: name }));
      onClose();
    };
    // Not by its own callback: the card of the old name, and this with it, may be gone before the answer is here.
    void rename.mutateAsync({ parameters: { provider: row.id, name: stored.name }, body: { to: name } }).then(tell, () => undefined);
  };
  return (
    <Dialog isOpen onClose={onClose} title={say("renameTitle", { name: stored.name })} summary={say("renameHelp")}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (canSave) save();
        }}
      >
        <Field label={say("newName")} error={problem ?? (rename.error === null ? null : wordsOf(rename.error))}>
          <Input
            value={name}
            autoFocus
            onValueChange={(next) => {
              setName(next.trim());
              rename.reset();
            }}
          />
        </Field>
        <div className="flex justify-end">
          <Button type="submit" kind="primary" disabled={!canSave}>
            {say("renameNow")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
