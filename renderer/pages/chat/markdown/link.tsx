import { ExternalLink } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "../../../parts/button.tsx";
import { CopyButton } from "../../../parts/copy.tsx";
import { Dialog } from "../../../parts/dialogs.tsx";
import { useText } from "../../../text/texts.ts";
import { hostOf, readLink } from "./safe-url.ts";

/**
 * A link that a model wrote. It shows where it leads and asks before it goes there: the words of a link and its address have nothing
 * to do with each other, and an address can carry away what was said. There is no `href` that a click, a drag or a preview could use.
 */
export function Link({ href, children }: { readonly href: string; readonly children: ReactNode }): ReactNode {
  const say = useText("markdown");
  const [isAsking, setAsking] = useState(false);
  const url = readLink(href);
  if (url === null) return <span>{children}</span>;
  const host = hostOf(url);
  const open = (): void => {
    setAsking(false);
    globalThis.open(url.href, "_blank", "noopener,noreferrer");
  };
  return (
    <>
      <button
        type="button"
        role="link"
        title={url.href}
        onClick={() => setAsking(true)}
        className="inline cursor-pointer rounded-[3px] text-left text-accent-ink underline decoration-1 underline-offset-2 hover:decoration-2"
      >
        {children}
        {children === url.href || children === host ? null : <span className="text-ink-muted"> ({host})</span>}
      </button>
      {isAsking ? (
        <Dialog
          isOpen
          onClose={() => setAsking(false)}
          title={say("linkTitle", { host })}
          summary={say("linkHelp")}
          actions={
            <>
              <CopyButton text={url.href} name={say("linkAddress")} words={say("linkCopy")} size="normal" />
              <Button kind="primary" icon={<ExternalLink className="size-4" />} onClick={open}>
                {say("linkOpen", { host })}
              </Button>
            </>
          }
        >
          <p className="rounded-control bg-sunken p-3 font-mono text-small break-all">{url.href}</p>
        </Dialog>
      ) : null}
    </>
  );
}
