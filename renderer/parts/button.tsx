import { Button as BaseButton } from "@base-ui/react/button";
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { Tooltip } from "./tooltip.tsx";

/** How a button looks: `primary` at most once in a view, `danger` for what cannot be undone. */
export type ButtonKind = "primary" | "plain" | "quiet" | "danger";

const kinds: Readonly<Record<ButtonKind, string>> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover font-medium",
  plain: "border border-line bg-surface text-ink shadow-card hover:bg-hover active:bg-pressed",
  quiet: "text-ink-soft hover:bg-hover hover:text-ink active:bg-pressed",
  danger: "border border-line bg-surface text-bad shadow-card hover:bg-bad-soft",
};

const base =
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-control text-body transition-colors data-disabled:pointer-events-none data-disabled:opacity-50";

/** The classes of a button, for links and triggers that look like one. */
export function buttonClasses(kind: ButtonKind = "plain", size: "normal" | "small" = "normal"): string {
  return classNames(base, kinds[kind], size === "small" ? "h-7 px-2.5" : "h-8 px-3");
}

interface ButtonProps extends Omit<ComponentProps<typeof BaseButton>, "className"> {
  readonly kind?: ButtonKind;
  readonly size?: "normal" | "small";
  /** Before the words, 16 px. */
  readonly icon?: ReactNode;
  readonly className?: string;
}

/** A button with words. */
export function Button({ kind = "plain", size = "normal", icon, className, children, ...rest }: ButtonProps): ReactNode {
  return (
    <BaseButton {...rest} className={classNames(buttonClasses(kind, size), className)}>
      {icon}
      {children}
    </BaseButton>
  );
}

interface IconButtonProps extends Omit<ButtonProps, "icon" | "children" | "aria-label"> {
  /** What it does: read aloud, and shown beside the pointer. */
  readonly label: string;
  readonly icon: ReactNode;
  /** Shown in the tooltip: `mod+k`. */
  readonly shortcut?: string;
}

/** A button that is only an icon; its name is in a tooltip. */
export function IconButton({ label, icon, shortcut, kind = "quiet", size = "normal", className, ...rest }: IconButtonProps): ReactNode {
  return (
    <Tooltip words={label} {...(shortcut === undefined ? {} : { shortcut })}>
      <BaseButton {...rest} aria-label={label} className={classNames(base, kinds[kind], size === "small" ? "size-7" : "size-8", className)}>
        {icon}
      </BaseButton>
    </Tooltip>
  );
}
