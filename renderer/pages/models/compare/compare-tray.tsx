import { Columns3, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../../../parts/button.tsx";
import { useText } from "../../../text/texts.ts";
import type { Model } from "../catalog/model-catalog.ts";

/** So many models can stand side by side. */
export const mostCompared = 4;

/** What was taken into the comparison, at the foot of the page. */
export function CompareTray({
  models,
  onRemove,
  onClear,
  onCompare,
}: {
  readonly models: readonly Model[];
  readonly onRemove: (model: Model) => void;
  readonly onClear: () => void;
  readonly onCompare: () => void;
}): ReactNode {
  const say = useText("models");
  return (
    <section
      aria-label={say("tray")}
      className="animate-appear flex shrink-0 flex-wrap items-center gap-x-2 gap-y-1.5 border-t border-line bg-surface px-6 py-2.5"
    >
      <ul className="flex min-w-0 flex-1 flex-wrap items-center gap-1.5">
        {models.map((model) => (
          <li
            key={model.slug}
            className="flex h-7 max-w-52 min-w-0 items-center rounded-full border border-line bg-canvas pl-2.5 text-small"
          >
            <span className="truncate">{model.name}</span>
            <button
              type="button"
              aria-label={say("uncompareNamed", { name: model.name })}
              onClick={() => onRemove(model)}
              className="mr-0.5 ml-0.5 grid size-6 shrink-0 place-items-center rounded-full text-ink-muted hover:bg-hover hover:text-ink"
            >
              <X aria-hidden="true" className="size-3.5" />
            </button>
          </li>
        ))}
        {models.length < mostCompared ? (
          <li className="px-1 text-small text-ink-muted">{say("compareMore", { count: mostCompared - models.length })}</li>
        ) : null}
      </ul>
      <Button kind="quiet" size="small" onClick={onClear}>
        {say("compareClear")}
      </Button>
      <Button
        kind="primary"
        size="small"
        disabled={models.length < 2}
        icon={<Columns3 aria-hidden="true" className="size-4" />}
        onClick={onCompare}
      >
        {say("compareCount", { count: models.length })}
      </Button>
    </section>
  );
}
