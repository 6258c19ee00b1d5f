import { type ReactNode, useState } from "react";
import { wordsOf } from "../../data/admin.ts";
import { useAdminAction } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialogs.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";
import { SecretField } from "./secret-field.tsx";

const leastLength = 8;

/** Asks for the passphrase of the encrypted file: a new one, or the one that it was made with. */
export function PassphraseDialog({ isNew, onClose }: { readonly isNew: boolean; readonly onClose: () => void }): ReactNode {
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
