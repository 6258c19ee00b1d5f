import type { ReactNode } from "react";
import { Checkbox } from "../../../parts/choices.tsx";
import { useText } from "../../../text/texts.ts";
import { useModalityWords } from "../catalog/modality-words.ts";
import { type ChangeSearch, type ModelsSearch, readModality, toggled, writeModality } from "../search.ts";
import { FilterPill } from "./filter-pill.tsx";

/** What a model must take and give. */
export function ModalityFilter({
  search,
  modalities,
  onChange,
}: {
  readonly search: ModelsSearch;
  /** Those of the catalog. */
  readonly modalities: readonly string[];
  readonly onChange: ChangeSearch;
}): ReactNode {
  const say = useText("models");
  const wordsOf = useModalityWords();
  const [takes, gives] = readModality(search.modality);
  const value = [
    takes.length === 0 ? "" : say("takesOf", { kinds: takes.map(wordsOf).join(", ") }),
    gives.length === 0 ? "" : say("givesOf", { kinds: gives.map(wordsOf).join(", ") }),
  ].filter((part) => part !== "");
  const set = (nextTakes: readonly string[], nextGives: readonly string[]): void =>
    onChange({ modality: writeModality(nextTakes, nextGives) });
  return (
    <FilterPill
      label={say("filterModality")}
      value={value.length === 0 ? null : value.join("; ")}
      onClear={() => onChange({ modality: undefined })}
    >
      <div className="grid grid-cols-2 gap-4">
        <Kinds title={say("takes")} kinds={modalities} chosen={takes} onToggle={(kind) => set(toggled(takes, kind), gives)} />
        <Kinds title={say("gives")} kinds={modalities} chosen={gives} onToggle={(kind) => set(takes, toggled(gives, kind))} />
      </div>
    </FilterPill>
  );
}

function Kinds({
  title,
  kinds,
  chosen,
  onToggle,
}: {
  readonly title: string;
  readonly kinds: readonly string[];
  readonly chosen: readonly string[];
  readonly onToggle: (kind: string) => void;
}): ReactNode {
  const wordsOf = useModalityWords();
  return (
    <fieldset className="flex min-w-0 flex-col gap-0.5">
      <legend className="mb-1 text-small font-medium text-ink-soft">{title}</legend>
      {kinds.map((kind) => (
        <Checkbox key={kind} checked={chosen.includes(kind)} onChange={() => onToggle(kind)} words={wordsOf(kind)} />
      ))}
    </fieldset>
  );
}
