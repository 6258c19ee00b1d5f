import { Search, X } from "lucide-react";
import type { ComponentProps, ReactNode, Ref } from "react";
import { useText } from "../text/texts.ts";
import { classNames } from "./class-names.ts";
import { inputClasses } from "./input-classes.ts";

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
