import { ListFilter } from "lucide-react";
import type { ReactNode } from "react";
import { useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { type Choice } from "../../parts/choices.tsx";
import { Select } from "../../parts/select.tsx";
import { Field } from "../../parts/fields.tsx";
import { Popover } from "../../parts/popover.tsx";
import { formatDuration } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import type { ChangeSearch } from "./filter-bar.tsx";
import { type ActivitySearch, periods } from "./search.ts";
import { verdicts } from "./verdict.ts";

const anyValue = "any:";
/** Names in the log are what strangers called themselves: a mark keeps them apart from the menu's own values. */
const named = (name: string): string => `is:${name}`;
const statuses = ["2xx", "4xx", "5xx", "400", "401", "403", "404", "408", "413", "429", "500", "502", "503", "504"];
const slownesses = [1_000, 5_000, 15_000, 60_000, 300_000];
const dayMs = 86_400_000;
const namesDays = 30;

/** Every filter there is, in a panel. The names to choose from are those that the log has. */
export function FilterMenu({ search, onChange }: { readonly search: ActivitySearch; readonly onChange: ChangeSearch }): ReactNode {
  const say = useText("activity");
  return (
    <Popover
      title={say("filtersOpen")}
      trigger={<Button icon={<ListFilter aria-hidden="true" className="size-4" />}>{say("filters")}</Button>}
    >
      <FilterFields search={search} onChange={onChange} />
    </Popover>
  );
}

function FilterFields({ search, onChange }: { readonly search: ActivitySearch; readonly onChange: ChangeSearch }): ReactNode {
  const say = useText("activity");
  const plain = (values: readonly string[]): Choice[] => values.map((value) => ({ value: named(value), words: value }));
  const set =
    (name: keyof ActivitySearch) =>
    (value: string): void =>
      onChange({ [name]: value === anyValue ? undefined : value.slice("is:".length) });
  const valueOf = (value: string | number | undefined): string => (value === undefined ? anyValue : named(String(value)));
  const any: Choice = { value: anyValue, words: say("any") };
  return (
    <div className="flex flex-col gap-3">
      <Field label={say("filterWithin")}>
        <Select
          value={valueOf(search.within)}
          choices={[
            any,
            ...Object.keys(periods).map((value) => ({ value: named(value), words: say(`within${value as keyof typeof periods}`) })),
          ]}
          onChange={(value) =>
            onChange({
              within: value === anyValue ? undefined : (value.slice(3) as keyof typeof periods),
              since: undefined,
              until: undefined,
            })
          }
        />
      </Field>
      {(["tool", "alias", "model", "provider", "key"] as const).map((name) => (
        <NameFilter key={name} name={name} value={search[name]} onChange={set(name)} />
      ))}
      <div className="grid grid-cols-2 gap-3">
        <Field label={say("filterStatus")}>
          <Select value={valueOf(search.status)} choices={[any, ...plain(statuses)]} onChange={set("status")} />
        </Field>
        <Field label={say("filterSlower")}>
          <Select
            value={valueOf(search.slowerMs)}
            choices={[any, ...slownesses.map((ms) => ({ value: named(String(ms)), words: formatDuration(ms) }))]}
            onChange={(value) => onChange({ slowerMs: value === anyValue ? undefined : Number(value.slice(3)) })}
          />
        </Field>
      </div>
      <Field label={say("filterCache")}>
        <Select
          value={valueOf(search.cache)}
          choices={[
            any,
            { value: named("HIT"), words: say("cacheHit") },
            { value: named("MISS"), words: say("cacheMiss") },
            { value: named("REFRESH"), words: say("cacheRefresh") },
          ]}
          onChange={set("cache")}
        />
      </Field>
      <Field label={say("filterEnding")}>
        <Select
          value={valueOf(search.ending)}
          choices={[any, ...Object.entries(verdicts).map(([ending, { words }]) => ({ value: named(ending), words: say(words) }))]}
          onChange={set("ending")}
        />
      </Field>
    </div>
  );
}

const labels = { tool: "filterTool", alias: "filterAlias", model: "filterModel", provider: "filterProvider", key: "filterKey" } as const;

function NameFilter({
  name,
  value,
  onChange,
}: {
  readonly name: keyof typeof labels;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const say = useText("activity");
  // To the day, so that the question stays the same while the panel is open.
  const since = Math.floor(Date.now() / dayMs - namesDays) * dayMs;
  const usage = useAdmin("getUsage", { query: { by: name, since } });
  const names = usage.data?.groups.map(({ key }) => key) ?? [];
  const all = value === undefined || names.includes(value) ? names : [value, ...names];
  return (
    <Field label={say(labels[name])}>
      <Select
        value={value === undefined ? anyValue : named(value)}
        choices={[
          { value: anyValue, words: say("any") },
          ...all.map((one) => ({ value: named(one), words: one === "" ? say("none") : one })),
        ]}
        onChange={onChange}
      />
    </Field>
  );
}
