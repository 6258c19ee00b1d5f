import { Check, Star } from "lucide-react";
import { memo, type ReactNode } from "react";
import { Badge } from "../../../parts/badge.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { ProviderMark } from "../../../parts/provider-mark.tsx";
import { formatContext, formatCount, formatDay, formatMonth, unknownText } from "../../../text/format.ts";
import { type Say, useText } from "../../../text/texts.ts";
import { abilities } from "../catalog/abilities.tsx";
import { fixedWords, wordsAbout } from "../catalog/fixed-words.ts";
import { hasFlag, type Model, providersOf } from "../catalog/model-catalog.ts";
import type { Column } from "./columns.ts";
import { PriceWords } from "./price.tsx";

/** What can be done with a row. */
export interface RowDeeds {
  readonly open: (model: Model) => void;
  readonly toggleCompare: (model: Model) => void;
  readonly toggleFavourite: (model: Model) => void;
}

interface ModelRowProps {
  readonly model: Model;
  readonly columns: readonly Column[];
  readonly template: string;
  /** From the top of the list, and its height, in pixels. */
  readonly top: number;
  readonly height: number;
  readonly index: number;
  /** The column that Tab reaches; null in every row but one. */
  readonly activeColumn: number | null;
  readonly isFavourite: boolean;
  readonly isCompared: boolean;
  /** Only what one can read while rows fly past: no signs. */
  readonly isBrief: boolean;
  readonly deeds: RowDeeds;
}

/** The classes of a row and of the header, so that their columns are in one line. */
export const rowClasses = "grid items-center gap-x-3 px-6";

/** One model in a line, with everywhere that it can be had. */
export const ModelRow = memo(function ModelRow(props: ModelRowProps): ReactNode {
  const { model, columns, template, top, height, index, activeColumn, deeds } = props;
  const say = useText("models");
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-model={model.slug}
      onClick={() => deeds.open(model)}
      className={classNames(
        rowClasses,
        "absolute inset-x-0 [contain:strict] cursor-default border-b border-line/60 hover:bg-hover has-focus-visible:bg-hover",
        props.isCompared && "bg-accent-soft/40",
      )}
      style={{ top, height, gridTemplateColumns: template }}
    >
      {columns.map((column, at) => {
        const place: CellPlace = { cell: `${String(index)}:${String(at)}`, ariaColumn: at + 1, tabIndex: activeColumn === at ? 0 : -1 };
        return column.id === "compare" || column.id === "star"
          ? drawSwitch(column.id, props, place, say)
          : drawCell(column, props, place, say);
      })}
    </div>
  );
});

interface CellPlace {
  /** Its row and column, for the keys. */
  readonly cell: string;
  readonly ariaColumn: number;
  readonly tabIndex: number;
}

const starNamed = { key: "starNamed", value: "name" } as const;
const compareNamed = { key: "compareNamed", value: "name" } as const;

// Cells are functions and no components: at each key most cells of most rows change, and a component costs more than what it draws.

function drawSwitch(
  id: "compare" | "star",
  props: ModelRowProps,
  { cell, ariaColumn, tabIndex }: CellPlace,
  say: Say<"models">,
): ReactNode {
  const { model, deeds, isCompared, isFavourite, isBrief } = props;
  const isStar = id === "star";
  const isOn = isStar ? isFavourite : isCompared;
  return (
    <div key={id} role="gridcell" aria-colindex={ariaColumn} className="flex justify-center">
      <button
        type="button"
        data-cell={cell}
        tabIndex={tabIndex}
        aria-pressed={isOn}
        aria-label={wordsAbout(model.name, say, isStar ? starNamed : compareNamed)}
        data-tip={fixedWords(say, isStar ? (isOn ? "unstarTip" : "starTip") : isOn ? "uncompareTip" : "compareTip")}
        onClick={(event) => {
          event.stopPropagation();
          (isStar ? deeds.toggleFavourite : deeds.toggleCompare)(model);
        }}
        className="grid size-6 place-items-center rounded-control hover:bg-pressed"
      >
        {isBrief ? null : (isStar ? starSigns : boxSigns)[isOn ? "on" : "off"]}
      </button>
    </div>
  );
}

function drawCell(
  column: Column,
  { model, isBrief }: ModelRowProps,
  { cell, ariaColumn, tabIndex }: CellPlace,
  say: Say<"models">,
): ReactNode {
  const { content, label } = contentOf(column.id, model, say);
  return (
    <div
      key={column.id}
      role="gridcell"
      aria-colindex={ariaColumn}
      aria-label={label}
      data-cell={cell}
      tabIndex={tabIndex}
      className={column.isNumber ? numberCellClasses : cellClasses}
    >
      {isBrief && (column.id === "offers" || column.id === "abilities") ? null : content}
    </div>
  );
}

// What changes in a cell is laid out in it alone.
const cellClasses = "flex h-7 min-w-0 items-center rounded-control [contain:layout_size]";
const numberCellClasses = classNames(cellClasses, "justify-end text-right");

/** What a cell shows, and what it is called where that is only signs: words for no eye would be laid out all the same. */
interface CellContent {
  readonly content: ReactNode;
  readonly label?: string;
}

function contentOf(column: Column["id"], model: Model, say: Say<"models">): CellContent {
  switch (column) {
    case "model":
      return { content: drawName(model, say) };
    case "offers":
      return drawOffers(model, say);
    case "abilities":
      return drawAbilities(model, say);
    case "context":
      return model.context === null ? unknown(say, "unknown") : { content: formatContext(model.context) };
    case "input":
      return drawPrice(model.inputPrice, say);
    case "output":
      return drawPrice(model.outputPrice, say);
    case "created":
      return drawCreated(model, say);
    case "compare":
    case "star":
      return { content: null };
  }
}

function drawName(model: Model, say: Say<"models">): ReactNode {
  return (
    <span className="flex min-w-0 items-center gap-2" data-tip={model.id}>
      <ProviderMark id={model.maker?.id ?? model.slug} name={model.maker?.name ?? model.name} />
      <span className="min-w-0 shrink truncate font-medium">{model.name}</span>
      <span className="hidden min-w-0 shrink-[99] truncate font-mono text-caption text-ink-muted @min-[860px]:inline">{model.id}</span>
      {hasFlag(model, "free") && model.inputPrice !== 0 ? <Badge tone="ok">{fixedWords(say, "freeTier")}</Badge> : null}
      {hasFlag(model, "deprecated") ? <Badge tone="warn">{fixedWords(say, "retired")}</Badge> : null}
    </span>
  );
}

/** So many marks stand in the column. */
const mostMarks = 3;

function drawOffers(model: Model, say: Say<"models">): CellContent {
  const providers = providersOf(model);
  const names = providers.map(({ name }) => name).join(", ");
  const hidden = providers.length - mostMarks;
  const content = (
    <span className="flex items-center gap-1" data-tip={names}>
      {providers.slice(0, mostMarks).map(({ id, name, callable }, at) => (
        // By their place, as rows are.
        <span key={at} className={callable ? callableClasses : "grid rounded-control"}>
          <ProviderMark id={id} name={name} />
        </span>
      ))}
      {hidden > 0 ? (
        // Not a text, which the cell's name would have to hold.
        <span
          aria-hidden="true"
          data-more={`+${formatCount(hidden)}`}
          className="text-small text-ink-muted before:content-[attr(data-more)]"
        />
      ) : null}
    </span>
  );
  return { content, label: wordsAbout(names, say, { key: "offersCount", value: "names", count: providers.length }) };
}

const callableClasses = "grid rounded-control ring-1 ring-ok";

// The same elements in every row: what is the same object need not be compared.
const signs: Readonly<Partial<Record<string, ReactNode>>> = Object.fromEntries(
  abilities.map(({ flag, icon: Icon }) => [flag, <Icon key={flag} className="size-3.5 text-ink-soft" strokeWidth={1.75} />]),
);
const signClasses = "grid h-6 w-5 place-items-center";
const missingSignClasses = classNames(
  signClasses,
  "bg-[radial-gradient(circle,var(--color-line-strong)_1px,transparent_1.5px)] [&>svg]:opacity-0",
);

function drawAbilities(model: Model, say: Say<"models">): CellContent {
  const held = abilities.filter(({ flag }) => hasFlag(model, flag)).map(({ words }) => fixedWords(say, words));
  const content = (
    <span aria-hidden="true" className="flex">
      {abilities.map(({ flag, words }) => (
        // Every sign is always there, and seen or not: to show one is no new layout.
        <span
          key={flag}
          className={hasFlag(model, flag) ? signClasses : missingSignClasses}
          data-tip={hasFlag(model, flag) ? fixedWords(say, words) : undefined}
        >
          {signs[flag]}
        </span>
      ))}
    </span>
  );
  return { content, label: held.length === 0 ? fixedWords(say, "noAbilities") : held.join(", ") };
}

function drawPrice(usd: number | null, say: Say<"models">): CellContent {
  return usd === null ? unknown(say, "priceUnknown") : { content: <PriceWords usd={usd} say={say} /> };
}

function drawCreated(model: Model, say: Say<"models">): CellContent {
  if (model.createdAtSeconds === null) return unknown(say, "unknown");
  const atMs = model.createdAtSeconds * 1_000;
  const content = (
    <span className="text-ink-soft" data-tip={formatDay(atMs)}>
      {formatMonth(atMs)}
    </span>
  );
  return { content };
}

const dash: ReactNode = (
  <span aria-hidden="true" className="text-ink-muted">
    {unknownText}
  </span>
);

function unknown(say: Say<"models">, words: "unknown" | "priceUnknown"): CellContent {
  return { content: dash, label: fixedWords(say, words) };
}

const starSigns = {
  on: <Star aria-hidden="true" className="size-4 fill-warn text-warn" strokeWidth={1.5} />,
  off: <Star aria-hidden="true" className="size-4 text-ink-muted" strokeWidth={1.5} />,
} as const;

const boxClasses = "grid size-4 place-items-center rounded-[4px] border";
const boxSigns = {
  on: (
    <span aria-hidden="true" className={classNames(boxClasses, "border-accent bg-accent text-on-accent")}>
      <Check className="size-3" strokeWidth={3} />
    </span>
  ),
  off: <span aria-hidden="true" className={classNames(boxClasses, "border-line-strong bg-surface")} />,
} as const;
