import { Lock, ShieldAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { wordsOf } from "../../data/admin.ts";
import { type Answer, useAdminAction } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialogs.tsx";
import { SecretField } from "./secret-field.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";

const leastLength = 8;

/** What is wrong with the place where keys are kept, and what helps; nothing where nothing is. */
export function VaultNotice({ vault }: { readonly vault: Answer<"listKeys">["vault"] }): ReactNode {
  const say = useText("keys");
  const [isOpen, setOpen] = useState(false);
  const hasNone = vault.kind === "environment-only";
  if (!hasNone && (vault.status === "ready" || vault.status === "unknown")) return null;
  const isLocked = vault.status === "locked";
  const canOpen = hasNone || (isLocked && vault.kind === "encrypted-file");
  return (
    <div role="status" className="mb-4 flex items-start gap-3 rounded-card border border-line bg-warn-soft p-4">
      {isLocked ? (
        <Lock aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warn" />
      ) : (
        <ShieldAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warn" />
      )}
      <div className="min-w-0 flex-1">
        <p className="font-medium">{say(hasNone ? "vaultNone" : isLocked ? "vaultLocked" : "vaultTrouble")}</p>
        <p className="mt-0.5 break-words text-ink-soft">{vault.words}</p>
      </div>
      {canOpen ? <Button onClick={() => setOpen(true)}>{say(hasNone ? "vaultMake" : "vaultUnlock")}</Button> : null}
      {isOpen ? <PassphraseDialog isNew={hasNone} onClose={() => setOpen(false)} /> : null}
    </div>
  );
}

function PassphraseDialog({ isNew, onClose }: { readonly isNew: boolean; readonly onClose: () => void }): ReactNode {
  const say = useText("keys");
  const [passphrase, setPassphrase] = useState("");
  const unlock = useAdminAction("unlockVault", ["listKeys", "listProviders", "getStatus"]);
  const isShort = isNew && passphrase !== "" && passphrase.length < leastLength;
  const canOpen = passphrase !== "" && !isShort && !unlock.isPending;
  const open = (): void => {
    unlock.mutate(
      { body: { passphrase } },
      {
        onSuccess() {
          setPassphrase("");
          tellNews(say("vaultOpened"));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog isOpen onClose={onClose} title={say(isNew ? "vaultMake" : "vaultUnlock")}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (canOpen) open();
        }}
      >
        <SecretField
          label={say("vaultPassphrase")}
          value={passphrase}
          isFirst
          onChange={(next) => {
            setPassphrase(next);
            unlock.reset();
          }}
          help={say(isNew ? "vaultPassphraseNew" : "vaultPassphraseHelp")}
          error={isShort ? say("vaultPassphraseShort") : unlock.error === null ? null : wordsOf(unlock.error)}
        />
        <div className="flex justify-end">
          <Button type="submit" kind="primary" disabled={!canOpen}>
            {say(isNew ? "vaultMake" : "vaultUnlock")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
