import { Tooltip } from "@base-ui/react/tooltip";
import { type ReactNode, type RefObject, useEffect, useState } from "react";

const delayMs = 350;

interface Shown {
  readonly element: HTMLElement;
  readonly words: string;
}

/**
 * One tooltip for everything in a container that has `data-tip`: a tooltip of its own for each sign of each row would cost more than
 * the rows. What it says must be in the accessible name as well. Escape takes it away.
 */
export function HoverTip({ container }: { readonly container: RefObject<HTMLElement | null> }): ReactNode {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    const root = container.current;
    if (root === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current: Element | null = null;
    const hide = (): void => {
      clearTimeout(timer);
      current = null;
      setShown(null);
    };
    const show = (target: EventTarget | null): void => {
      const element = target instanceof Element ? target.closest<HTMLElement>("[data-tip]") : null;
      if (element === current) return;
      hide();
      const words = element?.dataset["tip"];
      if (element === null || words === undefined) return;
      current = element;
      timer = setTimeout(() => {
        if (element.isConnected) setShown({ element, words });
      }, delayMs);
    };
    const onOver = (event: PointerEvent): void => {
      if (event.pointerType !== "touch") show(event.target);
    };
    const onFocus = (event: FocusEvent): void => {
      if (event.target instanceof Element && event.target.matches(":focus-visible")) show(event.target);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") hide();
    };
    root.addEventListener("pointerover", onOver);
    root.addEventListener("pointerleave", hide);
    root.addEventListener("focusin", onFocus);
    root.addEventListener("focusout", hide);
    root.addEventListener("keydown", onKey);
    root.addEventListener("scroll", hide, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      root.removeEventListener("pointerover", onOver);
      root.removeEventListener("pointerleave", hide);
      root.removeEventListener("focusin", onFocus);
      root.removeEventListener("focusout", hide);
      root.removeEventListener("keydown", onKey);
      root.removeEventListener("scroll", hide, { capture: true });
    };
  }, [container]);
  if (shown === null) return null;
  return (
    <Tooltip.Root open>
      <Tooltip.Portal>
        <Tooltip.Positioner anchor={shown.element} sideOffset={6} className="pointer-events-none z-50">
          <Tooltip.Popup className="animate-appear max-w-80 rounded-control border border-line bg-raised px-2 py-1 text-small text-ink shadow-raised">
            {shown.words}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
