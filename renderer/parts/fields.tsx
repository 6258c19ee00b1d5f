import { Field as BaseField } from "@base-ui/react/field";
import { Input as BaseInput } from "@base-ui/react/input";
import { Search, X } from "lucide-react";
import type { ComponentProps, ReactNode, Ref } from "react";
import { useText } from "../text/texts.ts";
import { classNames } from "./class-names.ts";

/** The classes of whatever one types into. */
export const inputClasses =
  "h-8 w-full min-w-0 rounded-control border border-line-strong/60 bg-surface px-2.5 text-body text-ink shadow-card transition-colors hover:border-line-strong focus:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:opacity-50 data-disabled:opacity-50 data-invalid:border-bad aria-invalid:border-bad";

/** A line of text. Inside a `Field` it gets its name, help and error from there. */
export function Input({
  className,
  ...rest
}: Omit<ComponentProps<typeof BaseInput>, "className"> & { readonly className?: string }): ReactNode {
  return <BaseInput autoComplete="off" spellCheck={false} {...rest} className={classNames(inputClasses, className)} />;
}

/** Several lines of text. */
export function TextArea({ className, ...rest }: ComponentProps<"textarea">): ReactNode {
  return <BaseField.Control render={<textarea rows={4} {...rest} className={classNames(inputClasses, "h-auto py-1.5", className)} />} />;
}

interface FieldProps {
  readonly label: ReactNode;
  /** A sentence under the control. */
  readonly help?: ReactNode;
  /** What is wrong, in words; undefined or null where nothing is. */
  readonly error?: string | null | undefined;
  /** Shown to nobody but screen readers. */
  readonly isLabelHidden?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A control with its name, its help and what is wrong with it, tied together for screen readers. */
export function Field({ label, help, error, isLabelHidden = false, className, children }: FieldProps): ReactNode {
  const isWrong = error !== undefined && error !== null;
  return (
    <BaseField.Root invalid={isWrong} className={classNames("flex min-w-0 flex-col gap-1.5", className)}>
      <BaseField.Label className={isLabelHidden ? "sr-only" : "text-small font-medium text-ink-soft"}>{label}</BaseField.Label>
      {children}
      {help === undefined ? null : <BaseField.Description className="text-small text-ink-muted">{help}</BaseField.Description>}
      {isWrong ? (
        <BaseField.Error match className="text-small text-bad">
          {error}
        </BaseField.Error>
      ) : null}
    </BaseField.Root>
  );
}

interface SearchFieldProps {
  /** What is searched: "Search models". */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly className?: string;
  readonly ref?: Ref<HTMLInputElement>;
  readonly onKeyDown?: ComponentProps<"input">["onKeyDown"];
}

/** A search box. Escape empties it. */
export function SearchField({ label, value, onChange, placeholder, className, ref, onKeyDown }: SearchFieldProps): ReactNode {
  const say = useText("shell");
  return (
    <div role="search" aria-label={label} className={classNames("relative min-w-0", className)}>
      <Search aria-hidden="true" className="pointer-events-none absolute top-2 left-2.5 size-4 text-ink-muted" />
      <input
        ref={ref}
        type="text"
        role="searchbox"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && value !== "") {
            event.stopPropagation();
            onChange("");
          } else onKeyDown?.(event);
        }}
        className={classNames(inputClasses, "pr-8 pl-8")}
      />
      {value === "" ? null : (
        <button
          type="button"
          aria-label={say("clear")}
          onClick={() => onChange("")}
          className="absolute top-1 right-1 grid size-6 place-items-center rounded-control text-ink-muted hover:bg-hover hover:text-ink"
        >
          <X aria-hidden="true" className="size-3.5" />
        </button>
      )}
    </div>
  );
}
