import { CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import type { Answer } from "../../data/queries.ts";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy.tsx";
import { ProviderMark } from "../../parts/provider-mark.tsx";
import { useText } from "../../text/texts.ts";
import { TestOnArrival } from "./test-on-arrival.tsx";

interface ImportResultProps {
  readonly taken: Answer<"takeKeys">;
  readonly rows: readonly ProviderInfo[];
  readonly onMore: () => void;
  readonly onClose: () => void;
}

/** What an import came to: what is stored and whether it works, what was left out, and what still lies there in plain text. */
export function ImportResult({ taken, rows, onMore, onClose }: ImportResultProps): ReactNode {
  const say = useText("keys");
  return (
    <div className="flex flex-col gap-4">
      <p role="status" className="flex items-center gap-2 font-medium">
        <CircleCheck aria-hidden="true" className="size-4 shrink-0 text-ok" />
        {say("importTaken", { count: taken.keys.length })}
      </p>
      {taken.keys.length === 0 ? null : (
        <ul className="divide-y divide-line rounded-card border border-line bg-surface">
          {taken.keys.map((key) => {
            const row = rows.find((one) => one.id === key.provider);
            return (
              <li key={`${key.provider}/${key.name}`} className="flex min-h-11 items-center gap-3 px-3 py-2">
                <ProviderMark id={key.provider} name={row?.name ?? key.provider} />
                <span className="min-w-0 flex-1 truncate">
                  <span className="font-medium">{row?.name ?? key.provider}</span>{" "}
                  <span className="text-ink-muted">
                    {key.name} <span className="font-mono text-small">…{key.lastFour}</span>
                  </span>
                </span>
                <TestOnArrival provider={key.provider} name={key.name} />
              </li>
            );
          })}
        </ul>
      )}
      {taken.skipped.length === 0 ? null : (
        <div>
          <p className="font-medium">{say("importSkipped")}</p>
          <ul className="mt-1 list-disc pl-5 text-ink-soft">
            {taken.skipped.map(({ pick, why }) => (
              <li key={pick}>{why}</li>
            ))}
          </ul>
        </div>
      )}
      {taken.leftIn.length === 0 ? null : (
        <div className="flex items-start gap-3 rounded-card border border-line bg-warn-soft p-3">
          <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warn" />
          <div className="min-w-0 flex-1">
            <p className="font-medium">{say("importAdvice")}</p>
            <p className="mt-0.5 text-ink-soft">{say("importAdviceHelp")}</p>
            <ul className="mt-2 flex flex-col gap-1">
              {taken.leftIn.map(({ file, variables }) => (
                <li key={file} className="flex items-center gap-2">
                  <span className="min-w-0 flex-1 font-mono text-small break-all">
                    {say("importAdviceLine", { variables: variables.join(", "), file })}
                  </span>
                  <CopyButton text={file} name={file} />
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onMore}>{say("importMore")}</Button>
        <Button kind="primary" onClick={onClose}>
          {say("importDone")}
        </Button>
      </div>
    </div>
  );
}
