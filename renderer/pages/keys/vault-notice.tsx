import { Lock, ShieldAlert } from "lucide-react";
import { type ReactNode, Suspense, useState } from "react";
import { lazyPart } from "../../parts/lazy-part.ts";
import type { Answer } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { useText } from "../../text/texts.ts";

const PassphraseDialog = lazyPart(async () => (await import("./passphrase-dialog.tsx")).PassphraseDialog);

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
      {/* In a narrow place the button stands below its words. */}
      <div className="flex min-w-0 flex-1 flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-72">
          <p className="font-medium">{say(hasNone ? "vaultNone" : isLocked ? "vaultLocked" : "vaultTrouble")}</p>
          <p className="mt-0.5 break-words text-ink-soft">{vault.words}</p>
        </div>
        {canOpen ? <Button onClick={() => setOpen(true)}>{say(hasNone ? "vaultMake" : "vaultUnlock")}</Button> : null}
      </div>
      {isOpen ? (
        <Suspense>
          <PassphraseDialog isNew={hasNone} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}
