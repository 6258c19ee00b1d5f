import { Link } from "@tanstack/react-router";
import { ArrowDown, ArrowUp, Filter } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { UsageGroup, UsageSeries } from "#shared/contract/usage.ts";
import { IconButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { classNames } from "../../parts/class-names.ts";
import { formatCompact, formatCount, formatDuration, formatMoney, formatShare, unknownText } from "../../text/format.ts";
import { type TextKey, type Texts, useText } from "../../text/texts.ts";
import { costWords } from "./cost-words.ts";
import type { Dimension } from "./search.ts";

interface Column {
  readonly id: string;
  readonly words: TextKey<Texts["usage"]>;
  readonly valueOf: (group: UsageGroup) => number | null;
  readonly wordsOf: (group: UsageGroup) => string;
  /** Shown only where there is room. */
  readonly isWide?: boolean;
}

const inputOf = ({ tokens }: UsageGroup): number => tokens.uncachedInput + tokens.cacheRead + tokens.cacheWrite;
const cachedOf = (group: UsageGroup): number | null => (inputOf(group) === 0 ? null : group.tokens.cacheRead / inputOf(group));

const columns: readonly Column[] = [
  { id: "calls", words: "columnCalls", valueOf: ({ calls }) => calls, wordsOf: ({ calls }) => formatCount(calls) },
  {
    id: "errors",
    words: "columnErrors",
    valueOf: ({ errorRate }) => errorRate,
    wordsOf: ({ errors, errorRate }) => (errors === 0 ? "0" : `${formatCount(errors)} (${formatShare(errorRate)})`),
  },
  { id: "input", words: "columnInput", valueOf: inputOf, wordsOf: (group) => formatCompact(inputOf(group)) },
  { id: "cached", words: "columnCached", valueOf: cachedOf, wordsOf: (group) => formatShare(cachedOf(group)), isWide: true },
  { id: "output", words: "columnOutput", valueOf: ({ tokens }) => tokens.output, wordsOf: ({ tokens }) => formatCompact(tokens.output) },
  {
    id: "cost",
    words: "columnCost",
    valueOf: ({ costMicroUsd }) => costMicroUsd,
    wordsOf: costWords,
  },
  {
    id: "saved",
    words: "columnSaved",
    valueOf: ({ savedMicroUsd }) => savedMicroUsd,
    wordsOf: ({ savedMicroUsd }) => formatMoney(savedMicroUsd),
    isWide: true,
  },
  {
    id: "firstByte",
    words: "columnFirstByte",
    valueOf: ({ firstByteMs }) => firstByteMs.p50,
    wordsOf: ({ firstByteMs }) => formatDuration(firstByteMs.p50),
  },
  {
    id: "total",
    words: "columnTotal",
    valueOf: ({ totalMs }) => totalMs.p50,
    wordsOf: ({ totalMs }) => formatDuration(totalMs.p50),
    isWide: true,
  },
  {
    id: "speed",
    words: "columnSpeed",
    valueOf: ({ tokensPerSecond }) => tokensPerSecond,
    wordsOf: ({ tokensPerSecond }) => (tokensPerSecond === null ? unknownText : formatCount(tokensPerSecond)),
    isWide: true,
  },
];

/** Every group with all its figures, sorted by any of them; each leads to its calls. */
export function Breakdown({
  usage,
  nameOf,
  span,
  onOnly,
}: {
  readonly usage: UsageSeries;
  readonly nameOf: (key: string) => string;
  readonly span: { readonly since: number; readonly until: number };
  readonly onOnly: (by: Dimension, key: string) => void;
}): ReactNode {
  const say = useText("usage");
  const [sort, setSort] = useState<{ readonly id: string; readonly isUp: boolean }>({ id: "cost", isUp: false });
  const column = columns.find(({ id }) => id === sort.id);
  const groups = usage.groups.toSorted((one, other) => {
    const [a, b] = [column?.valueOf(one) ?? null, column?.valueOf(other) ?? null];
    // What is not known stands last, either way.
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sort.isUp ? a - b : b - a;
  });
  return (
    <Card title={say("breakdown")} className="@container p-4">
      <div
        tabIndex={0}
        role="region"
        aria-label={say("tableOf", { title: say("breakdown") })}
        className="overflow-x-auto outline-offset-[-2px]"
      >
        <table className="w-full">
          <thead>
            <tr className="border-b border-line text-small text-ink-muted">
              <th scope="col" className="h-8 pr-3 text-left font-normal">
                {say(`by_${usage.by}`)}
              </th>
              {columns.map(({ id, words, isWide }) => (
                <th
                  key={id}
                  scope="col"
                  aria-sort={sort.id === id ? (sort.isUp ? "ascending" : "descending") : undefined}
                  className={classNames(
                    "pl-3 text-right font-normal whitespace-nowrap",
                    isWide === true && "hidden @min-[860px]:table-cell",
                  )}
                >
                  <button
                    type="button"
                    onClick={() => setSort({ id, isUp: sort.id === id && !sort.isUp })}
                    className="inline-flex h-6 items-center gap-1 rounded-control hover:text-ink"
                  >
                    {sort.id !== id ? null : sort.isUp ? (
                      <ArrowUp aria-hidden="true" className="size-3" />
                    ) : (
                      <ArrowDown aria-hidden="true" className="size-3" />
                    )}
                    {say(words)}
                  </button>
                </th>
              ))}
              <th className="w-8" aria-hidden="true" />
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.key} className="border-b border-line/60 last:border-b-0 hover:bg-hover">
                <th scope="row" className="h-9 max-w-56 truncate pr-3 text-left font-medium">
                  <Link
                    to={"/activity" as never}
                    search={{ [usage.by]: group.key, since: span.since, until: span.until } as never}
                    title={say("showCalls")}
                    className="rounded-control hover:underline"
                  >
                    {nameOf(group.key)}
                  </Link>
                </th>
                {columns.map(({ id, wordsOf, isWide }) => (
                  <td
                    key={id}
                    className={classNames("pl-3 text-right whitespace-nowrap", isWide === true && "hidden @min-[860px]:table-cell")}
                  >
                    {wordsOf(group)}
                  </td>
                ))}
                <td className="pl-1 text-right">
                  <IconButton
                    size="small"
                    label={say("showOnly", { name: nameOf(group.key) })}
                    icon={<Filter className="size-3.5" />}
                    onClick={() => onOnly(usage.by, group.key)}
                  />
                </td>
              </tr>
            ))}
            {usage.others === null ? null : <OthersRow group={usage.others} words={say("others", { count: usage.otherCount })} />}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function OthersRow({ group, words }: { readonly group: UsageGroup; readonly words: string }): ReactNode {
  return (
    <tr className="text-ink-muted">
      <th scope="row" className="h-9 pr-3 text-left font-normal">
        {words}
      </th>
      {columns.map(({ id, wordsOf, isWide }) => (
        <td key={id} className={classNames("pl-3 text-right whitespace-nowrap", isWide === true && "hidden @min-[860px]:table-cell")}>
          {wordsOf(group)}
        </td>
      ))}
      <td />
    </tr>
  );
}
