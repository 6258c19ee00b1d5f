import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Field, Input } from "../../parts/fields.tsx";
import { useText } from "../../text/texts.ts";

interface NamesFieldProps {
  readonly label: string;
  readonly help?: string;
  readonly error?: string | null;
  readonly isLabelHidden?: boolean;
  readonly names: readonly string[];
  readonly onChange: (names: readonly string[]) => void;
  readonly placeholder?: string;
  /** Offered to be added with one press. */
  readonly suggestions?: readonly string[];
}

/** Several names: typed and ended with Enter, a comma or a space; each can be taken out. */
export function NamesField({
  label,
  help,
  error,
  isLabelHidden,
  names,
  onChange,
  placeholder,
  suggestions = [],
}: NamesFieldProps): ReactNode {
  const say = useText("tools");
  const [typed, setTyped] = useState("");
  const add = (text: string): void => {
    const more = text.split(/[\s,]+/).filter((name) => name !== "" && !names.includes(name));
    if (more.length > 0) onChange([...names, ...new Set(more)]);
    setTyped("");
  };
  const offered = suggestions.filter((name) => !names.includes(name));
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Field label={label} {...(help === undefined ? {} : { help })} error={error ?? null} isLabelHidden={isLabelHidden ?? false}>
        <Input
          value={typed}
          {...(placeholder === undefined ? {} : { placeholder })}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={() => add(typed)}
          onKeyDown={(event) => {
            if (event.key === "Backspace" && typed === "") onChange(names.slice(0, -1));
            if ((event.key !== "Enter" && event.key !== ",") || typed.trim() === "") return;
            event.preventDefault();
            add(typed);
          }}
        />
      </Field>
      {names.length === 0 ? null : (
        <ul aria-label={label} className="flex flex-wrap gap-1.5">
          {names.map((name) => (
            <li
              key={name}
              className="inline-flex h-7 max-w-full items-center gap-0.5 rounded-control bg-accent-soft pr-0.5 pl-2 font-mono text-small text-accent-ink"
            >
              <span className="truncate">{name}</span>
              <button
                type="button"
                aria-label={say("removeNamed", { name })}
                onClick={() => onChange(names.filter((one) => one !== name))}
                className="grid size-6 shrink-0 place-items-center rounded-control hover:bg-hover"
              >
                <X aria-hidden="true" className="size-3.5" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {offered.length === 0 ? null : (
        <div role="group" aria-label={say("suggestions")} className="flex flex-wrap gap-1.5">
          {offered.map((name) => (
            <Button key={name} size="small" kind="plain" className="font-mono text-small" onClick={() => onChange([...names, name])}>
              {name}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
