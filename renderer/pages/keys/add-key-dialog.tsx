import { type ReactNode, useState } from "react";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { useAdmin } from "../../data/queries.ts";
import { Dialog } from "../../parts/dialogs.tsx";
import { useText } from "../../text/texts.ts";
import { AddKeyForm, MissingValues } from "./add-key-form.tsx";
import { ChooseProvider } from "./choose-provider.tsx";
import { VaultNotice } from "./vault-notice.tsx";

interface AddKeyDialogProps {
  readonly rows: readonly ProviderInfo[];
  /** The provider that was chosen already; null asks for one. */
  readonly provider: string | null;
  readonly onClose: () => void;
  readonly onDone: (row: ProviderInfo) => void;
  /** Opens the form for a provider that the list lacks. */
  readonly onAddOwn?: (() => void) | undefined;
}

/** Adds a key: whose it is, then the key itself. */
export function AddKeyDialog({ rows, provider, onClose, onDone, onAddOwn }: AddKeyDialogProps): ReactNode {
  const say = useText("keys");
  const [chosen, setChosen] = useState(provider);
  const row = rows.find((one) => one.id === chosen);
  const keyed = rows.filter((one) => one.auth !== "none");
  const keyList = useAdmin("listKeys", {});
  return (
    <Dialog isOpen onClose={onClose} title={row === undefined ? say("addTitle") : say("addTitleFor", { provider: row.name })}>
      {/* Before anything is typed that could then not be kept. */}
      {keyList.data === undefined ? null : <VaultNotice vault={keyList.data.vault} />}
      {row === undefined ? (
        <ChooseProvider rows={keyed} onChoose={(next) => setChosen(next.id)} onAddOwn={onAddOwn} />
      ) : (
        <>
          <MissingValues key={`values-${row.id}`} row={row} />
          <AddKeyForm key={row.id} row={row} rows={keyed} onChangeProvider={(next) => setChosen(next?.id ?? null)} onDone={onDone} />
        </>
      )}
    </Dialog>
  );
}
