import { Ellipsis, Link2, Pencil, RefreshCw, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { KeyDetail } from "#shared/contract/keys.ts";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { wordsOf } from "../../data/admin.ts";
import { useAdminAction } from "../../data/queries.ts";
import { Ago, useNow } from "../../parts/ago.tsx";
import { Badge, StatusDot } from "../../parts/badge.tsx";
import { Fact } from "../../parts/fact.tsx";
import { Button, IconButton } from "../../parts/button.tsx";
import { Confirm } from "../../parts/dialogs.tsx";
import { Menu } from "../../parts/menu.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { formatDay } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { judgeKey, placeOf } from "./judge-provider.ts";
import { Cost } from "./key-figures.tsx";
import { RenameDialog } from "./rename-dialog.tsx";
import { RotateDialog } from "./rotate-dialog.tsx";

/** One key: how it stands, where it lies, what it was used for, and all that can be done with it. */
export function KeyCard({
  row,
  stored,
  isOnly,
}: {
  readonly row: ProviderInfo;
  readonly stored: KeyDetail;
  readonly isOnly: boolean;
}): ReactNode {
  const say = useText("keys");
  const nowMs = useNow();
  const [dialog, setDialog] = useState<"rotate" | "rename" | "remove" | null>(null);
  const parameters = { provider: row.id, name: stored.name };
  const test = useAdminAction("testKey", ["listKeys"]);
  const bind = useAdminAction("bindKey", ["listKeys", "listProviders"]);
  const remove = useAdminAction("removeKey", ["listKeys", "listProviders"]);
  const standing = judgeKey(say, stored, nowMs);
  const isFixed = stored.source === "environment";
  const problem = test.error ?? bind.error ?? remove.error;

  return (
    <li className="rounded-card border border-line bg-surface shadow-card">
      <div className="flex min-h-12 items-center gap-2 py-2 pr-2 pl-4">
        <h4 className="min-w-0 truncate font-medium">{stored.name}</h4>
        <span className="shrink-0 font-mono text-small text-ink-muted">
          <span className="sr-only">{say("endsIn")} </span>…{stored.lastFour}
        </span>
        {stored.serves && !isOnly ? (
          <span title={say("servesHelp")}>
            <Badge>{say("serves")}</Badge>
          </span>
        ) : null}
        <span className="min-w-2 flex-1" />
        <span className="flex min-w-0 items-center gap-2 text-small">
          <StatusDot tone={standing.tone} />
          <span className="truncate">{standing.words}</span>
        </span>
        <Button size="small" disabled={test.isPending || stored.waits} onClick={() => test.mutate({ parameters })}>
          {test.isPending ? say("testing") : stored.test === null ? say("test") : say("testAgain")}
          <span className="sr-only"> {say("testKeyNamed", { name: stored.name })}</span>
        </Button>
        {isFixed ? null : (
          <Menu
            trigger={<IconButton size="small" label={say("keyMenu", { name: stored.name })} icon={<Ellipsis className="size-4" />} />}
            items={[
              { words: say("rotate"), icon: <RefreshCw className="size-4" />, onSelect: () => setDialog("rotate") },
              { words: say("rename"), icon: <Pencil className="size-4" />, onSelect: () => setDialog("rename") },
              null,
              { words: say("remove"), icon: <Trash2 className="size-4" />, isDanger: true, onSelect: () => setDialog("remove") },
            ]}
          />
        )}
      </div>
      {stored.waits ? (
        <div className="mx-4 mb-3 rounded-card bg-warn-soft p-3">
          <p className="font-medium text-warn">{say("waitsTitle")}</p>
          <p className="mt-0.5">
            {say("waitsHelp", { provider: row.name, origin: row.origin, bound: stored.origins.join(", ") || say("goesNowhere") })}
          </p>
          {isFixed ? null : (
            <Button
              size="small"
              className="mt-2 max-w-full"
              icon={<Link2 className="size-4" />}
              disabled={bind.isPending}
              onClick={() =>
                bind.mutate({ parameters }, { onSuccess: () => tellNews(say("bound", { name: stored.name, origin: row.origin })) })
              }
            >
              <span className="truncate">{say("bind", { origin: row.origin })}</span>
            </Button>
          )}
        </div>
      ) : null}
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 border-t border-line px-4 py-3 text-small sm:grid-cols-3">
        <Fact name={say("monthCost")}>
          <Cost sums={stored.month} />
          <span className="text-ink-muted"> · {say("monthCalls", { count: stored.month.calls })}</span>
        </Fact>
        <Fact name={say("lastUsed")}>
          <Ago atMs={stored.lastUsedAtMs} />
        </Fact>
        <Fact name={say("tested")}>{stored.test === null ? say("neverTested") : <Ago atMs={stored.test.atMs} />}</Fact>
        <Fact name={say("goesTo")}>
          <span className="font-mono text-caption break-all">{stored.origins.join(", ") || say("goesNowhere")}</span>
        </Fact>
        <Fact name={say("storedIn")}>{placeOf(say, stored)}</Fact>
        {isFixed ? null : <Fact name={say("added")}>{formatDay(stored.createdAtMs)}</Fact>}
        {stored.usedBy.length === 0 ? null : <Fact name={say("usedBy")}>{stored.usedBy.join(", ")}</Fact>}
      </dl>
      {stored.test === null && !isFixed ? null : (
        <div className="flex flex-col gap-1 border-t border-line px-4 py-2.5 text-small text-ink-muted">
          {stored.test === null ? null : <p className="break-words">{stored.test.words}</p>}
          {isFixed ? <p>{say("environmentHelp")}</p> : null}
        </div>
      )}
      {problem === null ? null : (
        <p role="alert" className="border-t border-line px-4 py-2.5 text-small break-words text-bad">
          {wordsOf(problem)}
        </p>
      )}
      {dialog === "rotate" ? <RotateDialog row={row} stored={stored} onClose={() => setDialog(null)} /> : null}
      {dialog === "rename" ? <RenameDialog row={row} stored={stored} onClose={() => setDialog(null)} /> : null}
      <Confirm
        isOpen={dialog === "remove"}
        onClose={() => setDialog(null)}
        title={say("removeTitle", { name: stored.name, provider: row.name })}
        confirm={say("removeNow", { name: stored.name })}
        isBusy={remove.isPending}
        onConfirm={() => {
          const tell = (): void => tellNews(say("removed", { name: stored.name, provider: row.name }));
          // Not by its own callback: the card may be gone before the answer is here.
          void remove
            .mutateAsync({ parameters })
            .then(tell, () => undefined)
            .finally(() => setDialog(null));
        }}
      >
        <p>{say("removeHelp", { provider: row.name })}</p>
        {isOnly ? <p className="mt-2">{say("removeLast", { provider: row.name })}</p> : null}
        {stored.usedBy.length === 0 ? null : <p className="mt-2">{say("removeUsed", { uses: stored.usedBy.join(", ") })}</p>}
      </Confirm>
    </li>
  );
}
