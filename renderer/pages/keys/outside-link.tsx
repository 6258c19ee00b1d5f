import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { useText } from "../../text/texts.ts";
import { hostOf } from "./judge-provider.ts";

/** A link that leaves the window, with where it leads in its title. Nothing is told to the page that it opens. */
export function OutsideLink({ href, children }: { readonly href: string; readonly children: ReactNode }): ReactNode {
  const say = useText("keys");
  // Rows come from config.json as well, and a person may have pasted one.
  if (!/^https?:\/\//.test(href)) return null;
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      title={href}
      className="inline-flex min-h-6 items-center gap-1 rounded-control text-accent-ink underline-offset-2 hover:underline"
    >
      {children}
      <ExternalLink aria-hidden="true" className="size-3.5" />
      <span className="sr-only">({say("opensOutside", { host: hostOf(href) })})</span>
    </a>
  );
}
