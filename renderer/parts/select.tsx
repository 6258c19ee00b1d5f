import { Select as BaseSelect } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import type { Choice } from "./choices.tsx";
import { classNames } from "./class-names.ts";
import { inputClasses } from "./input-classes.ts";

interface SelectProps<Value extends string> {
  /** Its accessible name, where no `Field` gives it one. */
  readonly label?: string;
  readonly value: Value | null;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly className?: string;
}

/** One of a handful, in a list that opens. For long lists use a combobox. */
export function Select<Value extends string>({
  label,
  value,
  choices,
  onChange,
  placeholder,
  disabled = false,
  className,
}: SelectProps<Value>): ReactNode {
  return (
    <BaseSelect.Root
      value={value}
      disabled={disabled}
      items={choices.map((choice) => ({ value: choice.value, label: choice.words }))}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
    >
      <BaseSelect.Trigger
        {...(label === undefined ? {} : { "aria-label": label })}
        className={classNames(inputClasses, "inline-flex select-none items-center justify-between gap-2 text-left", className)}
      >
        <span className="truncate">
          <BaseSelect.Value placeholder={placeholder} />
        </span>
        <BaseSelect.Icon className="text-ink-muted">
          <ChevronDown className="size-4" />
        </BaseSelect.Icon>
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <BaseSelect.Popup className="max-h-(--available-height) min-w-(--anchor-width) animate-appear overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-raised">
            {choices.map((choice) => (
              <BaseSelect.Item
                key={choice.value}
                value={choice.value}
                className="flex min-h-7 select-none items-center gap-2 rounded-control py-1 pr-3 pl-2 outline-none data-highlighted:bg-hover"
              >
                <span className="grid size-4 shrink-0 place-items-center">
                  <BaseSelect.ItemIndicator>
                    <Check className="size-4 text-accent-ink" />
                  </BaseSelect.ItemIndicator>
                </span>
                {choice.icon}
                <BaseSelect.ItemText>{choice.words}</BaseSelect.ItemText>
              </BaseSelect.Item>
            ))}
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}
