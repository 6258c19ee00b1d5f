import { Download, KeyRound, Plus } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import type { KeyDetail } from "#shared/contract/keys.ts";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { useLiveEvent } from "../../data/live.ts";
import { refresh, useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Segmented } from "../../parts/choices.tsx";
import { Dialog } from "../../parts/dialogs.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { PageFrame } from "../../parts/page-frame.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { useGo, useItem, usePageSearch } from "../../shell/navigation.ts";
import { useText } from "../../text/texts.ts";
import { AddKeyDialog } from "./add-key-dialog.tsx";
import { CustomProviderDialog } from "./custom-provider-dialog.tsx";
import { ImportDialog } from "./import-dialog.tsx";
import { isInUse } from "./judge-provider.ts";
import { LocalServers } from "./local-servers.tsx";
import { ProviderRow, ProviderTile } from "./provider-row.tsx";
import { ProviderSheet } from "./provider-sheet.tsx";
import { searchProviders } from "./search-providers.ts";
import { keysSearchSchema } from "./search.ts";
import { VaultNotice } from "./vault-notice.tsx";

const refreshMs = 2_000;

/** The Keys page. */
export function PageView(): ReactNode {
  const say = useText("keys");
  const go = useGo();
  const item = useItem();
  const [search, setSearch] = usePageSearch(keysSearchSchema);
  const providers = useAdmin("listProviders", {});
  const keyList = useAdmin("listKeys", {});
  useFreshFigures();
  const error = providers.error ?? keyList.error;
  const rows = providers.data?.providers ?? [];
  const keys = keyList.data?.keys ?? [];
  const isLoading = providers.data === undefined || keyList.data === undefined;
  const text = search.q ?? "";
  const used = rows.filter(isInUse);
  const show = search.show ?? (used.length === 0 ? "all" : "used");
  const found = searchProviders(rows, text);
  const shownUsed = found.filter(isInUse).toSorted((one, other) => one.name.localeCompare(other.name));
  // Who searches wants what there is, wherever it stands.
  const shownOthers = show === "all" || text !== "" ? found.filter((row) => !isInUse(row) && !row.local) : [];
  const opened = item === null ? undefined : rows.find((row) => row.id === item.split("/", 1)[0]);
  const { q, show: asked } = search;
  const kept = useMemo(() => ({ ...(q === undefined ? {} : { q }), ...(asked === undefined ? {} : { show: asked }) }), [q, asked]);
  const lastOpened = useRef<string | null>(null);
  const isGone = item !== null && !isLoading && opened === undefined && lastOpened.current === item;
  useEffect(() => {
    if (opened !== undefined) lastOpened.current = item;
    // It was removed while it was open, here or elsewhere.
    else if (isGone) go("keys", { search: kept, isReplacing: true });
  }, [opened, item, isGone, go, kept]);
  const open = (dialog: typeof search.open): void => setSearch({ open: dialog });
  const keysOf = (id: string): KeyDetail[] => keys.filter((key) => key.provider === id);
  const isPristine = !isLoading && used.length === 0 && text === "" && search.show === undefined;

  const dialogs = isLoading ? null : (
    <>
      {search.open === "add" ? (
        <AddKeyDialog
          rows={rows}
          provider={opened?.id ?? null}
          onClose={() => open(undefined)}
          onDone={(row) => go("keys", { item: row.id, search: kept, isReplacing: true })}
          onAddOwn={() => open("custom")}
        />
      ) : null}
      {search.open === "import" || search.open === "paste" ? (
        <ImportDialog
          rows={rows}
          tab={search.open === "paste" ? "paste" : "found"}
          onTab={(tab) => setSearch({ open: tab === "paste" ? "paste" : "import" }, { isReplacing: true })}
          onClose={() => open(undefined)}
        />
      ) : null}
      {search.open === "custom" ? (
        <CustomProviderDialog
          row={null}
          rows={rows}
          onClose={() => open(undefined)}
          onDone={(id) => go("keys", { item: id, search: kept, isReplacing: true })}
        />
      ) : null}
    </>
  );

  return (
    <PageFrame
      title={say("title")}
      summary={say("summary")}
      actions={
        <>
          <Button icon={<Download className="size-4" />} onClick={() => open("import")}>
            {say("importKeys")}
          </Button>
          <Button kind="primary" icon={<Plus className="size-4" />} onClick={() => open("add")}>
            {say("addKey")}
          </Button>
        </>
      }
      toolbar={
        <div className="flex flex-wrap items-center gap-2">
          <SearchField
            label={say("search")}
            value={text}
            onChange={(next) => setSearch({ q: next === "" ? undefined : next }, { isReplacing: true })}
            className="w-72 max-w-full"
          />
          <Segmented
            label={say("show")}
            value={show}
            onChange={(next) => setSearch({ show: next })}
            choices={[
              { value: "used", words: say("showUsed") },
              { value: "all", words: say("showAll") },
            ]}
          />
        </div>
      }
    >
      {error === null ? null : (
        <ErrorState
          error={error}
          onRetry={() => {
            void providers.refetch();
            void keyList.refetch();
          }}
        />
      )}
      {keyList.data === undefined ? null : <VaultNotice vault={keyList.data.vault} />}
      {isLoading ? (
        error === null ? (
          <SkeletonRows rows={8} height={56} />
        ) : null
      ) : (
        <div className="flex flex-col gap-6">
          {isPristine ? (
            <EmptyState
              icon={<KeyRound className="size-6" />}
              title={say("emptyTitle")}
              actions={
                <>
                  <Button kind="primary" onClick={() => open("add")}>
                    {say("addKey")}
                  </Button>
                  <Button onClick={() => open("import")}>{say("importKeys")}</Button>
                </>
              }
            >
              {say("emptyHelp")}
            </EmptyState>
          ) : null}
          {shownUsed.length === 0 ? null : (
            <Section title={say("used")}>
              <ul className="rounded-card border border-line bg-surface shadow-card">
                {shownUsed.map((row) => (
                  <ProviderRow key={row.id} row={row} keys={keysOf(row.id)} search={queryOf(kept)} />
                ))}
              </ul>
            </Section>
          )}
          {text === "" ? <LocalServers /> : null}
          {shownOthers.length === 0 ? null : (
            <Section title={used.length === 0 ? say("allProviders") : say("others")}>
              <ul className="grid grid-cols-[repeat(auto-fill,minmax(200px,1fr))] gap-2">
                {shownOthers.map((row) => (
                  <ProviderTile key={row.id} row={row} onAdd={() => openTile(row)} />
                ))}
              </ul>
            </Section>
          )}
          {shownUsed.length + shownOthers.length === 0 && text !== "" ? (
            <EmptyState title={say("nothingFound")} actions={<Button onClick={() => open("custom")}>{say("addCustom")}</Button>}>
              {say("nothingFoundHelp")}
            </EmptyState>
          ) : (
            <div className="flex flex-wrap gap-2">
              {show === "all" || text !== "" ? null : (
                <Button kind="quiet" onClick={() => setSearch({ show: "all" })}>
                  {say("showAllProviders", { count: rows.length })}
                </Button>
              )}
              <Button kind="quiet" icon={<Plus className="size-4" />} onClick={() => open("custom")}>
                {say("addCustom")}
              </Button>
            </div>
          )}
        </div>
      )}
      {opened === undefined && item !== null && !isLoading && !isGone && search.open === undefined ? (
        <Dialog isOpen shape="sheet" onClose={() => go("keys", { search: kept })} title={say("noSuchProvider")}>
          <p className="text-ink-muted">{say("noSuchProviderHelp", { name: item })}</p>
        </Dialog>
      ) : null}
      {opened === undefined ? (
        dialogs
      ) : (
        <ProviderSheet
          key={opened.id}
          row={opened}
          rows={rows}
          keys={keysOf(opened.id)}
          onAdd={() => open("add")}
          onClose={() => go("keys", { search: kept })}
        >
          {dialogs}
        </ProviderSheet>
      )}
    </PageFrame>
  );

  /** Of one that can take a key right away, asks for it; another has to be looked at first. */
  function openTile(row: ProviderInfo): void {
    const canAdd = row.auth !== "none" && row.state !== "off";
    go("keys", { item: row.id, search: canAdd ? { ...kept, open: "add" } : kept });
  }
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section aria-label={title}>
      <h2 className="mb-2 text-small font-medium text-ink-muted">{title}</h2>
      {children}
    </section>
  );
}

/** Calls end while this is looked at: what keys came to is read again, at most every two seconds. */
function useFreshFigures(): void {
  const waiting = useRef<ReturnType<typeof setTimeout> | null>(null);
  useLiveEvent("calls-changed", () => {
    waiting.current ??= setTimeout(() => {
      waiting.current = null;
      void refresh("listKeys");
    }, refreshMs);
  });
}

function queryOf(kept: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(kept).toString();
  return query === "" ? "" : `?${query}`;
}
