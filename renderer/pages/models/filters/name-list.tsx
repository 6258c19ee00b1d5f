import { type ReactNode, useMemo, useState } from "react";
import { Checkbox } from "../../../parts/choices.tsx";
import { SearchField } from "../../../parts/search-field.tsx";
import { formatCount } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";

/** One line of the list. */
export interface NamedCount {
  readonly id: string;
  readonly name: string;
  readonly models: number;
  /** Something about it, at its right. */
  readonly note?: ReactNode;
}

/** More would not be looked through; the search finds the others. */
const mostShown = 60;

/** Many names, of which several can be chosen; what is chosen stands first. */
export function NameList({
  label,
  items,
  chosen,
  onToggle,
}: {
  /** What is searched: "Search makers". */
  readonly label: string;
  readonly items: readonly NamedCount[];
  readonly chosen: readonly string[];
  readonly onToggle: (id: string) => void;
}): ReactNode {
  const say = useText("models");
  const [text, setText] = useState("");
  // As it was when the panel opened: nothing moves away under the pointer.
  const [first] = useState(() => new Set(chosen));
  const found = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const all = items.filter(({ id, name }) => id.includes(wanted) || name.toLowerCase().includes(wanted));
    return [...all.filter(({ id }) => first.has(id)), ...all.filter(({ id }) => !first.has(id))];
  }, [items, text, first]);
  const hidden = found.length - mostShown;
  return (
    <div className="flex flex-col gap-2">
      <SearchField label={label} value={text} onChange={setText} />
      <ul className="-mx-1 max-h-64 overflow-y-auto px-1">
        {found.slice(0, mostShown).map(({ id, name, models, note }) => (
          <li key={id} className="flex items-center gap-2 rounded-control hover:bg-hover">
            <span className="flex min-w-0 flex-1 [&>label]:w-full [&>label]:px-1">
              <Checkbox
                checked={chosen.includes(id)}
                onChange={() => onToggle(id)}
                words={
                  <span className="flex min-w-0 items-center gap-1.5">
                    <span className="truncate">{name}</span>
                    {note}
                  </span>
                }
              />
            </span>
            <span className="pr-1 text-small text-ink-muted">{formatCount(models)}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="px-1 text-small text-ink-muted">{say("nothingOfThatName")}</p> : null}
      {hidden > 0 ? <p className="px-1 text-small text-ink-muted">{say("moreNames", { count: hidden })}</p> : null}
    </div>
  );
}
