import { KeyRound, Star } from "lucide-react";
import { memo, type ReactNode } from "react";
import { Button } from "../../../parts/button.tsx";
import { Checkbox } from "../../../parts/choices.tsx";
import { formatContext } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import { abilities } from "../catalog/abilities.tsx";
import type { ModelCatalog } from "../catalog/model-catalog.ts";
import { type ChangeSearch, isFiltered, type ModelsSearch, noFilters, readAbilities, readWords, toggled, writeWords } from "../search.ts";
import { FilterPill, TogglePill } from "./filter-pill.tsx";
import { ModalityFilter } from "./modality-filter.tsx";
import { NameList } from "./name-list.tsx";
import { PriceFilter } from "./price-filter.tsx";
import { StepSlider } from "./step-slider.tsx";
import { contextSteps, readTokens } from "./steps.ts";

interface FilterProps {
  readonly search: ModelsSearch;
  readonly catalog: ModelCatalog | undefined;
  readonly onChange: ChangeSearch;
}

/** Every filter as a pill, those that are used with their values. All of them stand in the URL. */
export const FilterBar = memo(function FilterBar({ search, catalog, onChange }: FilterProps): ReactNode {
  const say = useText("models");
  return (
    <div role="group" aria-label={say("filters")} className="flex flex-wrap items-center gap-1.5">
      <TogglePill
        label={say("favourites")}
        icon={<Star aria-hidden="true" className="size-3.5" />}
        isOn={search.favourites === true}
        onChange={(isOn) => onChange({ favourites: isOn ? true : undefined })}
      />
      <TogglePill
        label={say("callable")}
        icon={<KeyRound aria-hidden="true" className="size-3.5" />}
        isOn={search.callable === true}
        onChange={(isOn) => onChange({ callable: isOn ? true : undefined })}
      />
      <AbilityFilter search={search} onChange={onChange} />
      <ModalityFilter search={search} modalities={catalog?.modalities ?? []} onChange={onChange} />
      <ContextFilter search={search} onChange={onChange} />
      <PriceFilter search={search} onChange={onChange} />
      <MakerFilter search={search} catalog={catalog} onChange={onChange} />
      <ProviderFilter search={search} catalog={catalog} onChange={onChange} />
      {isFiltered(search) ? (
        <Button kind="quiet" size="small" onClick={() => onChange({ ...noFilters, text: search.text })}>
          {say("clearFilters")}
        </Button>
      ) : null}
    </div>
  );
});

function AbilityFilter({ search, onChange }: Omit<FilterProps, "catalog">): ReactNode {
  const say = useText("models");
  const chosen: readonly string[] = readAbilities(search.capabilities);
  const isChosen = (flag: string): boolean => (flag === "openWeights" ? search.open === true : chosen.includes(flag));
  const toggle = (flag: string): void => {
    if (flag === "openWeights") onChange({ open: search.open === true ? undefined : true });
    else onChange({ capabilities: writeWords(toggled(chosen, flag)) });
  };
  const words = abilities.filter(({ flag }) => isChosen(flag)).map((ability) => say(ability.words));
  return (
    <FilterPill
      label={say("filterAbilities")}
      value={words.length === 0 ? null : words.join(", ")}
      onClear={() => onChange({ capabilities: undefined, open: undefined })}
    >
      <div className="flex flex-col gap-1">
        {abilities.map(({ flag, words: name, help, icon: Icon }) => (
          <Checkbox
            key={flag}
            checked={isChosen(flag)}
            onChange={() => toggle(flag)}
            words={
              <span className="flex items-start gap-2 py-0.5">
                <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-ink-muted" strokeWidth={1.75} />
                <span>
                  {say(name)} <span className="block text-small text-ink-muted">{say(help)}</span>
                </span>
              </span>
            }
          />
        ))}
      </div>
    </FilterPill>
  );
}

function ContextFilter({ search, onChange }: Omit<FilterProps, "catalog">): ReactNode {
  const say = useText("models");
  const least = search.min_context;
  const set = (tokens: number): void => onChange({ min_context: tokens === 0 ? undefined : tokens });
  return (
    <FilterPill
      label={say("filterContext")}
      value={least === undefined ? null : say("atLeast", { amount: formatContext(least) })}
      onClear={() => onChange({ min_context: undefined })}
    >
      <StepSlider
        label={say("leastContext")}
        fieldLabel={say("leastContextTyped")}
        steps={contextSteps}
        value={least ?? 0}
        format={(tokens) => (tokens === 0 ? say("any") : formatContext(tokens))}
        read={(text) => (text.trim() === "" || text.trim() === say("any") ? 0 : readTokens(text))}
        onChange={set}
      />
    </FilterPill>
  );
}

function MakerFilter({ search, catalog, onChange }: FilterProps): ReactNode {
  const say = useText("models");
  const chosen = readWords(search.provider);
  return (
    <FilterPill label={say("filterMaker")} value={namesOf(chosen, catalog?.makers)} onClear={() => onChange({ provider: undefined })}>
      <NameList
        label={say("searchMakers")}
        items={catalog?.makers ?? []}
        chosen={chosen}
        onToggle={(id) => onChange({ provider: writeWords(toggled(chosen, id)) })}
      />
    </FilterPill>
  );
}

function ProviderFilter({ search, catalog, onChange }: FilterProps): ReactNode {
  const say = useText("models");
  const chosen = readWords(search.gateway);
  return (
    <FilterPill label={say("filterProvider")} value={namesOf(chosen, catalog?.providers)} onClear={() => onChange({ gateway: undefined })}>
      <NameList
        label={say("searchProviders")}
        items={(catalog?.providers ?? []).map((provider) => ({
          ...provider,
          note: provider.callable ? (
            <>
              <KeyRound aria-hidden="true" className="size-3.5 shrink-0 text-ok" />
              <span className="sr-only">{say("callable")}</span>
            </>
          ) : null,
        }))}
        chosen={chosen}
        onToggle={(id) => onChange({ gateway: writeWords(toggled(chosen, id)) })}
      />
    </FilterPill>
  );
}

function namesOf(ids: readonly string[], known: readonly { readonly id: string; readonly name: string }[] = []): string | null {
  return ids.length === 0 ? null : ids.map((id) => known.find((one) => one.id === id)?.name ?? id).join(", ");
}
