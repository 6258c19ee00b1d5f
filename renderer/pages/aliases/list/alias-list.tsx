import { Plus } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { NamedConfig } from "#shared/contract/aliases.ts";
import { useAdmin } from "../../../data/queries.ts";
import { Button } from "../../../parts/button.tsx";
import { SearchField } from "../../../parts/search-field.tsx";
import { PageFrame } from "../../../parts/page-frame.tsx";
import { ErrorState, SkeletonRows } from "../../../parts/states.tsx";
import { useText } from "../../../text/texts.ts";
import { useGo } from "../../../shell/navigation.ts";
import { describeConfig } from "../describe-config.ts";
import type { ConfigKind } from "../search.ts";
import { type AliasWorld, useAliasWorld } from "../use-world.ts";
import { AliasExamples } from "./alias-examples.tsx";
import { AliasRow } from "./alias-row.tsx";
import { usePreferences } from "./use-preferences.ts";

/** Everything that calls can name: the person's own aliases, those that ship, and saved configs. */
export function AliasList(): ReactNode {
  const say = useText("aliases");
  const go = useGo();
  const { world, error, retry } = useAliasWorld();
  const [search, setSearch] = useState("");
  return (
    <PageFrame
      title={say("title")}
      summary={say("summary")}
      actions={
        <>
          <Button onClick={() => go("aliases", { search: { new: "", kind: "config" } })}>{say("newConfig")}</Button>
          <Button
            kind="primary"
            icon={<Plus aria-hidden="true" className="size-4" />}
            onClick={() => go("aliases", { search: { new: "" } })}
          >
            {say("newAlias")}
          </Button>
        </>
      }
      toolbar={world === null ? undefined : <SearchField label={say("search")} value={search} onChange={setSearch} className="max-w-80" />}
    >
      {error !== null ? <ErrorState error={error} onRetry={retry} /> : null}
      {world === null && error === null ? <SkeletonRows rows={7} height={64} /> : null}
      {world === null ? null : <Groups world={world} search={search} />}
    </PageFrame>
  );
}

function Groups({ world, search }: { readonly world: AliasWorld; readonly search: string }): ReactNode {
  const say = useText("aliases");
  const preferences = usePreferences();
  const calls = useCallsToday();
  const wanted = search.trim().toLowerCase().split(/\s+/);
  const fits = ({ name, config }: NamedConfig): boolean => {
    const words = `${name} ${describeConfig(config, say)}`.toLowerCase();
    return wanted.every((word) => words.includes(word));
  };
  const own = world.aliases.filter(({ source }) => source !== "shipped");
  const groups: readonly {
    readonly title: string;
    readonly kind: ConfigKind;
    readonly help: string;
    readonly list: readonly NamedConfig[];
  }[] = [
    { title: say("groupOwn"), kind: "alias", help: say("groupOwnHelp"), list: own.filter(fits) },
    { title: say("groupConfigs"), kind: "config", help: say("groupConfigsHelp"), list: world.configs.filter(fits) },
    {
      title: say("groupShipped"),
      kind: "alias",
      help: say("groupShippedHelp"),
      list: world.aliases.filter((one) => one.source === "shipped" && fits(one)),
    },
  ];
  const isNothing = groups.every(({ list }) => list.length === 0);
  return (
    <div className="flex flex-col gap-6 pt-2">
      {own.length === 0 && world.configs.length === 0 && search === "" ? <AliasExamples /> : null}
      {isNothing ? (
        <p role="status" className="py-10 text-center text-ink-muted">
          {say("nothingFound", { search })}
        </p>
      ) : null}
      {groups.map(({ title, kind, help, list }) =>
        list.length === 0 ? null : (
          <section key={title} aria-label={title}>
            <div className="mb-2 flex items-baseline gap-2">
              <h2 className="text-heading font-semibold">{title}</h2>
              <p className="text-small text-ink-muted">{help}</p>
            </div>
            <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface shadow-card">
              {list.map((named) => (
                <AliasRow
                  key={named.name}
                  kind={kind}
                  named={named}
                  world={world}
                  preferences={preferences}
                  callsToday={calls === null ? null : (calls.get(named.name) ?? 0)}
                />
              ))}
            </ul>
          </section>
        ),
      )}
    </div>
  );
}

/** Calls since midnight by alias; null until it is known. */
function useCallsToday(): ReadonlyMap<string, number> | null {
  const since = useMemo(() => new Date().setHours(0, 0, 0, 0), []);
  const { data } = useAdmin("getUsage", { query: { by: "alias", since } }, { refetchInterval: 15_000 });
  return useMemo(() => (data === undefined ? null : new Map(data.groups.map(({ key, calls }) => [key, calls]))), [data]);
}
