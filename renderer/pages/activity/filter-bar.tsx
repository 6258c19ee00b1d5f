import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Segmented } from "../../parts/choices.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { formatDuration, formatMoment } from "../../text/format.ts";
import { type Say, type TextKey, type Texts, useText } from "../../text/texts.ts";
import { FilterMenu } from "./filter-menu.tsx";
import type { ActivitySearch } from "./search.ts";
import { verdicts } from "./verdict.ts";

/** Changes what stands in the URL. */
export type ChangeSearch = (change: Partial<ActivitySearch>, options?: { readonly isReplacing?: boolean }) => void;

type Words = TextKey<Texts["activity"]>;

const settleMs = 250;

/** Each filter that shows as a chip, with its name. */
const chips = {
  within: "filterWithin",
  since: "filterSince",
  until: "filterUntil",
  tool: "filterTool",
  alias: "filterAlias",
  provider: "filterProvider",
  model: "filterModel",
  key: "filterKey",
  grant: "filterGrant",
  endpoint: "filterEndpoint",
  status: "filterStatus",
  error: "filterError",
  ending: "filterEnding",
  cache: "filterCache",
  slowerMs: "filterSlower",
  trace: "filterTrace",
} as const satisfies Partial<Record<keyof ActivitySearch, Words>>;

type ChipName = keyof typeof chips;

/** Search, outcome and the other filters: what is in force shows as chips, and stands in the URL. */
export function FilterBar({ search, onChange }: { readonly search: ActivitySearch; readonly onChange: ChangeSearch }): ReactNode {
  const say = useText("activity");
  const active = (Object.keys(chips) as ChipName[]).filter((name) => search[name] !== undefined);
  const clear = (): void => onChange(Object.fromEntries(["text", "outcome", ...Object.keys(chips)].map((name) => [name, undefined])));
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox
          value={search.text ?? ""}
          onChange={(text) => onChange({ text: text === "" ? undefined : text }, { isReplacing: true })}
        />
        <Segmented
          label={say("filterOutcome")}
          value={search.outcome ?? "any"}
          choices={[
            { value: "any", words: say("any") },
            { value: "ok", words: say("outcomeOk") },
            { value: "error", words: say("outcomeError") },
            { value: "left", words: say("outcomeLeft") },
          ]}
          onChange={(outcome) => onChange({ outcome: outcome === "any" ? undefined : (outcome as ActivitySearch["outcome"]) })}
        />
        <FilterMenu search={search} onChange={onChange} />
      </div>
      {active.length === 0 ? null : (
        <ul className="flex flex-wrap items-center gap-1.5">
          {active.map((name) => (
            <li key={name}>
              <Chip name={say(chips[name])} value={chipWords(name, search, say)} onRemove={() => onChange({ [name]: undefined })} />
            </li>
          ))}
          <li>
            <button
              type="button"
              onClick={clear}
              className="h-7 rounded-control px-2 text-small text-ink-muted hover:bg-hover hover:text-ink"
            >
              {say("clearFilters")}
            </button>
          </li>
        </ul>
      )}
    </div>
  );
}

/** What is typed goes into the URL when the typing pauses: each change of it asks the log anew. */
function SearchBox({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }): ReactNode {
  const say = useText("activity");
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    if (value === sent.current) return;
    // Somebody went back, or cleared it elsewhere.
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return undefined;
    const timer = setTimeout(() => {
      sent.current = text;
      latest.current(text);
    }, settleMs);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <SearchField
      label={say("search")}
      placeholder={say("searchHelp")}
      value={text}
      onChange={(next) => setText(next.slice(0, 200))}
      className="w-56"
    />
  );
}

function Chip({ name, value, onRemove }: { readonly name: string; readonly value: string; readonly onRemove: () => void }): ReactNode {
  const say = useText("activity");
  return (
    <span className="inline-flex h-7 max-w-72 items-center gap-1 rounded-full border border-line bg-surface pr-0.5 pl-2.5 text-small">
      <span className="shrink-0 text-ink-muted">{name}</span>
      <span className="min-w-0 truncate font-medium">{value}</span>
      <button
        type="button"
        aria-label={say("removeFilter", { name })}
        onClick={onRemove}
        className="grid size-6 shrink-0 place-items-center rounded-full text-ink-muted hover:bg-hover hover:text-ink"
      >
        <X aria-hidden="true" className="size-3" />
      </button>
    </span>
  );
}

function chipWords(name: ChipName, search: ActivitySearch, say: Say<"activity">): string {
  const value = search[name];
  if (value === "") return say("none");
  if (name === "within") return say(`within${String(value)}` as Words);
  if (name === "since" || name === "until") return formatMoment(Number(value));
  if (name === "slowerMs") return formatDuration(Number(value));
  if (name === "ending") return say(verdicts[search.ending ?? "finished"].words);
  if (name === "cache") return say(value === "HIT" ? "cacheHit" : value === "MISS" ? "cacheMiss" : "cacheRefresh");
  return String(value);
}
