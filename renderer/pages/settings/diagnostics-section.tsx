import { CircleCheck, CircleX, RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Finding } from "#shared/contract/doctor.ts";
import { useAdmin } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { type Say, useText } from "../../text/texts.ts";

const rank = { wrong: 0, warn: 1, ok: 2 } as const satisfies Record<Finding["verdict"], number>;
const rowHeight = 52;

/** The self-check, as it is when somebody looks: what is wrong first. */
export function DiagnosticsSection(): ReactNode {
  const say = useText("settings");
  const { data, error, isFetching, refetch } = useAdmin("examine", {});
  const findings = data?.findings.toSorted((one, other) => rank[one.verdict] - rank[other.verdict]);
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-3">
        <Button icon={<RotateCw className="size-4" />} disabled={isFetching} onClick={() => void refetch()}>
          {say("examineAgain")}
        </Button>
        <p role="status" className="text-ink-soft">
          {isFetching ? say("examining") : findings === undefined ? "" : summarise(findings, say)}
        </p>
      </div>
      {error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Card className="overflow-hidden">
          {findings === undefined ? (
            <SkeletonRows rows={5} height={rowHeight} className="px-4" />
          ) : (
            <ul className="divide-y divide-line">
              {findings.map((finding) => (
                <FindingRow key={`${finding.subject} ${finding.words}`} finding={finding} />
              ))}
            </ul>
          )}
        </Card>
      )}
    </div>
  );
}

function FindingRow({ finding: { subject, verdict, words } }: { readonly finding: Finding }): ReactNode {
  const say = useText("settings");
  const [Icon, tone, name] =
    verdict === "ok"
      ? [CircleCheck, "text-ok", say("verdictOk")]
      : verdict === "warn"
        ? [TriangleAlert, "text-warn", say("verdictWarn")]
        : [CircleX, "text-bad", say("verdictWrong")];
  return (
    <li className="flex items-start gap-3 px-4 py-2.5">
      <Icon aria-label={name} role="img" className={`mt-0.5 size-4 shrink-0 ${tone}`} />
      <div className="min-w-0">
        <p className="font-medium break-words">{subject}</p>
        <p className="text-small break-words text-ink-soft">{words}</p>
      </div>
    </li>
  );
}

function summarise(findings: readonly Finding[], say: Say<"settings">): string {
  const count = (verdict: Finding["verdict"]): number => findings.filter((finding) => finding.verdict === verdict).length;
  if (count("wrong") > 0) return say("someWrong", { count: count("wrong") });
  return count("warn") > 0 ? say("someNotes", { count: count("warn") }) : say("allWell");
}
