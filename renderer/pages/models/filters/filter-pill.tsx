import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "../../../parts/class-names.ts";
import { Popover } from "../../../parts/popover.tsx";
import { useText } from "../../../text/texts.ts";

const frame = "inline-flex h-7 shrink-0 items-center rounded-full border text-small transition-colors";
const unset = "text-ink-soft hover:border-line-strong hover:bg-hover hover:text-ink";
const dashed = "border-dashed border-line-strong/60";
const plain = "border-line bg-surface";
const set = "border-accent/40 bg-accent-soft text-accent-ink";

/** One filter: dashed while it is not used; with its value and a way to take it out while it is. */
export function FilterPill({
  label,
  value,
  onClear,
  children,
}: {
  readonly label: string;
  /** What it lets through, in words; null while it lets everything through. */
  readonly value: string | null;
  readonly onClear: () => void;
  /** What the panel holds that opens from it. */
  readonly children: ReactNode;
}): ReactNode {
  const say = useText("models");
  return (
    <span className={classNames(frame, value === null ? [unset, dashed] : set)}>
      <Popover
        title={label}
        trigger={
          <button
            type="button"
            className={classNames(
              "flex h-full max-w-64 items-center gap-1 rounded-full font-medium",
              value === null ? "pr-2.5 pl-2" : "pr-1.5 pl-2.5",
            )}
          >
            {value === null ? <Plus aria-hidden="true" className="size-3.5 text-ink-muted" /> : null}
            <span className="truncate">
              {label}
              {value === null ? null : <span className="font-normal">: {value}</span>}
            </span>
          </button>
        }
      >
        {children}
      </Popover>
      {value === null ? null : <TakeOut label={say("removeFilter", { name: label })} onClick={onClear} />}
    </span>
  );
}

/** A filter that is on or off. */
export function TogglePill({
  label,
  icon,
  isOn,
  onChange,
}: {
  readonly label: string;
  readonly icon: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}): ReactNode {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={() => onChange(!isOn)}
      className={classNames(frame, "gap-1.5 px-2.5 font-medium", isOn ? set : [unset, plain])}
    >
      {icon}
      {label}
    </button>
  );
}

function TakeOut({ label, onClick }: { readonly label: string; readonly onClick: () => void }): ReactNode {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className="mr-0.5 grid size-6 place-items-center rounded-full hover:bg-hover"
    >
      <X aria-hidden="true" className="size-3.5" />
    </button>
  );
}
