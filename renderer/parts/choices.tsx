import { Checkbox as BaseCheckbox } from "@base-ui/react/checkbox";
import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { Switch as BaseSwitch } from "@base-ui/react/switch";
import { Check, Minus } from "lucide-react";
import type { ReactNode } from "react";

/** One of several: a value, and what a person reads. */
export interface Choice<Value extends string = string> {
  readonly value: Value;
  readonly words: string;
  readonly icon?: ReactNode;
}

/** On or off, at once. */
export function Switch({
  label,
  checked,
  onChange,
  disabled = false,
}: {
  /** Its accessible name; inside a `Field` the field's label stands and this may be left out. */
  readonly label?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
}): ReactNode {
  return (
    <BaseSwitch.Root
      {...(label === undefined ? {} : { "aria-label": label })}
      checked={checked}
      disabled={disabled}
      onCheckedChange={(next) => onChange(next)}
      className="inline-flex h-5 w-9 shrink-0 items-center rounded-full border border-line-strong bg-line-strong/70 p-px transition-colors data-checked:border-accent data-checked:bg-accent data-disabled:opacity-50"
    >
      <BaseSwitch.Thumb className="size-4 rounded-full bg-surface shadow-card transition-transform data-checked:translate-x-4 dark:bg-ink dark:data-checked:bg-on-accent" />
    </BaseSwitch.Root>
  );
}

/** One of many that may be chosen together, with its words. */
export function Checkbox({
  words,
  checked,
  onChange,
  isMixed = false,
  disabled = false,
  isLabelHidden = false,
}: {
  readonly words: ReactNode;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly isMixed?: boolean;
  readonly disabled?: boolean;
  readonly isLabelHidden?: boolean;
}): ReactNode {
  return (
    <label className="inline-flex min-h-6 items-center gap-2">
      <BaseCheckbox.Root
        checked={checked}
        indeterminate={isMixed}
        disabled={disabled}
        onCheckedChange={(next) => onChange(next)}
        className="grid size-4 shrink-0 place-items-center rounded-[4px] border border-line-strong bg-surface transition-colors data-checked:border-accent data-checked:bg-accent data-disabled:opacity-50 data-indeterminate:border-accent data-indeterminate:bg-accent"
      >
        <BaseCheckbox.Indicator className="text-on-accent">
          {isMixed ? <Minus className="size-3" strokeWidth={3} /> : <Check className="size-3" strokeWidth={3} />}
        </BaseCheckbox.Indicator>
      </BaseCheckbox.Root>
      <span className={isLabelHidden ? "sr-only" : "min-w-0"}>{words}</span>
    </label>
  );
}

/** One of two to five, all in sight. */
export function Segmented<Value extends string>({
  label,
  value,
  choices,
  onChange,
  disabled = false,
}: {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
}): ReactNode {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={(next) => onChange(next as Value)}
      className="inline-flex h-8 max-w-full shrink-0 items-center gap-0.5 rounded-control bg-sunken p-0.5 data-disabled:opacity-50"
    >
      {choices.map((choice) => (
        <Radio.Root
          key={choice.value}
          value={choice.value}
          nativeButton
          render={<button type="button" />}
          className="inline-flex h-7 select-none items-center gap-1.5 rounded-[5px] px-2.5 whitespace-nowrap text-ink-muted transition-colors hover:text-ink data-checked:bg-raised data-checked:font-medium data-checked:text-ink data-checked:shadow-card data-checked:ring-1 data-checked:ring-line"
        >
          {choice.icon}
          {choice.words}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
