import { type ReactNode, useRef } from "react";
import { useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { Dialog } from "../../parts/dialogs.tsx";
import { baseUrls, gatewayAddress } from "../../shell/base-urls.ts";
import { useText } from "../../text/texts.ts";

/** A key that was just made: the only time that it can be seen. */
export interface NewKey {
  readonly name: string;
  readonly key: string;
}

/** Shows a new key, with what a tool needs beside it. */
export function KeyDialog({ made, onClose }: { readonly made: NewKey; readonly onClose: () => void }): ReactNode {
  const say = useText("tools");
  const copy = useRef<HTMLButtonElement>(null);
  const address = gatewayAddress(useAdmin("getStatus", {}).data?.addresses ?? []);
  return (
    <Dialog
      isOpen
      isFirm
      initialFocus={copy}
      onClose={onClose}
      title={say("keyTitle", { name: made.name })}
      summary={say("keyHelp")}
      actions={
        <>
          <CopyButton ref={copy} size="normal" text={made.key} name={say("keyName")} words={say("copyKey")} />
          <Button kind="primary" onClick={onClose}>
            {say("done")}
          </Button>
        </>
      }
    >
      <dl className="flex flex-col gap-3">
        <Line name={say("keyName")} text={made.key} />
        {address === null ? null : <Line name={say("baseUrlName")} text={baseUrls(address).openai} />}
      </dl>
    </Dialog>
  );
}

/** A name, a text in mono, and a button that copies it. */
export function Line({ name, text }: { readonly name: string; readonly text: string }): ReactNode {
  return (
    <div>
      <dt className="mb-1 text-small font-medium text-ink-soft">{name}</dt>
      <dd className="flex items-center gap-1 rounded-control border border-line bg-sunken pr-0.5 pl-2.5">
        <code className="min-w-0 flex-1 py-1.5 font-mono text-small break-all">{text}</code>
        <CopyButton text={text} name={name} />
      </dd>
    </div>
  );
}
