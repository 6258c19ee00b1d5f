import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** A surface with a border. With a title it is a section that screen readers can find. */
export function Card({
  title,
  actions,
  children,
  className,
}: {
  readonly title?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}): ReactNode {
  return (
    <section
      {...(title === undefined ? {} : { "aria-label": title })}
      className={classNames("rounded-card border border-line bg-surface shadow-card", className ?? "p-4")}
    >
      {title === undefined ? null : (
        <div className="mb-3 flex items-center justify-between gap-4">
          <h2 className="text-heading font-semibold">{title}</h2>
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}
