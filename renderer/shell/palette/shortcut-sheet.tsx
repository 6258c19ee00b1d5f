import type { ReactNode } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialogs.tsx";
import { Keys } from "../../parts/keys.tsx";
import { useText } from "../../text/texts.ts";
import { useGo } from "../navigation.ts";
import { tooltipKeys } from "../read-keys.ts";
import { keysOf, shortcutActions } from "../shortcut-map.ts";
import { useBindings } from "../shortcuts.ts";

/** Every shortcut of the window with its keys, as they are now. */
export function ShortcutSheet({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }): ReactNode {
  const say = useText("palette");
  const go = useGo();
  const bindings = useBindings();
  const change = (
    <Button
      onClick={() => {
        onClose();
        go("settings", { item: "shortcuts" });
      }}
    >
      {say("shortcutsChange")}
    </Button>
  );
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={say("shortcutsTitle")} summary={say("shortcutsSummary")} size="wide" actions={change}>
      <dl className="grid grid-cols-2 gap-x-10 max-[640px]:grid-cols-1">
        {shortcutActions.map((action) => {
          const keys = keysOf(action, bindings);
          return (
            <div key={action.id} className="flex min-h-9 items-center justify-between gap-4 border-b border-line py-1.5">
              <dt>{say(action.title)}</dt>
              <dd>
                {keys === null ? <span className="text-ink-muted">{say("shortcutNone")}</span> : <Keys shortcut={tooltipKeys(keys)} />}
              </dd>
            </div>
          );
        })}
      </dl>
    </Dialog>
  );
}
