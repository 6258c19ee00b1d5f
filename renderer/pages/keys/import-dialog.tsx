import { type ReactNode, useState } from "react";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { Dialog } from "../../parts/dialogs.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { type Answer, useAdmin } from "../../data/queries.ts";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { useText } from "../../text/texts.ts";
import { FoundKeys } from "./found-keys.tsx";
import { ImportResult } from "./import-result.tsx";
import { PasteKeys } from "./paste-keys.tsx";

interface ImportDialogProps {
  readonly rows: readonly ProviderInfo[];
  readonly tab: "found" | "paste";
  readonly onTab: (tab: "found" | "paste") => void;
  readonly onClose: () => void;
}

/** Brings keys in from where they lie: the environment, `.env` files, or a block that is pasted. */
export function ImportDialog({ rows, tab, onTab, onClose }: ImportDialogProps): ReactNode {
  const say = useText("keys");
  const [taken, setTaken] = useState<Answer<"takeKeys"> | null>(null);
  return (
    <Dialog isOpen onClose={onClose} size="wide" title={say("importTitle")}>
      {taken === null ? (
        <Tabs
          label={say("importTitle")}
          value={tab}
          onChange={onTab}
          tabs={[
            { name: "found", words: say("importFound"), content: <ImportFound rows={rows} onTaken={setTaken} /> },
            { name: "paste", words: say("importPaste"), content: <PasteKeys rows={rows} onTaken={setTaken} /> },
          ]}
        />
      ) : (
        <ImportResult taken={taken} rows={rows} onMore={() => setTaken(null)} onClose={onClose} />
      )}
    </Dialog>
  );
}

/** What lies on this machine. It is looked for when this is shown, and not before. */
function ImportFound({
  rows,
  onTaken,
}: {
  readonly rows: readonly ProviderInfo[];
  readonly onTaken: (taken: Answer<"takeKeys">) => void;
}): ReactNode {
  const say = useText("keys");
  const { data, error, refetch } = useAdmin("findKeys", { body: {} });
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={4} height={48} />;
  const unreadable = data.places.filter(({ state }) => state === "unreadable").map(({ place }) => place);
  return (
    <div className="flex flex-col gap-4">
      {data.found.length === 0 ? (
        <div className="py-10 text-center">
          <p className="text-heading font-semibold">{say("importNothing")}</p>
          <p className="mt-1 text-ink-muted">{say("importNothingHelp")}</p>
        </div>
      ) : (
        <FoundKeys found={data.found} rows={rows} onTaken={onTaken} />
      )}
      <div className="text-small text-ink-muted">
        <p>{say("importLooked")}</p>
        {unreadable.length === 0 ? null : <p className="mt-1 break-all">{say("importUnreadable", { files: unreadable.join(", ") })}</p>}
      </div>
    </div>
  );
}
