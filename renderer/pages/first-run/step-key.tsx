import { CircleCheck, ClipboardPaste } from "lucide-react";
import { type ReactNode, Suspense, useState } from "react";
import { lazyPart } from "../../parts/lazy-part.ts";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { type Answer, useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { ProviderMark } from "../../parts/provider-mark.tsx";
import { useText } from "../../text/texts.ts";
import { LocalServers } from "../keys/local-servers.tsx";
import { searchProviders } from "../keys/search-providers.ts";
import { TestOnArrival } from "../keys/test-on-arrival.tsx";
import { VaultNotice } from "../keys/vault-notice.tsx";

// Forms come when they are asked for: this is the first page that a person ever waits for.
const AddKeyDialog = lazyPart(async () => (await import("../keys/add-key-dialog.tsx")).AddKeyDialog);
const FoundKeys = lazyPart(async () => (await import("../keys/found-keys.tsx")).FoundKeys);
const ImportDialog = lazyPart(async () => (await import("../keys/import-dialog.tsx")).ImportDialog);

const tiles = 6;

/** The first step: keys that lie on this machine, model servers that run on it, or one key by hand. */
export function StepKey({ rows, ready }: { readonly rows: readonly ProviderInfo[]; readonly ready: readonly ProviderInfo[] }): ReactNode {
  const say = useText("firstRun");
  const keyList = useAdmin("listKeys", {});
  const finds = useAdmin("findKeys", { body: {} });
  const [taken, setTaken] = useState<Answer<"takeKeys"> | null>(null);
  /** A provider's id; an empty one asks for the provider. */
  const [adding, setAdding] = useState<string | null>(null);
  const [tab, setTab] = useState<"found" | "paste" | null>(null);
  // What is there already needs no step; a variable that serves right now does not either.
  const found = finds.data?.found.filter(
    (key) => !key.isStored && !(key.place === "environment" && ready.some(({ id }) => id === key.provider)),
  );
  const keyed = searchProviders(
    rows.filter((row) => row.auth !== "none"),
    "",
  ).slice(0, tiles);

  return (
    <div className="flex flex-col gap-6">
      {keyList.data === undefined ? null : <VaultNotice vault={keyList.data.vault} />}
      {ready.length === 0 ? null : (
        <div role="status" className="flex items-start gap-3 rounded-card border border-line bg-ok-soft p-3">
          <CircleCheck aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ok" />
          <div className="min-w-0">
            <p className="font-medium">{say("keyReady", { count: ready.length })}</p>
            {taken === null ? (
              <p className="text-ink-soft">{ready.map((row) => row.name).join(", ")}</p>
            ) : (
              <ul className="mt-1 flex flex-col gap-1">
                {taken.keys.map((key) => (
                  <li key={`${key.provider}/${key.name}`} className="flex items-center gap-3 text-ink-soft">
                    <span>
                      {rows.find((row) => row.id === key.provider)?.name ?? key.provider}{" "}
                      <span className="font-mono text-small">…{key.lastFour}</span>
                    </span>
                    <TestOnArrival provider={key.provider} name={key.name} />
                  </li>
                ))}
              </ul>
            )}
            {taken === null || taken.leftIn.length === 0 ? null : (
              <p className="mt-2 break-words text-ink-soft">
                {say("keyAdvice", { files: taken.leftIn.map(({ file }) => file).join(", ") })}
              </p>
            )}
          </div>
        </div>
      )}
      {found === undefined || found.length === 0 ? null : (
        <section aria-label={say("keyFound")}>
          <h3 className="mb-1 font-semibold">{say("keyFound")}</h3>
          <p className="mb-2 text-small text-ink-muted">{say("keyFoundHelp")}</p>
          <Suspense>
            <FoundKeys key={JSON.stringify(found)} found={found} rows={rows} onTaken={setTaken} />
          </Suspense>
        </section>
      )}
      <LocalServers />
      <section aria-label={say("keyOne")}>
        <h3 className="mb-2 font-semibold">{say("keyOne")}</h3>
        <ul className="grid grid-cols-3 gap-2">
          {keyed.map((row) => (
            <li key={row.id}>
              <button
                type="button"
                onClick={() => setAdding(row.id)}
                className="flex h-12 w-full items-center gap-2.5 rounded-card border border-line bg-surface px-3 text-left shadow-card transition-colors hover:bg-hover"
              >
                <ProviderMark id={row.id} name={row.name} />
                <span className="min-w-0 flex-1 truncate">{row.name}</span>
              </button>
            </li>
          ))}
        </ul>
        <div className="mt-2 flex flex-wrap gap-2">
          <Button kind="quiet" onClick={() => setAdding("")}>
            {say("keyOther")}
          </Button>
          <Button kind="quiet" icon={<ClipboardPaste className="size-4" />} onClick={() => setTab("paste")}>
            {say("keyPaste")}
          </Button>
        </div>
      </section>
      {ready.length > 0 ? null : <p className="text-small text-ink-muted">{say("keyNone")}</p>}
      {adding === null ? null : (
        <Suspense>
          <AddKeyDialog
            rows={rows}
            provider={adding === "" ? null : adding}
            onClose={() => setAdding(null)}
            onDone={() => setAdding(null)}
          />
        </Suspense>
      )}
      {tab === null ? null : (
        <Suspense>
          <ImportDialog rows={rows} tab={tab} onTab={setTab} onClose={() => setTab(null)} />
        </Suspense>
      )}
    </div>
  );
}
