/** The classes of whatever one types into. */
export const inputClasses =
  "h-8 w-full min-w-0 rounded-control border border-line-strong/60 bg-surface px-2.5 text-body text-ink shadow-card transition-colors hover:border-line-strong focus:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:opacity-50 data-disabled:opacity-50 data-invalid:border-bad aria-invalid:border-bad";
