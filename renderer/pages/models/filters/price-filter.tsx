import type { ReactNode } from "react";
import { Checkbox } from "../../../parts/choices.tsx";
import { formatPerMillion } from "../../../text/format.ts";
import { useText } from "../../../text/texts.ts";
import type { ChangeSearch, ModelsSearch } from "../search.ts";
import { FilterPill } from "./filter-pill.tsx";
import { StepSlider } from "./step-slider.tsx";
import { priceSteps, readPrice } from "./steps.ts";

/** What a model may cost. */
export function PriceFilter({ search, onChange }: { readonly search: ModelsSearch; readonly onChange: ChangeSearch }): ReactNode {
  const say = useText("models");
  const { free, max_price: input, max_output_price: output } = search;
  const bound = (price: number): number | undefined => (Number.isFinite(price) ? price : undefined);
  const format = (price: number): string => (Number.isFinite(price) ? formatPerMillion(price) : say("any"));
  const read = (text: string): number | undefined =>
    text.trim() === "" || text.trim() === say("any") ? Number.POSITIVE_INFINITY : readPrice(text);
  const value = [
    free === true ? say("freeOnly") : "",
    input === undefined ? "" : say("inputAtMost", { amount: formatPerMillion(input) }),
    output === undefined ? "" : say("outputAtMost", { amount: formatPerMillion(output) }),
  ].filter((part) => part !== "");
  return (
    <FilterPill
      label={say("filterPrice")}
      value={value.length === 0 ? null : value.join(", ")}
      onClear={() => onChange({ free: undefined, max_price: undefined, max_output_price: undefined })}
    >
      <div className="flex flex-col gap-3">
        <Checkbox checked={free === true} onChange={(isOn) => onChange({ free: isOn ? true : undefined })} words={say("freeOnlyLong")} />
        <StepSlider
          label={say("mostInput")}
          fieldLabel={say("mostInputTyped")}
          steps={priceSteps}
          value={input ?? Number.POSITIVE_INFINITY}
          format={format}
          read={read}
          onChange={(price) => onChange({ max_price: bound(price) })}
        />
        <StepSlider
          label={say("mostOutput")}
          fieldLabel={say("mostOutputTyped")}
          steps={priceSteps}
          value={output ?? Number.POSITIVE_INFINITY}
          format={format}
          read={read}
          onChange={(price) => onChange({ max_output_price: bound(price) })}
        />
        <p className="text-small text-ink-muted">{say("priceHelp")}</p>
      </div>
    </FilterPill>
  );
}
