import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { KeyDetail } from "#shared/contract/keys.ts";
import type { ProviderInfo } from "#shared/contract/providers.ts";
import { Ago, useNow } from "../../parts/ago.tsx";
import { Badge, StatusDot } from "../../parts/badge.tsx";
import { ProviderMark } from "../../parts/provider-mark.tsx";
import { hashOf } from "../../shell/navigation.ts";
import { formatCount } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { judgeProvider } from "./judge-provider.ts";
import { Cost, sumKeys } from "./key-figures.tsx";

/** A provider that is in use: how it stands, and what its keys came to this month. Opens its sheet. */
export function ProviderRow({
  row,
  keys,
  search,
}: {
  readonly row: ProviderInfo;
  readonly keys: readonly KeyDetail[];
  /** What stands behind the question mark, to be kept. */
  readonly search: string;
}): ReactNode {
  const say = useText("keys");
  const nowMs = useNow();
  const standing = judgeProvider(say, row, keys, nowMs);
  const sums = sumKeys(keys);
  return (
    <li className="border-t border-line first:border-t-0">
      <a
        href={`${hashOf("keys", row.id)}${search}`}
        className="flex min-h-14 items-center gap-3 px-4 py-2 outline-offset-[-2px] transition-colors hover:bg-hover"
      >
        <ProviderMark id={row.id} name={row.name} size="large" />
        <span className="min-w-0 flex-1">
          <span className="flex min-w-0 items-center gap-2">
            <span className="truncate font-medium">{row.name}</span>
            {row.source === "own" ? <Badge>{say("own")}</Badge> : row.source === "changed" ? <Badge>{say("changed")}</Badge> : null}
          </span>
          <span className="block truncate text-small text-ink-muted">{describeKeys()}</span>
        </span>
        <span className="flex w-40 shrink-0 items-center gap-2 text-small">
          <StatusDot tone={standing.tone} />
          <span className="min-w-0">{standing.words}</span>
        </span>
        <span className="w-28 shrink-0 text-right text-small narrow:hidden">
          {keys.length === 0 ? null : (
            <>
              <span className="block font-medium">
                <span className="sr-only">{say("monthCost")}: </span>
                <Cost sums={sums} />
              </span>
              <span className="block text-ink-muted">{say("monthCalls", { count: sums.calls, shown: formatCount(sums.calls) })}</span>
            </>
          )}
        </span>
        <span className="w-24 shrink-0 text-right text-small text-ink-muted narrow:hidden">
          {keys.length === 0 ? null : (
            <>
              <span className="sr-only">{say("lastUsed")}: </span>
              <Ago atMs={sums.lastUsedAtMs} />
            </>
          )}
        </span>
        <ChevronRight aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
      </a>
    </li>
  );

  function describeKeys(): string {
    const serving = keys.find((key) => key.serves);
    if (serving === undefined) return row.origin;
    const tail = `${serving.name} …${serving.lastFour}`;
    return keys.length === 1 ? tail : `${say("keyCount", { count: keys.length })} · ${tail}`;
  }
}

/** A provider that is not in use yet: its name, and a way to begin. */
export function ProviderTile({ row, onAdd }: { readonly row: ProviderInfo; readonly onAdd: () => void }): ReactNode {
  return (
    <li>
      <button
        type="button"
        onClick={onAdd}
        className="flex h-12 w-full items-center gap-2.5 rounded-card border border-line bg-surface px-3 text-left shadow-card transition-colors hover:bg-hover"
      >
        <ProviderMark id={row.id} name={row.name} />
        <span className="line-clamp-2 min-w-0 flex-1 leading-4">{row.name}</span>
      </button>
    </li>
  );
}
