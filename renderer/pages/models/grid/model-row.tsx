import { Check, Star } from "lucide-react";
import { memo, type ReactNode } from "react";
import { Badge } from "../../../parts/badge.tsx";
import { classNames } from "../../../parts/class-names.ts";
import { ProviderMark } from "../../../parts/provider-mark.tsx";
import { formatContext, formatCount, formatDay, formatMonth, unknownText } from "../../../text/format.ts";
import { type Say, useText } from "../../../text/texts.ts";
import { abilities } from "../catalog/abilities.tsx";
import { fixedWords } from "../catalog/fixed-words.ts";
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
        "absolute inset-x-0 cursor-default border-b border-line/60 hover:bg-hover has-focus-visible:bg-hover",
        props.isCompared && "bg-accent-soft/40",
      )}
      style={{ top, height, gridTemplateColumns: template }}
    >
      {columns.map((column, at) => (
        <Cell key={column.id} {...props} say={say} column={column} at={at} tabIndex={activeColumn === at ? 0 : -1} />
      ))}
    </div>
  );
});

interface CellProps extends ModelRowProps {
  readonly say: Say<"models">;
  readonly column: Column;
  readonly at: number;
  readonly tabIndex: number;
}

function Cell({ column, at, tabIndex, say, ...row }: CellProps): ReactNode {
  const { model, index, deeds, isCompared, isFavourite, isBrief } = row;
  const place = `${String(index)}:${String(at)}`;
  if (column.id === "compare" || column.id === "star") {
    const isStar = column.id === "star";
    const isOn = isStar ? isFavourite : isCompared;
    return (
      <div role="gridcell" aria-colindex={at + 1} className="flex justify-center">
        <button
          type="button"
          data-cell={place}
          tabIndex={tabIndex}
          aria-pressed={isOn}
          aria-label={say(isStar ? "starNamed" : "compareNamed", { name: model.name })}
          data-tip={fixedWords(say, isStar ? (isOn ? "unstarTip" : "starTip") : isOn ? "uncompareTip" : "compareTip")}
          onClick={(event) => {
            event.stopPropagation();
            (isStar ? deeds.toggleFavourite : deeds.toggleCompare)(model);
          }}
          className="grid size-6 place-items-center rounded-control hover:bg-pressed"
        >
          {isBrief ? null : isStar ? <StarSign isOn={isOn} /> : <BoxSign isOn={isOn} />}
        </button>
      </div>
    );
  }
  return (
    <div
      role="gridcell"
      aria-colindex={at + 1}
      data-cell={place}
      tabIndex={tabIndex}
      className={classNames("flex h-7 min-w-0 items-center rounded-control", column.isNumber && "justify-end text-right")}
    >
      {isBrief && (column.id === "offers" || column.id === "abilities") ? null : <CellContent model={model} column={column.id} say={say} />}
    </div>
  );
}

function CellContent({
  model,
  column,
  say,
}: {
  readonly model: Model;
  readonly column: Column["id"];
  readonly say: Say<"models">;
}): ReactNode {
  switch (column) {
    case "model":
      return <NameContent model={model} say={say} />;
    case "offers":
      return <OffersContent model={model} say={say} />;
    case "abilities":
      return <AbilitiesContent model={model} say={say} />;
    case "context":
      return model.context === null ? <Unknown say={say} /> : formatContext(model.context);
    case "input":
      return <PriceWords usd={model.inputPrice} say={say} />;
    case "output":
      return <PriceWords usd={model.outputPrice} say={say} />;
    case "created":
      return <CreatedContent model={model} say={say} />;
    case "compare":
    case "star":
      return null;
  }
}

interface ContentProps {
  readonly model: Model;
  readonly say: Say<"models">;
}

function NameContent({ model, say }: ContentProps): ReactNode {
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

function OffersContent({ model, say }: ContentProps): ReactNode {
  const providers = providersOf(model);
  const names = providers.map(({ name }) => name).join(", ");
  const hidden = providers.length - mostMarks;
  return (
    <span className="flex items-center gap-1" data-tip={names}>
      <span className="sr-only">{say("offersCount", { count: providers.length, names })}</span>
      {providers.slice(0, mostMarks).map(({ id, name, callable }) => (
        <span key={id} className={classNames("grid rounded-control", callable && "ring-1 ring-ok")}>
          <ProviderMark id={id} name={name} />
        </span>
      ))}
      {hidden > 0 ? (
        <span aria-hidden="true" className="text-small text-ink-muted">
          +{formatCount(hidden)}
        </span>
      ) : null}
    </span>
  );
}

// The same elements in every row: what is the same object need not be compared.
const signs: Readonly<Partial<Record<string, ReactNode>>> = Object.fromEntries(
  abilities.map(({ flag, icon: Icon }) => [flag, <Icon key={flag} className="size-3.5 text-ink-soft" strokeWidth={1.75} />]),
);
const missing: ReactNode = <span className="size-0.5 rounded-full bg-line-strong/70" />;

function AbilitiesContent({ model, say }: ContentProps): ReactNode {
  const held = abilities.filter(({ flag }) => hasFlag(model, flag)).map(({ words }) => fixedWords(say, words));
  return (
    <span className="flex">
      <span className="sr-only">{held.length === 0 ? fixedWords(say, "noAbilities") : held.join(", ")}</span>
      {abilities.map(({ flag, words }) => (
        <span
          key={flag}
          aria-hidden="true"
          className="grid h-6 w-5 place-items-center"
          {...(hasFlag(model, flag) ? { "data-tip": fixedWords(say, words) } : {})}
        >
          {hasFlag(model, flag) ? signs[flag] : missing}
        </span>
      ))}
    </span>
  );
}

function CreatedContent({ model, say }: ContentProps): ReactNode {
  if (model.createdAtSeconds === null) return <Unknown say={say} />;
  const atMs = model.createdAtSeconds * 1_000;
  return (
    <span className="text-ink-soft" data-tip={formatDay(atMs)}>
      {formatMonth(atMs)}
    </span>
  );
}

function Unknown({ say }: { readonly say: Say<"models"> }): ReactNode {
  return (
    <span className="text-ink-muted">
      <span aria-hidden="true">{unknownText}</span>
      <span className="sr-only">{fixedWords(say, "unknown")}</span>
    </span>
  );
}

function StarSign({ isOn }: { readonly isOn: boolean }): ReactNode {
  return <Star aria-hidden="true" className={classNames("size-4", isOn ? "fill-warn text-warn" : "text-ink-muted")} strokeWidth={1.5} />;
}

function BoxSign({ isOn }: { readonly isOn: boolean }): ReactNode {
  return (
    <span
      aria-hidden="true"
      className={classNames(
        "grid size-4 place-items-center rounded-[4px] border",
        isOn ? "border-accent bg-accent text-on-accent" : "border-line-strong bg-surface",
      )}
    >
      {isOn ? <Check className="size-3" strokeWidth={3} /> : null}
    </span>
  );
}
