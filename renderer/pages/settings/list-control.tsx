import { Plus, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, IconButton } from "../../parts/button.tsx";
import { inputClasses } from "../../parts/input-classes.ts";
import { classNames } from "../../parts/class-names.ts";
import { useText } from "../../text/texts.ts";
import type { ControlProps } from "./setting-control.tsx";

/** Texts, one by one: each can be taken out, and one added. */
export function ListControl({ setting, describedBy, isLocked, isWrong, onChange }: ControlProps): ReactNode {
  const say = useText("settings");
  const [draft, setDraft] = useState("");
  const items = Array.isArray(setting.value) ? (setting.value as readonly string[]) : [];

  async function add(): Promise<void> {
    const item = draft.trim();
    if (item === "") return;
    const isTaken = items.includes(item) || (await onChange([...items, item]));
    if (isTaken) setDraft("");
  }

  return (
    <div className="flex flex-col gap-2">
      {items.length === 0 ? null : (
        <ul className="flex flex-wrap gap-1.5">
          {items.map((item) => (
            <li key={item} className="flex h-7 max-w-full items-center gap-0.5 rounded-control bg-sunken pr-0.5 pl-2 font-mono text-small">
              <span className="truncate">{item}</span>
              <IconButton
                size="small"
                className="!size-6"
                disabled={isLocked}
                label={say("listRemove", { item, title: setting.title })}
                icon={<X className="size-3.5" />}
                onClick={() => void onChange(items.filter((other) => other !== item))}
              />
            </li>
          ))}
        </ul>
      )}
      <form
        className="flex max-w-md gap-1.5"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <input
          type="text"
          aria-label={say("listAddTo", { title: setting.title })}
          aria-describedby={describedBy}
          aria-invalid={isWrong}
          disabled={isLocked}
          value={draft}
          placeholder={items.length === 0 ? say("listEmpty") : ""}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setDraft(event.target.value)}
          className={classNames(inputClasses, "font-mono text-small placeholder:font-sans placeholder:text-body")}
        />
        <Button type="submit" disabled={isLocked || draft.trim() === ""} icon={<Plus className="size-4" />}>
          {say("listAdd")}
        </Button>
      </form>
    </div>
  );
}
