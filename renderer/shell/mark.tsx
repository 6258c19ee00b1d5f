import type { ReactNode } from "react";

/** Postern's sign: a small gate. */
export function Mark({ size = 24 }: { readonly size?: number }): ReactNode {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" className="shrink-0">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path d="M10 25V14a6 6 0 0 1 12 0v11" fill="none" strokeWidth="3" className="stroke-on-accent" />
      <circle cx="19" cy="19" r="1.6" className="fill-on-accent" />
    </svg>
  );
}
