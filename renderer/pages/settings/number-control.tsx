import { type ReactNode, useState } from "react";
import { Select } from "../../parts/select.tsx";
import { inputClasses } from "../../parts/input-classes.ts";
import { classNames } from "../../parts/class-names.ts";
import { useText } from "../../text/texts.ts";
import type { ControlProps } from "./setting-control.tsx";
import { bestUnit, unitsOf } from "./units.ts";

/** An amount, in the unit that it is said best in. Saved by Enter or by leaving the field; Escape takes it back. */
export function NumberControl({ setting, id, describedBy, isLocked, isWrong, onChange, onProblem }: ControlProps): ReactNode {
  const say = useText("settings");
  const saved = Number(setting.value);
  const units = unitsOf(setting.unit);
  const best = bestUnit(saved, units);
  const [unit, setUnit] = useState(best);
  const size = unit?.size ?? 1;
  const [draft, setDraft] = useState(String(saved / size));

  function commit(): void {
    const amount = Number(draft);
    if (draft.trim() === "" || Number.isNaN(amount)) return onProblem(say("notWhole"));
    const value = amount * size;
    if (value === saved) onProblem(null);
    else void onChange(value);
  }

  function takeBack(): void {
    setUnit(best);
    setDraft(String(saved / (best?.size ?? 1)));
    onProblem(null);
  }

  return (
    <div className="flex items-center gap-1.5">
      <input
        type="text"
        inputMode="numeric"
        id={id}
        aria-describedby={describedBy}
        aria-invalid={isWrong}
        disabled={isLocked}
        value={draft}
        autoComplete="off"
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
          if (event.key === "Escape") takeBack();
        }}
        className={classNames(inputClasses, "!w-24 text-right")}
      />
      {units.length > 1 && unit !== undefined ? (
        <Select
          label={say("unitOf", { title: setting.title })}
          value={unit.id}
          disabled={isLocked}
          className="!w-28"
          choices={units.map(({ id, words }) => ({ value: id, words: say(words) }))}
          onChange={(id) => {
            const next = units.find((candidate) => candidate.id === id);
            if (next === undefined) return;
            // The same amount, said in another unit; nothing is saved by that.
            setDraft(String((Number(draft) * size) / next.size));
            setUnit(next);
          }}
        />
      ) : unit === undefined ? null : (
        <span className="w-28 pl-1 text-ink-muted">{say(unit.words)}</span>
      )}
    </div>
  );
}
