import { type ReactNode, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { inputClasses } from "../../parts/input-classes.ts";
import { classNames } from "../../parts/class-names.ts";
import { useText } from "../../text/texts.ts";
import type { ControlProps } from "./setting-control.tsx";

const mostRows = 12;

/** A value with parts of its own, as config.json has it. */
export function JsonControl({ setting, id, describedBy, isLocked, isWrong, onChange, onProblem }: ControlProps): ReactNode {
  const say = useText("settings");
  const saved = JSON.stringify(setting.value, null, 2);
  const [draft, setDraft] = useState(saved);

  function commit(): void {
    let value: unknown;
    try {
      value = JSON.parse(draft);
    } catch {
      onProblem(say("notJson"));
      return;
    }
    void onChange(value);
  }

  return (
    <div className="flex flex-col items-start gap-2">
      <textarea
        id={id}
        aria-describedby={describedBy}
        aria-invalid={isWrong}
        disabled={isLocked}
        value={draft}
        rows={Math.min(mostRows, draft.split("\n").length + 1)}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setDraft(event.target.value)}
        className={classNames(inputClasses, "h-auto resize-y py-1.5 font-mono text-small")}
      />
      {draft === saved ? null : (
        <Button size="small" disabled={isLocked} onClick={commit}>
          {say("save")}
        </Button>
      )}
    </div>
  );
}
