import { Plus } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { Button } from "../../parts/button.tsx";
import { classNames } from "../../parts/class-names.ts";
import { SearchField } from "../../parts/search-field.tsx";
import { ProviderMark } from "../../parts/provider-mark.tsx";
import { useText } from "../../text/texts.ts";
import { searchProviders } from "./search-providers.ts";

/** A list of providers with a search above it: arrows move, Enter chooses. */
export function ChooseProvider({
  rows,
  onChoose,
  onAddOwn,
}: {
  readonly rows: readonly ProviderInfo[];
  readonly onChoose: (row: ProviderInfo) => void;
  /** Offered where no provider is found; without it, nothing is. */
  readonly onAddOwn?: (() => void) | undefined;
}): ReactNode {
  const say = useText("keys");
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const shown = searchProviders(rows, text);
  const current = Math.min(at, shown.length - 1);
  return (
    <div className="flex flex-col gap-2">
      <SearchField
        label={say("search")}
        value={text}
        ref={(input) => input?.focus()}
        onChange={(next) => {
          setText(next);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
          if (step !== 0) {
            event.preventDefault();
            setAt(Math.max(0, Math.min(shown.length - 1, current + step)));
          } else if (event.key === "Enter") {
            event.preventDefault();
            const row = shown[current];
            if (row !== undefined) onChoose(row);
          }
        }}
      />
      {shown.length === 0 ? (
        <div className="flex flex-col items-center gap-3 py-8 text-center text-ink-muted">
          <p>{say("nothingFound")}</p>
          {onAddOwn === undefined ? null : (
            <>
              <p className="max-w-sm text-small">{say("nothingFoundHelp")}</p>
              <Button icon={<Plus className="size-4" />} onClick={onAddOwn}>
                {say("addCustom")}
              </Button>
            </>
          )}
        </div>
      ) : (
        <ul id={listId} aria-label={say("chooseProvider")} className="h-72 overflow-y-auto rounded-card border border-line bg-surface p-1">
          {shown.map((row, index) => (
            <li key={row.id}>
              <button
                type="button"
                tabIndex={-1}
                aria-current={index === current}
                ref={index === current ? scrollHere : null}
                onClick={() => onChoose(row)}
                className={classNames(
                  "flex min-h-9 w-full items-center gap-2.5 rounded-control px-2 text-left hover:bg-hover",
                  index === current && "bg-hover",
                )}
              >
                <ProviderMark id={row.id} name={row.name} />
                <span className="min-w-0 flex-1 truncate">{row.name}</span>
                <span className="truncate font-mono text-caption text-ink-muted">{row.id}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p role="status" className="sr-only">
        {shown[current]?.name ?? say("nothingFound")}
      </p>
    </div>
  );
}

function scrollHere(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
