import type { ReactNode } from "react";

/** Whether the keyboard has a command key. */
export const isApple: boolean = /Mac|iPhone|iPad/.test(navigator.userAgent);

const names: Readonly<Record<string, string>> = isApple
  ? { mod: "⌘", shift: "⇧", alt: "⌥", enter: "↵", escape: "esc", up: "↑", down: "↓", left: "←", right: "→" }
  : { mod: "Ctrl", shift: "Shift", alt: "Alt", enter: "↵", escape: "Esc", up: "↑", down: "↓", left: "←", right: "→" };

/** Names of the keys of `mod+shift+k`, as this machine's keyboard writes them. */
export function keyNames(shortcut: string): string[] {
  return shortcut.split("+").map((key) => names[key] ?? key.toUpperCase());
}

/** A shortcut, drawn as keys. */
export function Keys({ shortcut }: { readonly shortcut: string }): ReactNode {
  return (
    <kbd className="inline-flex gap-0.5 font-sans text-caption text-ink-muted">
      {keyNames(shortcut).map((key) => (
        <span key={key} className="grid h-4 min-w-4 place-items-center rounded-[4px] border border-line bg-sunken px-1">
          {key}
        </span>
      ))}
    </kbd>
  );
}
