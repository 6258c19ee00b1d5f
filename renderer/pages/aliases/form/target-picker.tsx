import { Popover } from "@base-ui/react/popover";
import { AtSign, Search, Server, Split } from "lucide-react";
import { type KeyboardEvent, type ReactElement, type ReactNode, useId, useState } from "react";
import { classNames } from "../../../parts/class-names.ts";
import { inputClasses } from "../../../parts/input-classes.ts";
import { ProviderMark } from "../../../parts/provider-mark.tsx";
import { useText } from "../../../text/texts.ts";
import { type TargetChoice, useTargetChoices } from "./find-targets.ts";
import { useForm } from "./form-context.ts";

/** A list of everything that a target can be, searched by typing: `groq/llama`, an alias, a provider, any id. */
export function TargetPicker({
  trigger,
  label,
  onPick,
}: {
  readonly trigger: ReactElement<Record<string, unknown>>;
  /** What is chosen, for screen readers. */
  readonly label: string;
  readonly onPick: (choice: TargetChoice) => void;
}): ReactNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={(next) => setOpen(next)}>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="start" className="z-50 outline-none">
          <Popover.Popup
            aria-label={label}
            className="flex max-h-[min(420px,var(--available-height))] w-112 max-w-(--available-width) animate-appear flex-col overflow-hidden rounded-card border border-line bg-raised shadow-raised outline-none"
          >
            <Choices
              label={label}
              onPick={(choice) => {
                setOpen(false);
                onPick(choice);
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Choices({ label, onPick }: { readonly label: string; readonly onPick: (choice: TargetChoice) => void }): ReactNode {
  const say = useText("aliases");
  const { world, name } = useForm();
  const [search, setSearch] = useState("");
  const [active, setActive] = useState(0);
  const { choices, isLoading } = useTargetChoices(search, world, name, true);
  const listId = useId();
  const at = Math.min(active, choices.length - 1);
  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      const next = (at + step + choices.length) % Math.max(1, choices.length);
      setActive(next);
      document.querySelector(`#${CSS.escape(`${listId}-${String(next)}`)}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      const choice = choices[at];
      // What is shown may still belong to the words before.
      if (choice !== undefined && !isLoading) onPick(choice);
    }
  }
  return (
    <>
      <div className="relative shrink-0 border-b border-line p-2">
        <Search aria-hidden="true" className="pointer-events-none absolute top-4 left-4.5 size-4 text-ink-muted" />
        <input
          autoFocus
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-busy={isLoading}
          aria-activedescendant={choices.length === 0 ? undefined : `${listId}-${String(at)}`}
          placeholder={say("searchTargets")}
          value={search}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setSearch(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          className={classNames(inputClasses, "pl-8")}
        />
      </div>
      <div id={listId} role="listbox" aria-label={label} className="min-h-0 flex-1 overflow-y-auto p-1">
        {choices.map((choice, index) => (
          <div
            key={choice.id}
            id={`${listId}-${String(index)}`}
            role="option"
            aria-selected={index === at}
            // The words in the box keep the focus.
            onMouseDown={(event) => event.preventDefault()}
            onMouseMove={() => setActive(index)}
            onClick={() => onPick(choice)}
            className={classNames("flex min-h-9 items-center gap-2.5 rounded-control px-2 py-1", index === at && "bg-hover")}
          >
            <ChoiceWords choice={choice} />
          </div>
        ))}
      </div>
      <p role="status" className={choices.length === 0 ? "px-4 pb-4 text-center text-ink-muted" : "sr-only"}>
        {choices.length > 0 ? say("choices", { count: choices.length }) : isLoading ? say("searching") : say("noChoices")}
      </p>
    </>
  );
}

function ChoiceWords({ choice }: { readonly choice: TargetChoice }): ReactNode {
  const say = useText("aliases");
  const { world } = useForm();
  const { kind, provider, title, isCallable } = choice;
  const providerName = provider === null ? null : (world.providers.get(provider)?.name ?? provider);
  const icon =
    provider !== null && providerName !== null ? (
      <ProviderMark id={provider} name={providerName} />
    ) : (
      <span aria-hidden="true" className="grid size-5 shrink-0 place-items-center rounded-control bg-accent-soft text-accent-ink">
        {kind === "anywhere" ? (
          <AtSign className="size-3.5" />
        ) : kind === "provider" ? (
          <Server className="size-3.5" />
        ) : (
          <Split className="size-3.5" />
        )}
      </span>
    );
  const note =
    kind === "alias"
      ? say("isAlias")
      : kind === "config"
        ? say("isConfig")
        : kind === "provider"
          ? say("callersModel")
          : kind === "anywhere"
            ? say("anyProvider")
            : providerName;
  return (
    <>
      {icon}
      <span className="min-w-0 flex-1 truncate font-mono text-small">{title}</span>
      <span className="max-w-40 shrink-0 truncate text-small text-ink-muted">{note}</span>
      {isCallable ? null : <span className="shrink-0 text-small text-warn">{say("notCallable")}</span>}
    </>
  );
}
