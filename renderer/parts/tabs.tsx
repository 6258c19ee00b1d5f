import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";

/** One tab and its panel. */
export interface Tab<Name extends string = string> {
  readonly name: Name;
  readonly words: ReactNode;
  readonly content: ReactNode;
}

/** Panels of which one shows. */
export function Tabs<Name extends string>({
  label,
  tabs,
  value,
  onChange,
}: {
  readonly label: string;
  readonly tabs: readonly Tab<Name>[];
  readonly value: Name;
  readonly onChange: (name: Name) => void;
}): ReactNode {
  return (
    <Base.Root value={value} onValueChange={(next) => onChange(next as Name)} className="flex min-h-0 flex-col">
      <Base.List aria-label={label} className="flex shrink-0 gap-1 overflow-x-auto shadow-[inset_0_-1px_0_var(--color-line)]">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.name}
            value={tab.name}
            className="flex h-9 items-center gap-1.5 rounded-t-control border-b-2 border-transparent px-2.5 whitespace-nowrap text-ink-muted outline-offset-[-3px] transition-colors hover:text-ink data-active:border-accent data-active:font-medium data-active:text-ink"
          >
            {tab.words}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.name} value={tab.name} className="min-h-0 pt-4">
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
