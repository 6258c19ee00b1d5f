import { RotateCw, Undo2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ToolGuide } from "#shared/contract/connect.ts";
import { admin, wordsOf } from "../../data/admin.ts";
import { refresh, useAdmin } from "../../data/queries.ts";
import { Ago } from "../../parts/ago.tsx";
import { Button } from "../../parts/button.tsx";
import { ErrorState, SkeletonRows } from "../../parts/states.tsx";
import { tellNews } from "../../parts/toasts.tsx";
import { useText } from "../../text/texts.ts";
import { FileDiff } from "./file-diff.tsx";

interface FileWayProps {
  readonly tool: ToolGuide;
  readonly model: string | null;
  readonly secret: string | null;
  /** When the key was made; 0 where it was not made on this page. */
  readonly keyAtMs: number;
}

/** The tool's config files: what would change, line by line, and the way back. */
export function FileWay({ tool, model, secret, keyAtMs }: FileWayProps): ReactNode {
  const say = useText("tools");
  const { connection } = tool;
  // Its files say what is chosen here, with the key that it has: there is nothing to change.
  const isSettled = connection.state === "applied" && connection.model === model && (connection.appliedAtMs ?? 0) >= keyAtMs;
  const canPreview = !tool.needsModel || model !== null;
  const call = { parameters: { tool: tool.id }, body: { model } };
  const preview = useAdmin("previewConnection", call, { enabled: canPreview && !isSettled, isKept: true });
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  async function act(deed: () => Promise<unknown>, words: string): Promise<void> {
    setBusy(true);
    setFailure(null);
    try {
      await deed();
      tellNews(words);
    } catch (error) {
      setFailure(wordsOf(error));
    } finally {
      setBusy(false);
      await refresh("getTool", "listTools", "previewConnection");
    }
  }

  const undo = (): Promise<void> =>
    act(() => admin("undoConnection", { parameters: { tool: tool.id } }), say("undone", { name: tool.name }));
  const needsKey = preview.data?.needsKey === true && secret === null;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-ink-muted">{say("filesHelp")}</p>
      {connection.state === "none" ? null : (
        <div className="flex flex-wrap items-center gap-3 rounded-card border border-line bg-surface p-3">
          <p className="min-w-0 flex-1">
            {connection.state === "changed" ? (
              say("changedSince")
            ) : connection.state === "moved" ? (
              say("movedSince")
            ) : (
              <AppliedWords atMs={connection.appliedAtMs} />
            )}
          </p>
          {connection.state === "changed" ? (
            <Button
              size="small"
              disabled={isBusy}
              onClick={() => void act(() => admin("forgetConnection", { parameters: { tool: tool.id } }), say("forget"))}
            >
              {say("forget")}
            </Button>
          ) : (
            <Button size="small" icon={<Undo2 className="size-4" />} disabled={isBusy} onClick={() => void undo()}>
              {say("undo")}
            </Button>
          )}
        </div>
      )}
      {failure === null ? null : (
        <div role="alert" className="flex items-start gap-3 rounded-card bg-bad-soft p-3 text-bad">
          <p className="min-w-0 flex-1 break-words">{failure}</p>
          <Button
            size="small"
            icon={<RotateCw className="size-3.5" />}
            onClick={() => void refresh("previewConnection").then(() => setFailure(null))}
          >
            {say("previewAgain")}
          </Button>
        </div>
      )}
      {isSettled ? (
        <ul className="flex flex-col gap-1 font-mono text-small break-all text-ink-muted">
          {connection.files.map((file) => (
            <li key={file}>{file}</li>
          ))}
        </ul>
      ) : !canPreview ? (
        <p className="rounded-card bg-sunken p-3 text-ink-soft">{say("modelNeeded")}</p>
      ) : preview.isError ? (
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
      ) : preview.data === undefined ? (
        <SkeletonRows rows={4} height={24} />
      ) : (
        <>
          {preview.data.files.map((change) => (
            <FileDiff key={change.path} change={change} />
          ))}
          <div className="flex flex-wrap items-center gap-3">
            <Button
              kind="primary"
              disabled={isBusy || needsKey || preview.isPlaceholderData}
              onClick={() =>
                void act(
                  () => admin("applyConnection", { ...call, body: { model, plan: preview.data.plan, key: secret } }),
                  say("applied", { name: tool.name }),
                )
              }
            >
              {say(connection.state === "none" ? "apply" : "applyAgain")}
            </Button>
            <p className="text-small text-ink-muted">{say(needsKey ? "applyKeyFirst" : "secretLine")}</p>
          </div>
        </>
      )}
    </div>
  );
}

function AppliedWords({ atMs }: { readonly atMs: number | null }): ReactNode {
  const say = useText("tools");
  const [before, after] = say("appliedAt", { ago: "\u0000" }).split("\u0000");
  return (
    <>
      {before}
      <Ago atMs={atMs} />
      {after}
    </>
  );
}
