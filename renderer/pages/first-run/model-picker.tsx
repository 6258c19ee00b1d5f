import { Combobox } from "@base-ui/react/combobox";
import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../../parts/class-names.ts";
import { inputClasses } from "../../parts/input-classes.ts";
import { useText } from "../../text/texts.ts";

const mostShown = 60;

/** A model by its name, typed or chosen from a list that follows the typing. */
export function ModelPicker({
  names,
  value,
  onChange,
}: {
  readonly names: readonly string[];
  readonly value: string;
  readonly onChange: (name: string) => void;
}): ReactNode {
  const say = useText("firstRun");
  return (
    <Combobox.Root
      items={names}
      value={value}
      limit={mostShown}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
    >
      <div className="relative">
        <Combobox.Input aria-label={say("testModel")} className={classNames(inputClasses, "pr-8 font-mono")} spellCheck={false} />
        <Combobox.Trigger aria-label={say("testModel")} className="absolute top-1 right-1 grid size-6 place-items-center text-ink-muted">
          <ChevronDown aria-hidden="true" className="size-4" />
        </Combobox.Trigger>
      </div>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} className="z-50 outline-none">
          <Combobox.Popup className="max-h-72 w-(--anchor-width) animate-appear overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-raised">
            <Combobox.Empty className="text-ink-muted not-empty:px-2 not-empty:py-1.5">{say("testNoModel")}</Combobox.Empty>
            <Combobox.List>
              {(name: string) => (
                <Combobox.Item
                  key={name}
                  value={name}
                  className="flex min-h-7 select-none items-center gap-2 rounded-control py-1 pr-2 pl-2 font-mono text-small outline-none data-highlighted:bg-hover"
                >
                  <span className="min-w-0 flex-1 truncate">{name}</span>
                  <Combobox.ItemIndicator>
                    <Check aria-hidden="true" className="size-4 text-accent-ink" />
                  </Combobox.ItemIndicator>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
