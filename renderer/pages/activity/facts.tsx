import type { ReactNode } from "react";

/** A heading with what stands under it. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section className="mt-6 first:mt-0">
      <h3 className="mb-2 text-small font-medium text-ink-muted">{title}</h3>
      {children}
    </section>
  );
}

/** Names and what they stand for, in two columns. */
export function Facts({ children }: { readonly children: ReactNode }): ReactNode {
  return <dl className="grid grid-cols-[132px_minmax(0,1fr)] gap-x-4 gap-y-2">{children}</dl>;
}

/** One of {@link Facts}; left out where nothing is known. */
export function Fact({
  name,
  children,
  isMono = false,
}: {
  readonly name: string;
  readonly children: ReactNode;
  readonly isMono?: boolean;
}): ReactNode {
  if (children === null || children === undefined || children === "") return null;
  return (
    <>
      <dt className="text-ink-muted">{name}</dt>
      <dd className={isMono ? "min-w-0 font-mono text-small leading-5 break-all" : "min-w-0 break-words"}>{children}</dd>
    </>
  );
}
