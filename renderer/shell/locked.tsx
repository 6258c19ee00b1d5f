import { LockKeyhole } from "lucide-react";
import type { ReactNode } from "react";
import type { LockReason } from "../data/connection.ts";
import { CodeBlock } from "../parts/code-block.tsx";
import { type TextKey, type Texts, useText } from "../text/texts.ts";

const words: Readonly<Record<LockReason, TextKey<Texts["shell"]>>> = {
  first: "lockedFirst",
  ended: "lockedEnded",
  spent: "lockedSpent",
  out: "lockedOut",
};

/** The window of a browser that is not logged in. */
export function Locked({ reason }: { readonly reason: LockReason }): ReactNode {
  const say = useText("shell");
  return (
    <main className="grid h-full place-items-center p-6">
      <title>Postern</title>
      <div className="w-full max-w-[400px]">
        <div aria-hidden="true" className="mb-5 grid size-12 place-items-center rounded-card bg-accent-soft text-accent-ink">
          <LockKeyhole className="size-6" />
        </div>
        <h1 className="text-title font-semibold tracking-tight">{say("lockedTitle")}</h1>
        <p role="status" className="mt-2 mb-4 text-ink-soft">
          {say(words[reason])}
        </p>
        <CodeBlock title="Terminal" text="postern ui" />
        <p className="mt-2 text-small text-ink-muted">{say("lockedInClone", { command: "npm run postern -- ui" })}</p>
      </div>
    </main>
  );
}
