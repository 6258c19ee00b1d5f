import { ArrowRight, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../../../parts/button.tsx";
import { useGo } from "../../../shell/navigation.ts";
import { useText } from "../../../text/texts.ts";

/** What an alias is, in a sentence and three examples, for who has none yet. */
export function AliasExamples(): ReactNode {
  const say = useText("aliases");
  const go = useGo();
  const examples = [
    [say("exampleOneName"), say("exampleOne")],
    [say("exampleTwoName"), say("exampleTwo")],
    [say("exampleThreeName"), say("exampleThree")],
  ] as const;
  return (
    <section aria-label={say("emptyTitle")} className="rounded-card border border-line bg-surface p-6 shadow-card">
      <h2 className="text-heading font-semibold">{say("emptyTitle")}</h2>
      <p className="mt-1 max-w-[64ch] text-ink-muted">{say("emptyWords")}</p>
      <dl className="my-5 flex flex-col gap-2">
        {examples.map(([name, words]) => (
          <div key={name} className="flex items-center gap-3">
            <dt className="w-24 shrink-0 truncate rounded-control bg-sunken px-2 py-1 font-mono text-small">{name}</dt>
            <ArrowRight aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
            <dd className="min-w-0">{words}</dd>
          </div>
        ))}
      </dl>
      <Button icon={<Plus aria-hidden="true" className="size-4" />} onClick={() => go("aliases", { search: { new: "" } })}>
        {say("makeFirst")}
      </Button>
    </section>
  );
}
