import type { ReactNode } from "react";
import { Field, Input } from "../../../parts/fields.tsx";
import { readNumber, readStatuses, useTextValue, writeStatuses } from "./text-value.ts";

interface NumberFieldProps {
  readonly label: string;
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
  /** How many of the config's units make one of the field's: 1,000 for seconds over milliseconds. */
  readonly scale?: number;
  /** Behind the number: "s". */
  readonly unit?: string;
  readonly placeholder?: string;
  readonly help?: string;
  readonly error?: string | null;
}

/** A number that may be left out. */
export function NumberField({ label, value, onChange, scale = 1, unit, placeholder, help, error }: NumberFieldProps): ReactNode {
  const [text, setText] = useTextValue<number | undefined>(value, {
    write: (number) => (number === undefined ? "" : String(number / scale)),
    read: (typed) => {
      const number = readNumber(typed);
      return number === undefined ? undefined : Math.round(number * scale * 1_000) / 1_000;
    },
    onChange,
  });
  return (
    <Field label={label} help={help} error={error}>
      <div className="relative">
        <Input
          inputMode="decimal"
          value={text}
          placeholder={placeholder}
          onChange={(event) => setText(event.target.value)}
          className={unit === undefined ? "" : "pr-8"}
        />
        {unit === undefined ? null : (
          <span aria-hidden="true" className="pointer-events-none absolute top-1.5 right-2.5 text-ink-muted">
            {unit}
          </span>
        )}
      </div>
    </Field>
  );
}

/** A list of HTTP statuses that may be left out. */
export function StatusesField({
  label,
  value,
  onChange,
  help,
  placeholder,
  error,
}: {
  readonly label: string;
  readonly value: readonly number[] | undefined;
  readonly onChange: (value: number[] | undefined) => void;
  readonly help?: string;
  readonly placeholder?: string;
  readonly error?: string | null;
}): ReactNode {
  const [text, setText] = useTextValue<readonly number[] | undefined>(value, {
    write: writeStatuses,
    read: readStatuses,
    onChange: (statuses) => onChange(statuses === undefined ? undefined : [...statuses]),
  });
  return (
    <Field label={label} help={help} error={error}>
      <Input value={text} placeholder={placeholder} onChange={(event) => setText(event.target.value)} />
    </Field>
  );
}
