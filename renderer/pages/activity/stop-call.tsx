import { Square } from "lucide-react";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { wordsOf } from "../../data/admin.ts";
import { useAdminAction } from "../../data/queries.ts";
import { IconButton } from "../../parts/button.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";

/** Nobody has aimed at what came under the pointer more recently than that: another call ended, and its row went. */
const aimMs = 400;

/**
 * Stops a call under way, without a question: its row goes as that of any call that ends.
 *
 * @param place where its row stands among those under way
 */
export function StopCall({ id, place }: { readonly id: number; readonly place: number }): ReactNode {
  const say = useText("activity");
  const stop = useAdminAction("stopCall");
  const button = useRef<HTMLButtonElement>(null);
  const [stillAt, setStillAt] = useState<number | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setStillAt(place), aimMs);
    return () => clearTimeout(timer);
  }, [place]);
  useLayoutEffect(() => {
    const own = button.current;
    return () => {
      // Else whoever walks by keyboard would begin anew at the top of the window.
      if (own !== null && own === document.activeElement)
        own.closest("[role=grid]")?.querySelector<HTMLElement>("[data-call][tabindex='0']")?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <IconButton
      ref={button}
      size="small"
      label={say("stopCall")}
      icon={<Square aria-hidden="true" className="size-3 fill-current" />}
      disabled={stillAt !== place || stop.isPending || stop.isSuccess}
      focusableWhenDisabled
      onClick={() => stop.mutate({ parameters: { id: String(id) } }, { onError: (error) => tellNews(wordsOf(error), { isBad: true }) })}
    />
  );
}
