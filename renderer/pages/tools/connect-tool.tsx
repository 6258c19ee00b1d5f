import { ArrowLeft, ExternalLink, TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ToolGuide } from "#shared/contract/connect.ts";
import { useAdmin } from "../../data/queries.ts";
import { buttonClasses } from "../../parts/button.tsx";
import { PageFrame } from "../../parts/page-frame.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { hashOf } from "../../shell/navigation.ts";
import { formatDay } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { ConnectWays } from "./connect-ways.tsx";
import { FirstRequest } from "./first-request.tsx";
import { KeyStep } from "./key-step.tsx";
import { ModelChoice } from "./model-choice.tsx";
import { Step } from "./step.tsx";
import { hasPill, ToolPill } from "./tool-pill.tsx";

/** One tool: its model, its key, how it is led here, and its first request. */
export function ConnectTool({ id }: { readonly id: string }): ReactNode {
  const say = useText("tools");
  const [chosen, setChosen] = useState<string | null | undefined>(undefined);
  const first = useAdmin("getTool", { parameters: { tool: id }, query: {} });
  // As long as nobody chose, what it was connected with stands.
  const model = chosen === undefined ? (first.data?.connection.model ?? null) : chosen;
  const guide = useAdmin("getTool", { parameters: { tool: id }, query: model === null ? {} : { model } }, { isKept: true });
  const tool = guide.data ?? first.data;
  return (
    <PageFrame
      title={tool?.name ?? say("viewConnect")}
      {...(tool === undefined ? {} : { summary: tool.about })}
      actions={
        <>
          {tool === undefined || !(tool.canBeFound || hasPill(tool)) ? null : <ToolPill tool={tool} />}
          <a href={hashOf("tools", "connect")} className={buttonClasses("plain", "small")}>
            <ArrowLeft aria-hidden="true" className="size-4" />
            {say("back")}
          </a>
        </>
      }
    >
      {tool !== undefined ? (
        <Guide tool={tool} model={model} onModel={setChosen} />
      ) : first.isError ? (
        <ErrorState error={first.error} onRetry={() => void first.refetch()} />
      ) : (
        <SkeletonRows rows={8} height={48} />
      )}
    </PageFrame>
  );
}

interface GuideProps {
  readonly tool: ToolGuide;
  readonly model: string | null;
  readonly onModel: (model: string | null) => void;
}

function Guide({ tool, model, onModel }: GuideProps): ReactNode {
  const say = useText("tools");
  const [made, setMade] = useState<{ readonly key: string; readonly atMs: number } | null>(null);
  const secret = made?.key ?? null;
  const isSeen = tool.grant !== null && tool.grant.lastSeenAtMs !== null && tool.grant.lastSeenAtMs >= (made?.atMs ?? 0);
  return (
    <div className="flex flex-col gap-6 pt-2">
      {tool.found === null ? null : (
        <p className="-mt-4 font-mono text-small break-all text-ink-muted">
          {tool.found.path}
          {tool.found.version === null ? "" : ` · ${say("version", { version: tool.found.version })}`}
        </p>
      )}
      {tool.reach.why === null ? null : (
        <Notice title={say(tool.reach.state === "none" ? "cannotTitle" : "limitedTitle", { name: tool.name })}>
          <p>{tool.reach.why}</p>
        </Notice>
      )}
      {tool.conflicts.length === 0 ? null : (
        <Notice title={say("conflictsTitle")}>
          <ul className="flex flex-col gap-0.5">
            {tool.conflicts.map(({ name, where }) => (
              <li key={`${name} ${where}`} className="break-all">
                {say("conflictAt", { name, where })}
              </li>
            ))}
          </ul>
          <p className="mt-1">{say("conflictsHelp")}</p>
        </Notice>
      )}
      {tool.reach.state === "none" ? null : (
        <ol>
          <Step number={1} title={say("stepModel")} isDone={model !== null || !tool.needsModel}>
            <p className="mb-3 text-ink-muted">{say("modelHelp")}</p>
            <ModelChoice model={model} needsModel={tool.needsModel} onChange={onModel} />
          </Step>
          <Step number={2} title={say("stepKey")} isDone={tool.grant !== null}>
            <KeyStep tool={tool} secret={secret} onKey={(key) => setMade({ key, atMs: Date.now() })} />
          </Step>
          <Step number={3} title={say("stepConnect")} isDone={tool.connection.state === "applied" || isSeen}>
            <ConnectWays tool={tool} model={model} secret={secret} keyAtMs={made?.atMs ?? 0} />
          </Step>
          <Step number={4} title={say("stepVerify")} isDone={isSeen} isLast>
            {tool.grant === null ? (
              <p className="text-ink-muted">{say("waitingKey")}</p>
            ) : (
              <FirstRequest key={tool.grant.id} grant={tool.grant} sinceMs={made?.atMs ?? 0} />
            )}
          </Step>
        </ol>
      )}
      {tool.notes.length === 0 ? null : (
        <section aria-label={say("notes")}>
          <h2 className="mb-1 text-small font-medium text-ink-soft">{say("notes")}</h2>
          <ul className="ml-4 flex max-w-[72ch] list-disc flex-col gap-1 text-ink-muted">
            {tool.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}
      <p className="flex flex-wrap items-center gap-x-3 text-small text-ink-muted">
        <a
          href={tool.docs}
          target="_blank"
          rel="noreferrer"
          className="inline-flex items-center gap-1 text-accent-ink underline underline-offset-2"
        >
          {say("docs")}
          <ExternalLink aria-hidden="true" className="size-3.5" />
        </a>
        <span>{say("verifiedOn", { day: formatDay(Date.parse(`${tool.verified.on}T12:00:00`)), against: tool.verified.against })}</span>
      </p>
    </div>
  );
}

function Notice({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactNode {
  return (
    <section aria-label={title} className="flex gap-3 rounded-card border border-warn/40 bg-warn-soft p-4">
      <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0 max-w-[80ch]">
        <h2 className="font-semibold">{title}</h2>
        <div className="mt-1 text-ink-soft">{children}</div>
      </div>
    </section>
  );
}
