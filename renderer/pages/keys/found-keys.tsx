import { type ReactNode, useState } from "react";
import type { FoundKey } from "#shared/contract/key-finds.ts";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { wordsOf } from "../../data/admin.ts";
import { type Answer, type Call, useAdminAction } from "../../data/queries.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Checkbox } from "../../parts/choices.tsx";
import { Select } from "../../parts/select.tsx";
import { ProviderMark } from "../../parts/provider-mark.tsx";
import { useText } from "../../text/texts.ts";
import { freeName } from "./judge-provider.ts";
import { searchProviders } from "./search-providers.ts";

interface FoundKeysProps {
  readonly found: readonly FoundKey[];
  /** What was pasted, where they are from there. */
  readonly text?: string;
  readonly rows: readonly ProviderInfo[];
  readonly onTaken: (taken: Answer<"takeKeys">) => void;
}

/** Keys that were found, to be ticked: whose they are, where they lie and how they end. The keys themselves never come here. */
export function FoundKeys({ found, text, rows, onTaken }: FoundKeysProps): ReactNode {
  const say = useText("keys");
  const take = useAdminAction("takeKeys", ["listKeys", "listProviders", "findKeys"]);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(() => new Set(found.filter(isWorthIt).map(idOf)));
  const [owners, setOwners] = useState<Readonly<Record<string, string>>>({});
  const keyed = searchProviders(
    rows.filter((row) => row.auth !== "none" && row.state !== "incomplete"),
    "",
  );
  const ownerOf = (key: FoundKey): string | null => key.provider ?? owners[idOf(key)] ?? null;
  const picked = found.filter((key) => ticked.has(idOf(key)) && ownerOf(key) !== null && key.problem === null);
  const names = nameThem(picked, ownerOf, rows);

  const tick = (key: FoundKey, isOn: boolean): void => {
    const next = new Set(ticked);
    if (isOn) next.add(idOf(key));
    else next.delete(idOf(key));
    setTicked(next);
  };
  const store = (): void => {
    const picks: NonNullable<Call<"takeKeys">["body"]>["picks"] = picked.map((key) => ({
      place: key.place,
      variable: key.variable,
      provider: ownerOf(key) ?? "",
      name: names.get(key) ?? "default",
    }));
    // Not by its own callback: what was found is read anew before the answer is here, and this may be gone by then.
    void take.mutateAsync({ body: { ...(text === undefined ? {} : { text }), picks } }).then(onTaken, () => undefined);
  };

  return (
    <div className="flex flex-col gap-3">
      <ul className="divide-y divide-line rounded-card border border-line bg-surface">
        {found.map((key) => {
          const owner = rows.find((row) => row.id === ownerOf(key));
          const name = names.get(key);
          return (
            <li key={idOf(key)} className="flex min-h-12 items-center gap-3 px-3 py-2">
              <Checkbox
                isLabelHidden
                words={say("importPick", { provider: owner?.name ?? "?", variable: key.variable })}
                checked={ticked.has(idOf(key)) && owner !== undefined}
                disabled={key.problem !== null || owner === undefined}
                onChange={(isOn) => tick(key, isOn)}
              />
              <ProviderMark id={owner?.id ?? "?"} name={owner?.name ?? "?"} />
              <div className="min-w-0 flex-1">
                <p className="flex min-w-0 items-center gap-2">
                  <span className="truncate font-medium">{owner?.name ?? say("importWhose")}</span>
                  {key.isStored ? <Badge tone="info">{say("importStored")}</Badge> : null}
                  {name === undefined || name === "default" ? null : (
                    <span className="text-small text-ink-muted">{say("importAs", { name })}</span>
                  )}
                </p>
                <p className="truncate text-small text-ink-muted" title={key.place}>
                  <span className="font-mono">{key.variable}</span> · {placeWords(key.place)}
                </p>
                {key.problem === null ? null : <p className="text-small text-bad">{key.problem}</p>}
              </div>
              {key.provider === null ? (
                <Select
                  label={say("importWhoseFor", { variable: key.variable })}
                  value={owners[idOf(key)] ?? null}
                  placeholder={say("provider")}
                  className="max-w-44"
                  choices={keyed.map((row) => ({ value: row.id, words: row.name }))}
                  onChange={(id) => {
                    setOwners({ ...owners, [idOf(key)]: id });
                    tick(key, true);
                  }}
                />
              ) : null}
              <span className="shrink-0 font-mono text-small text-ink-muted">
                <span className="sr-only">{say("endsIn")} </span>…{key.lastFour}
              </span>
            </li>
          );
        })}
      </ul>
      {take.error === null ? null : (
        <p role="alert" className="rounded-card bg-bad-soft p-3 break-words">
          {wordsOf(take.error)}
        </p>
      )}
      <div className="flex justify-end">
        <Button kind="primary" disabled={picked.length === 0 || take.isPending} onClick={store}>
          {say("importTake", { count: picked.length })}
        </Button>
      </div>
    </div>
  );

  function placeWords(place: string): string {
    return place === "environment" ? say("importEnvironment") : place === "text" ? say("importText") : place;
  }
}

function idOf(key: FoundKey): string {
  return `${key.place}\n${key.variable}\n${key.provider ?? ""}`;
}

function isWorthIt(key: FoundKey): boolean {
  return !key.isStored && key.problem === null && key.provider !== null;
}

/** A free name for each, `default` where its provider has none of that name yet. */
function nameThem(
  picked: readonly FoundKey[],
  ownerOf: (key: FoundKey) => string | null,
  rows: readonly ProviderInfo[],
): ReadonlyMap<FoundKey, string> {
  const names = new Map<FoundKey, string>();
  const taken = new Map(rows.map((row) => [row.id, row.keys.map((key) => key.name)]));
  for (const key of picked) {
    const own = taken.get(ownerOf(key) ?? "") ?? [];
    const name = freeName(own.includes("default") ? "imported" : "default", own);
    taken.set(ownerOf(key) ?? "", [...own, name]);
    names.set(key, name);
  }
  return names;
}
