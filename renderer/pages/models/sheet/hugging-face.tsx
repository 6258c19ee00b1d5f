import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import type { HuggingFaceMetrics } from "#shared/schema/model.ts";
import { ErrorState, SkeletonRows } from "../../../parts/states.tsx";
import { formatCompact, unknownText } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";

/** What Hugging Face counts of a model, and the way there. */
export function HuggingFace({
  id,
  metrics,
  isLoading,
  error,
  onRetry,
}: {
  /** `meta-llama/Llama-3.1-8B-Instruct` */
  readonly id: string;
  readonly metrics: HuggingFaceMetrics | null;
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly onRetry: () => void;
}): ReactNode {
  const say = useText("models");
  const figures = [
    [say("downloads"), formatCompact(metrics?.downloads ?? null)],
    [say("likes"), formatCompact(metrics?.likes ?? null)],
    [say("parameters"), formatCompact(metrics?.parameters ?? null)],
    [say("factLicense"), metrics?.license ?? unknownText],
  ] as const;
  return (
    <>
      {error !== null ? (
        <ErrorState error={error} onRetry={onRetry} />
      ) : isLoading ? (
        <SkeletonRows rows={1} height={44} />
      ) : metrics === null ? (
        <p className="text-ink-muted">{say("huggingFaceNothing")}</p>
      ) : (
        <dl className="grid grid-cols-4 gap-x-4 gap-y-3">
          {figures.map(([name, words]) => (
            <div key={name} className="min-w-0">
              <dt className="text-small text-ink-muted">{name}</dt>
              <dd className="mt-0.5 break-words">{words}</dd>
            </div>
          ))}
        </dl>
      )}
      <a
        href={`https://huggingface.co/${id.split("/").map(encodeURIComponent).join("/")}`}
        target="_blank"
        rel="noreferrer noopener"
        className="flex w-fit items-center gap-1.5 text-accent-ink underline-offset-2 hover:underline"
      >
        <ExternalLink aria-hidden="true" className="size-3.5" />
        {id}
      </a>
    </>
  );
}
