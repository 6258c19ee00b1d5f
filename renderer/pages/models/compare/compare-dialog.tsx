import { Check, Minus } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ModelComparison, ModelSummary } from "#shared/schema/model.ts";
import { useAdmin } from "../../../data/queries.ts";
import { Badge } from "../../../parts/badge.tsx";
import { Switch } from "../../../parts/choices.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { Dialog } from "../../../parts/dialogs.tsx";
import { ErrorState, SkeletonRows } from "../../../parts/states.tsx";
import { useText } from "../../../text/texts.ts";
import type { Model } from "../catalog/model-catalog.ts";
import { comparedFacts, type ComparedFact, useFactWriter } from "./compared-facts.tsx";

/** Up to four models side by side: what is best is marked, and what is the same can be left out. */
export function CompareDialog({
  models,
  isOpen,
  onClose,
}: {
  readonly models: readonly Model[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const say = useText("models");
  const [isShort, setShort] = useState(false);
  const names = models.map(({ slug }) => slug);
  const comparison = useAdmin("compareModels", { body: { models: names } }, { enabled: isOpen && names.length > 0, isKept: true });
  return (
    <Dialog
      isOpen={isOpen && models.length > 0}
      onClose={onClose}
      title={say("compareTitle")}
      size="wide"
      actions={
        <label className="mr-auto flex items-center gap-2 text-ink-soft">
          <Switch checked={isShort} onChange={setShort} />
          {say("onlyDifferences")}
        </label>
      }
    >
      {comparison.isError ? (
        <ErrorState error={comparison.error} onRetry={() => void comparison.refetch()} />
      ) : comparison.data === undefined ? (
        <SkeletonRows rows={12} height={32} />
      ) : (
        <Comparison comparison={comparison.data} shown={models} isShort={isShort} />
      )}
    </Dialog>
  );
}

function Comparison({
  comparison,
  shown,
  isShort,
}: {
  readonly comparison: ModelComparison;
  /** As the table has them: their names stand in the head. */
  readonly shown: readonly Model[];
  readonly isShort: boolean;
}): ReactNode {
  const say = useText("models");
  const write = useFactWriter();
  const { models } = comparison;
  const rowOf = (model: ModelSummary): Model | undefined => shown.find(({ slug }) => slug === model.slug);
  const rows = comparedFacts
    .map((fact) => ({ fact, texts: models.map((model) => write.text(fact, model, rowOf(model)?.maker?.name ?? null)) }))
    .filter(({ texts }) => !isShort || new Set(texts).size > 1);
  /** What is as good as the best is best too; where all are, none stands out. */
  const isBest = ({ best }: ComparedFact, texts: readonly string[], at: number): boolean => {
    const first = best === undefined ? -1 : models.findIndex(({ id }) => id === comparison.best[best]);
    return first !== -1 && texts[at] === texts[first] && new Set(texts).size > 1;
  };
  return (
    <div tabIndex={0} role="region" aria-label={say("compareTitle")} className="overflow-x-auto rounded-control">
      <table className="w-full table-fixed border-collapse text-left">
        <thead>
          <tr className="border-b border-line align-bottom">
            <th scope="col" className="w-28 py-2 pr-3">
              <span className="sr-only">{say("fact")}</span>
            </th>
            {models.map((model) => (
              <th key={model.slug} scope="col" className="px-2 py-2 font-semibold break-words">
                {rowOf(model)?.name ?? model.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ fact, texts }) => (
            <tr key={fact.id} className="border-b border-line/60 align-top last:border-0">
              <th scope="row" className="py-2 pr-3 text-small leading-5 font-normal text-ink-muted">
                {say(fact.words)}
              </th>
              {models.map((model, at) => (
                <td key={model.slug} className={classNames("px-2 py-2 break-words", isBest(fact, texts, at) && "font-medium text-ok")}>
                  {fact.kind === "ability" ? (
                    <Tick words={texts[at] ?? ""} value={write.ability(fact, model)} />
                  ) : (
                    <span className="flex flex-wrap items-center gap-x-1.5">
                      {texts[at]}
                      {isBest(fact, texts, at) ? <Badge tone="ok">{say("best")}</Badge> : null}
                    </span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? <p className="py-6 text-center text-ink-muted">{say("noDifferences")}</p> : null}
    </div>
  );
}

function Tick({ words, value }: { readonly words: string; readonly value: boolean | null }): ReactNode {
  const Icon = value === true ? Check : Minus;
  return (
    <span className={classNames("flex items-center gap-1.5", value === true ? "text-ink" : "text-ink-muted")}>
      <Icon aria-hidden="true" className={classNames("size-4", value === true && "text-ok")} />
      {words}
    </span>
  );
}
