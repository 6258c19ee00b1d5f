import { Ellipsis, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { KeyDetail } from "#shared/contract/keys.ts";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { wordsOf } from "../../data/admin.ts";
import { useAdminAction } from "../../data/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, IconButton } from "../../parts/button.tsx";
import { Switch } from "../../parts/choices.tsx";
import { Confirm, Dialog } from "../../parts/dialogs.tsx";
import { Menu, type MenuItem } from "../../parts/menu.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";
import { CustomProviderDialog } from "./custom-provider-dialog.tsx";
import { dialectWords } from "./dialect-words.ts";
import { hostOf } from "./judge-provider.ts";
import { KeyCard } from "./key-card.tsx";
import { OutsideLink } from "./outside-link.tsx";
import { ProviderValues } from "./provider-values.tsx";

interface ProviderSheetProps {
  readonly row: ProviderInfo;
  readonly rows: readonly ProviderInfo[];
  readonly keys: readonly KeyDetail[];
  readonly onAdd: () => void;
  readonly onClose: () => void;
  /** Dialogs over it: within it, they do not close it. */
  readonly children?: ReactNode;
}

/** Everything about one provider: its keys, its address, and where to read more. */
export function ProviderSheet({ row, rows, keys, onAdd, onClose, children }: ProviderSheetProps): ReactNode {
  const say = useText("keys");
  const [dialog, setDialog] = useState<"edit" | "remove" | null>(null);
  const accept = useAdminAction("acceptProvider", ["listProviders", "getStatus"]);
  const put = useAdminAction("putProvider", ["listProviders", "listKeys"]);
  const remove = useAdminAction("removeProvider", ["listProviders", "listKeys"]);
  const removeKey = useAdminAction("removeKey", []);
  const [takesKeys, setTakesKeys] = useState(true);
  const stored = keys.filter(({ source }) => source !== "environment");
  const problem = accept.error ?? put.error ?? remove.error ?? removeKey.error;
  const isOwn = row.source === "own";
  const isOff = row.state === "off" || row.state === "not-accepted";

  /** The keys first: without their provider nobody would see that they are still there. */
  async function removeAll(): Promise<void> {
    if (isOwn && takesKeys) {
      for (const { name } of stored) await removeKey.mutateAsync({ parameters: { provider: row.id, name } });
    }
    await remove.mutateAsync({ parameters: { provider: row.id } });
  }

  const items: (MenuItem | null)[] = [
    { words: isOwn ? say("edit") : say("changeAddress"), onSelect: () => setDialog("edit") },
    {
      words: isOff ? say("turnOn") : say("turnOff"),
      onSelect: () => put.mutate({ parameters: { provider: row.id }, body: { ...row.override, enabled: isOff } }),
    },
    ...(row.source === "built-in"
      ? []
      : [null, { words: isOwn ? say("removeProvider") : say("resetProvider"), isDanger: true, onSelect: () => setDialog("remove") }]),
  ];

  return (
    <Dialog
      isOpen
      shape="sheet"
      onClose={onClose}
      title={row.name}
      summary={
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-mono text-small break-all">{row.baseUrl}</span>
          {isOwn ? <Badge>{say("own")}</Badge> : row.source === "changed" ? <Badge>{say("changed")}</Badge> : null}
        </span>
      }
    >
      <div className="flex flex-col gap-6">
        {row.state === "not-accepted" ? (
          <div className="flex items-center gap-3 rounded-card border border-line bg-surface p-3">
            <p className="min-w-0 flex-1">{say("notAcceptedHelp")}</p>
            <Button
              kind="primary"
              disabled={accept.isPending}
              onClick={() =>
                accept.mutate({ parameters: { provider: row.id } }, { onSuccess: () => tellNews(say("accepted", { name: row.name })) })
              }
            >
              {say("accept")}
            </Button>
          </div>
        ) : null}
        {row.state === "incomplete" ? <p className="rounded-card bg-warn-soft p-3">{say("missingValues")}</p> : null}
        {problem === null ? null : (
          <p role="alert" className="rounded-card bg-bad-soft p-3 break-words">
            {wordsOf(problem)}
          </p>
        )}
        <section aria-label={say("itsKeys")}>
          <div className="mb-2 flex items-center justify-between gap-2">
            <h3 className="font-semibold">{say("itsKeys")}</h3>
            {row.auth === "none" ? null : (
              <Button size="small" icon={<Plus className="size-4" />} onClick={onAdd}>
                {say("addKey")}
              </Button>
            )}
          </div>
          {keys.length === 0 ? (
            <p className="rounded-card border border-line bg-surface p-4 text-ink-muted">
              {row.auth === "none" ? say("takesNone") : say("noKeysYet")}
            </p>
          ) : (
            <ul className="flex flex-col gap-3">
              {keys.map((key) => (
                <KeyCard key={key.name} row={row} stored={key} isOnly={keys.length === 1} />
              ))}
            </ul>
          )}
        </section>
        <section aria-label={say("aboutProvider")}>
          <div className="mb-2 flex items-center justify-between gap-2">
            <h3 className="font-semibold">{say("aboutProvider")}</h3>
            <Menu
              trigger={<IconButton size="small" label={say("providerMenu", { name: row.name })} icon={<Ellipsis className="size-4" />} />}
              items={items}
            />
          </div>
          <div className="flex flex-col gap-4 rounded-card border border-line bg-surface p-4">
            <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
              <dt className="text-ink-muted">{say("customId")}</dt>
              <dd className="font-mono text-small leading-5">{row.id}</dd>
              <dt className="text-ink-muted">{say("speaks")}</dt>
              <dd>{say(dialectWords[row.dialect])}</dd>
              {row.environment.length === 0 ? null : (
                <>
                  <dt className="text-ink-muted">{say("variables")}</dt>
                  <dd className="font-mono text-small leading-5 break-all" title={say("variablesHelp")}>
                    {row.environment.join(", ")}
                  </dd>
                </>
              )}
            </dl>
            <ProviderValues key={JSON.stringify(row.values)} row={row} />
            <p className="flex flex-wrap gap-x-4 gap-y-1 empty:hidden">
              {row.links.keys === undefined ? null : (
                <OutsideLink href={row.links.keys}>{say("getKey", { host: hostOf(row.links.keys) })}</OutsideLink>
              )}
              {row.links.docs === undefined ? null : <OutsideLink href={row.links.docs}>{say("documentation")}</OutsideLink>}
              {row.links.site === undefined ? null : <OutsideLink href={row.links.site}>{say("website")}</OutsideLink>}
            </p>
          </div>
        </section>
      </div>
      {dialog === "edit" ? <CustomProviderDialog row={row} rows={rows} onClose={() => setDialog(null)} /> : null}
      <Confirm
        isOpen={dialog === "remove"}
        onClose={() => setDialog(null)}
        title={say(isOwn ? "removeProviderTitle" : "resetProviderTitle", { name: row.name })}
        confirm={say(isOwn ? "removeProviderNow" : "resetProviderNow", { name: row.name })}
        isBusy={remove.isPending || removeKey.isPending}
        onConfirm={() => {
          // The page closes the sheet of a provider that is gone.
          void removeAll()
            .catch(() => undefined)
            .finally(() => setDialog(null));
        }}
      >
        {say(isOwn ? "removeProviderHelp" : "resetProviderHelp")}
        {isOwn && stored.length > 0 ? (
          <label className="mt-3 flex items-center gap-2.5">
            <Switch label={say("removeKeysToo", { count: stored.length })} checked={takesKeys} onChange={setTakesKeys} />
            <span aria-hidden="true">{say("removeKeysToo", { count: stored.length })}</span>
          </label>
        ) : null}
      </Confirm>
      {children}
    </Dialog>
  );
}
