import { Dialog } from "@base-ui/react/dialog";
import { Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef, useState } from "react";
import { wordsOf } from "../../data/admin.ts";
import { classNames } from "../../parts/class-names.ts";
import { Keys } from "../../parts/keys.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { type Say, useText } from "../../text/texts.ts";
import { useGo } from "../navigation.ts";
import { tooltipKeys } from "../read-keys.ts";
import type { Command } from "./command.ts";
import type { RankedCommand, RankedGroup } from "./rank.ts";
import { noteRecent } from "./recents.ts";
import { useCommands } from "./use-commands.ts";

const pageStep = 8;

/** The command palette: one field over everything, by keyboard alone if one likes. */
export function Palette({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }): ReactNode {
  const say = useText("palette");
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog.Root
      open={isOpen}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-veil transition-opacity duration-[120ms] data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup
          initialFocus={field}
          className="fixed top-[min(12vh,96px)] left-1/2 z-50 flex max-h-[min(560px,calc(100vh-96px))] w-[calc(100vw-48px)] max-w-[640px] -translate-x-1/2 flex-col overflow-hidden rounded-dialog border border-line bg-raised shadow-raised transition-opacity duration-[120ms] data-ending-style:opacity-0 data-starting-style:opacity-0"
        >
          <Dialog.Title className="sr-only">{say("title")}</Dialog.Title>
          <PaletteBody field={field} onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody({ field, onClose }: { readonly field: RefObject<HTMLInputElement | null>; readonly onClose: () => void }): ReactNode {
  const say = useText("palette");
  const go = useGo();
  const listId = useId();
  const [query, setQuery] = useState("");
  /** The first, until somebody moves. By its id, as more come into the list meanwhile. */
  const [chosenId, setChosenId] = useState<string | null>(null);
  const { groups, isSearching } = useCommands(query);
  const all = groups.flatMap(({ commands }) => commands);
  const current = Math.max(
    0,
    all.findIndex(({ command }) => command.id === chosenId),
  );
  const optionId = (index: number): string => `${listId}-${String(index)}`;
  useEffect(() => {
    document.getElementById(`${listId}-${String(current)}`)?.scrollIntoView({ block: "nearest" });
  }, [current, listId, groups]);

  function run(command: Command): void {
    noteRecent(command.id);
    onClose();
    const fail = (error: unknown): void => tellNews(say("failed", { command: command.words, why: wordsOf(error) }), { isBad: true });
    try {
      Promise.resolve(command.run(go)).catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  function hear(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    const next = nextPlace(event, current, all.length);
    if (next !== null) setChosenId(all[next]?.command.id ?? null);
    else if (event.key === "Enter" && all[current] !== undefined) run(all[current].command);
    else return;
    event.preventDefault();
  }

  let place = 0;
  return (
    <>
      <div className="flex shrink-0 items-center gap-2.5 border-b border-line px-4">
        <Search aria-hidden="true" className={classNames("size-4 shrink-0 text-ink-muted", isSearching && "animate-pulse")} />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label={say("search")}
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={listId}
          {...(all.length === 0 ? {} : { "aria-activedescendant": optionId(current) })}
          placeholder={say("search")}
          value={query}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setQuery(event.target.value);
            setChosenId(null);
          }}
          onKeyDown={hear}
          className="h-12 min-w-0 flex-1 bg-transparent text-prose text-ink outline-none focus-visible:outline-none"
        />
        <Keys shortcut="escape" />
      </div>
      <div id={listId} role="listbox" aria-label={say("title")} className="min-h-0 flex-1 scroll-py-2 overflow-y-auto p-2">
        {groups.map((group) => (
          <div key={group.group} role="group" aria-label={say(headings[group.group])} className="mb-1.5 last:mb-0">
            <div aria-hidden="true" className="px-2.5 pt-1.5 pb-1 text-caption font-medium text-ink-muted">
              {say(headings[group.group])}
            </div>
            {group.commands.map((ranked) => {
              const index = place++;
              return (
                <Option
                  key={ranked.command.id}
                  id={optionId(index)}
                  ranked={ranked}
                  isCurrent={index === current}
                  onPoint={() => setChosenId(ranked.command.id)}
                  onRun={() => run(ranked.command)}
                />
              );
            })}
          </div>
        ))}
      </div>
      {all.length === 0 ? (
        <div className="px-6 pt-2 pb-10 text-center">
          <p className="font-medium break-words">{isSearching ? say("searching") : say("nothing", { query: query.trim() })}</p>
          {isSearching ? null : <p className="mt-1 text-ink-muted">{say("nothingHelp")}</p>}
        </div>
      ) : null}
      <div role="status" className="sr-only">
        {isSearching ? "" : say("commands", { count: all.length })}
      </div>
      <Hints say={say} />
    </>
  );
}

/** One command. The pointer chooses as it moves; the focus stays in the field. */
function Option({
  id,
  ranked: { command, places },
  isCurrent,
  onPoint,
  onRun,
}: {
  readonly id: string;
  readonly ranked: RankedCommand;
  readonly isCurrent: boolean;
  readonly onPoint: () => void;
  readonly onRun: () => void;
}): ReactNode {
  const Icon = command.icon;
  return (
    // The field has the keys: they are heard there.
    <div
      id={id}
      role="option"
      aria-selected={isCurrent}
      tabIndex={-1}
      onMouseMove={onPoint}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onRun}
      className={classNames("flex h-9 items-center gap-2.5 rounded-control px-2.5", isCurrent && "bg-hover")}
    >
      <Icon
        aria-hidden="true"
        strokeWidth={1.75}
        className={classNames("size-4 shrink-0", isCurrent ? "text-accent-ink" : "text-ink-muted")}
      />
      <span className="min-w-0 shrink truncate">
        <Marked text={command.words} places={places} />
      </span>
      {command.detail === undefined ? null : <span className="min-w-0 flex-1 truncate text-small text-ink-muted">{command.detail}</span>}
      {command.keys === undefined || command.keys === null ? null : (
        <span className="ml-auto shrink-0">
          <Keys shortcut={tooltipKeys(command.keys)} />
        </span>
      )}
    </div>
  );
}

/** Words with the letters that were meant set apart. */
function Marked({ text, places }: { readonly text: string; readonly places: readonly number[] }): ReactNode {
  if (places.length === 0) return text;
  const meant = new Set(places);
  const parts: { readonly words: string; readonly isMeant: boolean; readonly at: number }[] = [];
  for (let at = 0; at < text.length;) {
    let end = at + 1;
    while (end < text.length && meant.has(end) === meant.has(at)) end++;
    parts.push({ words: text.slice(at, end), isMeant: meant.has(at), at });
    at = end;
  }
  return parts.map(({ words, isMeant, at }) =>
    isMeant ? (
      <mark key={at} className="bg-transparent font-semibold text-accent-ink">
        {words}
      </mark>
    ) : (
      <span key={at}>{words}</span>
    ),
  );
}

function Hints({ say }: { readonly say: Say<"palette"> }): ReactNode {
  return (
    <div aria-hidden="true" className="flex shrink-0 items-center gap-4 border-t border-line px-4 py-2 text-caption text-ink-muted">
      <span className="inline-flex items-center gap-1.5">
        <Keys shortcut="up" />
        <Keys shortcut="down" /> {say("hintMove")}
      </span>
      <span className="inline-flex items-center gap-1.5">
        <Keys shortcut="enter" /> {say("hintRun")}
      </span>
      <span className="inline-flex items-center gap-1.5">
        <Keys shortcut="escape" /> {say("hintClose")}
      </span>
    </div>
  );
}

/** Where the arrow keys lead; null for keys that lead nowhere. The ends meet. */
function nextPlace({ key, ctrlKey }: Pick<KeyboardEvent, "key" | "ctrlKey">, current: number, count: number): number | null {
  if (count === 0) return null;
  if (key === "ArrowDown" || (ctrlKey && key === "n")) return (current + 1) % count;
  if (key === "ArrowUp" || (ctrlKey && key === "p")) return (current - 1 + count) % count;
  if (key === "PageDown") return Math.min(current + pageStep, count - 1);
  if (key === "PageUp") return Math.max(current - pageStep, 0);
  return null;
}

const headings = {
  recent: "groupRecent",
  best: "groupBest",
  actions: "groupActions",
  pages: "groupPages",
  aliases: "groupAliases",
  models: "groupModels",
  chats: "groupChats",
  providers: "groupProviders",
  tools: "groupTools",
  settings: "groupSettings",
} as const satisfies Record<RankedGroup["group"], string>;
