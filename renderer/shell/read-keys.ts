import { isApple } from "../parts/keys.tsx";

const modifiers: ReadonlySet<string> = new Set(["Control", "Meta", "Alt", "Shift", "AltGraph", "CapsLock", "Fn"]);

/**
 * The keys of a press, as config.json writes them: `Mod+Shift+K`. Null for a modifier alone, and for keys that have no name
 * there (of other scripts, or dead ones).
 */
export function readKeys(event: Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string | null {
  if (modifiers.has(event.key)) return null;
  const mod = isApple ? event.metaKey : event.ctrlKey;
  const ctrl = isApple && event.ctrlKey;
  // The key of Windows is the system's.
  if (!isApple && event.metaKey) return null;
  const name = nameOf(event);
  if (name === null) return null;
  // Shift is part of the sign already: "?" is typed with it on most keyboards, and without on some.
  const shift = event.shiftKey && name !== "?";
  return [mod && "Mod", ctrl && "Ctrl", event.altKey && "Alt", shift && "Shift", name].filter((part) => part !== false).join("+");
}

function nameOf({ key, code }: Pick<KeyboardEvent, "key" | "code">): string | null {
  if (key === " ") return "Space";
  if (key.length > 1) return /^(F([1-9]|1[0-2])|Enter|Escape|Backspace|Delete|Home|End|Page(Up|Down)|Arrow\w+)$/.test(key) ? key : null;
  if (/^[a-z0-9]$/i.test(key)) return key.toUpperCase();
  if (key === "?") return key;
  // With Shift or Alt a digit gives another sign; its place on the keyboard tells which it was.
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return digit;
  return /^[,./;'[\]\\`=-]$/.test(key) ? key : null;
}

/** Whether somebody is typing text: keys without Mod belong to them then. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || isTextInput(target))
  );
}

function isTextInput(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
}

/** `Mod+Shift+K` as the tooltips write it: `mod+shift+k`. */
export function tooltipKeys(keys: string): string {
  return keys.toLowerCase().replace(/arrow(?=up|down|left|right)/, "");
}
