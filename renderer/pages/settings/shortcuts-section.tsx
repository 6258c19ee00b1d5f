import { RotateCcw, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import type { SettingInfo } from "#shared/contract/settings.ts";
import { wordsOf } from "../../data/admin.ts";
import { useSaving } from "../../data/settings.ts";
import { Button, IconButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Keys, keyNames } from "../../parts/keys.tsx";
import { readKeys, tooltipKeys } from "../../shell/read-keys.ts";
import { findHolder, isReserved, keysOf, type ShortcutAction, shortcutActions } from "../../shell/shortcut-map.ts";
import { useText } from "../../text/texts.ts";

type Bindings = Readonly<Record<string, string | null>>;

/** Every shortcut with a button that hears the next keys. Keys that another one has are refused, by its name. */
export function ShortcutsSection({ setting }: { readonly setting: SettingInfo }): ReactNode {
  const say = useText("settings");
  const save = useSaving();
  const [error, setError] = useState<{ readonly action: string; readonly words: string } | null>(null);
  const bindings = setting.value as Bindings;
  const isLocked = setting.pinnedBy !== null;

  async function put(action: string, next: Bindings | undefined): Promise<void> {
    try {
      await save(setting, next, say("shortcutSet"));
      setError(null);
    } catch (caught) {
      setError({ action, words: wordsOf(caught) });
    }
  }

  function without(id: string): Bindings | undefined {
    const rest = Object.fromEntries(Object.entries(bindings).filter(([name]) => name !== id));
    return Object.keys(rest).length === 0 ? undefined : rest;
  }

  return (
    <Card className="overflow-hidden">
      <div className="flex items-center justify-between gap-4 px-4 pt-3 pb-2">
        <h3 className="font-medium">{say("shortcutsInWindow")}</h3>
        {Object.keys(bindings).length === 0 || isLocked ? null : (
          <Button size="small" icon={<RotateCcw className="size-3.5" />} onClick={() => void put("", undefined)}>
            {say("shortcutsResetAll")}
          </Button>
        )}
      </div>
      {setting.pinnedBy === null ? null : <p className="px-4 pb-2 text-small text-ink-soft">{say("pinned", { by: setting.pinnedBy })}</p>}
      <ul className="divide-y divide-line border-t border-line">
        {shortcutActions.map((action) => (
          <ShortcutRow
            key={action.id}
            action={action}
            bindings={bindings}
            isLocked={isLocked}
            error={error?.action === action.id ? error.words : null}
            onProblem={(words) => setError(words === null ? null : { action: action.id, words })}
            onChange={(keys) => void put(action.id, keys === action.keys ? without(action.id) : { ...bindings, [action.id]: keys })}
          />
        ))}
      </ul>
    </Card>
  );
}

interface ShortcutRowProps {
  readonly action: ShortcutAction;
  readonly bindings: Bindings;
  readonly isLocked: boolean;
  readonly error: string | null;
  readonly onChange: (keys: string | null) => void;
  readonly onProblem: (words: string | null) => void;
}

function ShortcutRow({ action, bindings, isLocked, error, onChange, onProblem }: ShortcutRowProps): ReactNode {
  const say = useText("settings");
  const sayAction = useText("palette");
  const [isHearing, setIsHearing] = useState(false);
  const keys = keysOf(action, bindings);
  const name = sayAction(action.title);
  const show = (shown: string): string => keyNames(tooltipKeys(shown)).join(" ");

  function hear(event: KeyboardEvent): void {
    // Leaving by Tab must stay possible.
    if (!isHearing || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return setIsHearing(false);
    const pressed = readKeys(event.nativeEvent);
    if (pressed === null) return;
    setIsHearing(false);
    const holder = findHolder(pressed, bindings, action.id);
    if (isReserved(pressed)) onProblem(say("shortcutReserved", { keys: show(pressed) }));
    else if (holder !== undefined) onProblem(say("shortcutTaken", { keys: show(pressed), action: sayAction(holder.title) }));
    else {
      onProblem(null);
      if (pressed !== keys) onChange(pressed);
    }
  }

  return (
    <li className="px-4 py-1.5">
      <div className="flex min-h-8 items-center gap-2">
        <span className="min-w-0 flex-1 truncate">{name}</span>
        {keys === action.keys || isLocked ? null : (
          <IconButton
            size="small"
            label={say("shortcutReset", { keys: action.keys === null ? say("shortcutNone") : show(action.keys) })}
            icon={<RotateCcw className="size-3.5" />}
            onClick={() => {
              const holder = action.keys === null ? undefined : findHolder(action.keys, bindings, action.id);
              if (holder === undefined) onChange(action.keys);
              else onProblem(say("shortcutTaken", { keys: show(action.keys ?? ""), action: sayAction(holder.title) }));
            }}
          />
        )}
        {keys === null || isLocked ? null : (
          <IconButton
            size="small"
            label={say("shortcutRemove", { action: name })}
            icon={<X className="size-3.5" />}
            onClick={() => onChange(null)}
          />
        )}
        <Button
          size="small"
          disabled={isLocked}
          aria-pressed={isHearing}
          className="min-w-32"
          onClick={() => setIsHearing(true)}
          onBlur={() => setIsHearing(false)}
          onKeyDown={hear}
        >
          <span className="sr-only">{say("shortcutChange", { action: name })}: </span>
          {isHearing ? (
            <span className="text-accent-ink">{say("shortcutPress")}</span>
          ) : keys === null ? (
            <span className="text-ink-muted">{say("shortcutNone")}</span>
          ) : (
            <Keys shortcut={tooltipKeys(keys)} />
          )}
        </Button>
      </div>
      <p role="alert" className="text-small text-bad">
        {error}
      </p>
    </li>
  );
}
