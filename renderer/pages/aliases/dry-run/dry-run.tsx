import { Dices } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { Explanation } from "#shared/contract/explain.ts";
import { wordsOf } from "../../../data/admin.ts";
import { useAdmin } from "../../../data/queries.ts";
import { IconButton } from "../../../parts/button.tsx";
import { SkeletonRows } from "../../../parts/states.tsx";
import { formatMoney } from "../../../text/format.ts";
import { type Say, useText } from "../../../text/texts.ts";
import type { Draft } from "../draft/use-draft.ts";
import type { ConfigKind } from "../search.ts";
import type { AliasWorld } from "../use-world.ts";
import { askOf, type DryRequest, usualRequest } from "./dry-run-question.ts";
import { RequestForm } from "./request-form.tsx";
import { RouteDrawing } from "./route-drawing.tsx";
import { drawRoute } from "./route-tree.ts";

/** Asks the gateway's own planner where a request would go by the draft, and draws what it says. Nothing is sent. */
export function DryRun({
  draft,
  kind,
  name,
  world,
}: {
  readonly draft: Draft;
  readonly kind: ConfigKind;
  readonly name: string;
  readonly world: AliasWorld;
}): ReactNode {
  const say = useText("aliases");
  const [request, setRequest] = useState<DryRequest>(usualRequest);
  const [isMoreOpen, setMoreOpen] = useState(false);
  const isReady = draft.findings.length === 0;
  const { config } = draft;
  const answer = useAdmin("explainRoute", askOf(request, { kind, name, config }), { enabled: isReady, isKept: true });
  const { refetch } = answer;
  // A circuit that opens or closes changes the way.
  const circuits = world.health.targets.map(({ provider, model, circuit }) => `${provider}/${model ?? ""}=${circuit}`).join(" ");
  const asked = useRef(circuits);
  useEffect(() => {
    if (asked.current === circuits) return;
    asked.current = circuits;
    if (isReady) void refetch();
  }, [circuits, isReady, refetch]);
  const drawn = useMemo(
    () => (answer.data === undefined ? null : drawRoute(config, answer.data, world.find)),
    [config, answer.data, world],
  );
  const isDrawn = answer.data?.decisions.some(({ mode }) => mode === "loadbalance" || mode === "fastest") === true;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-small text-ink-muted">{say("dryRunHelp")}</p>
      <RequestForm kind={kind} request={request} onChange={setRequest} isOpen={isMoreOpen} onToggle={setMoreOpen} />
      <section aria-label={say("result")} className="border-t border-line pt-4">
        {!isReady ? (
          <p role="status" className="text-ink-muted">
            {say("dryRunWaits")}
          </p>
        ) : answer.error !== null ? (
          <div role="alert" className="rounded-card border border-line bg-bad-soft p-3">
            <p className="font-medium text-bad">{say("wouldFail")}</p>
            <p className="mt-0.5 break-words">{wordsOf(answer.error)}</p>
          </div>
        ) : answer.data === undefined || drawn === null ? (
          <SkeletonRows rows={3} height={64} />
        ) : (
          <>
            <div className="mb-3 flex min-h-7 items-start gap-2">
              <p role="status" className="min-w-0 flex-1 break-words">
                {summarise(answer.data, say)}
              </p>
              {isDrawn ? (
                <IconButton
                  size="small"
                  label={say("drawAgain")}
                  icon={<Dices aria-hidden="true" className="size-4" />}
                  onClick={() => void refetch()}
                />
              ) : null}
            </div>
            <RouteDrawing node={drawn} world={world} />
          </>
        )}
      </section>
    </div>
  );
}

function summarise({ targets }: Explanation, say: Say<"aliases">): string {
  const [first, ...others] = targets;
  if (first === undefined) return say("nowhere");
  const where = first.model === null ? first.provider : `${first.provider}/${first.model}`;
  const cost = first.costMicroUsd === null ? "" : ` ${say("aboutCost", { cost: formatMoney(first.costMicroUsd) })}`;
  return `${others.length === 0 ? say("goesOnlyTo", { where }) : say("goesFirstTo", { where, count: others.length })}${cost}`;
}
