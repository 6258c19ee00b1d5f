import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Checkbox, Segmented } from "../../parts/choices.tsx";
import { Select } from "../../parts/select.tsx";
import { Field, Input, TextArea } from "../../parts/fields.tsx";
import { useAdmin } from "../../data/queries.ts";
import { formatDay } from "../../text/format.ts";
import { useText } from "../../text/texts.ts";
import { BudgetFields } from "./budget-fields.tsx";
import { endpointNames } from "./describe-permissions.ts";
import type { DraftProblem, Expiry, GrantDraft } from "./grant-draft.ts";
import { NamesField } from "./names-field.tsx";

interface GrantFormProps {
  readonly draft: GrantDraft;
  readonly onChange: (draft: GrantDraft) => void;
  /** What is wrong, once somebody tried to save it. */
  readonly problems: ReadonlySet<DraftProblem>;
}

const mostSuggestions = 8;

/** What a key may do, as fields. The name is first, since it is what one looks for later. */
export function GrantForm({ draft, onChange, problems }: GrantFormProps): ReactNode {
  const say = useText("tools");
  const aliases = useAdmin("listAliases", {}).data?.aliases ?? [];
  const set = (change: Partial<GrantDraft>): void => onChange({ ...draft, ...change });
  const own = aliases.toSorted((one, other) => Number(one.source === "shipped") - Number(other.source === "shipped"));
  const expiries: readonly { value: Expiry; words: string }[] = [
    { value: "never", words: say("expiryNever") },
    ...(draft.rest.expiresAtMs === null
      ? []
      : [{ value: "kept" as const, words: say("expiryKept", { day: formatDay(draft.rest.expiresAtMs) }) }]),
    { value: "1", words: say("expiryDay") },
    { value: "7", words: say("expiryWeek") },
    { value: "30", words: say("expiryMonth") },
    { value: "90", words: say("expiryQuarter") },
  ];
  return (
    <div className="flex flex-col gap-6">
      <Field label={say("fieldName")} help={say("nameHelp")} error={problems.has("name") ? say("nameMissing") : null}>
        <Input value={draft.name} maxLength={64} onChange={(event) => set({ name: event.currentTarget.value })} />
      </Field>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 text-small font-medium text-ink-soft">{say("models")}</legend>
        <div>
          <Segmented
            label={say("models")}
            value={draft.models === null ? "any" : "some"}
            choices={[
              { value: "any", words: say("modelsAny") },
              { value: "some", words: say("modelsSome") },
            ]}
            onChange={(value) => set({ models: value === "any" ? null : (draft.models ?? []) })}
          />
        </div>
        {draft.models === null ? null : (
          <NamesField
            label={say("addModel")}
            isLabelHidden
            help={say("modelsHelp")}
            placeholder={say("addModel")}
            error={problems.has("models") ? say("modelsMissing") : null}
            names={draft.models}
            onChange={(models) => set({ models })}
            suggestions={own.slice(0, mostSuggestions).map(({ name }) => name)}
          />
        )}
      </fieldset>
      <BudgetFields budgets={draft.budgets} onChange={(budgets) => set({ budgets })} isChecked={problems.has("budgets")} />
      <div className="grid grid-cols-2 gap-4">
        <Field label={say("rate")} error={problems.has("rate") ? say("amountWrong") : null}>
          <Input
            inputMode="numeric"
            placeholder={say("noLimit")}
            value={draft.requestsPerMinute}
            onChange={(event) => set({ requestsPerMinute: event.currentTarget.value })}
          />
        </Field>
        <Field label={say("expiry")}>
          <Select value={draft.expiry} choices={expiries} onChange={(expiry) => set({ expiry })} />
        </Field>
      </div>
      <details className="group rounded-card border border-line">
        <summary className="flex min-h-9 cursor-pointer list-none items-center gap-2 rounded-card px-3 font-medium text-ink-soft hover:bg-hover">
          <ChevronRight aria-hidden="true" className="size-4 transition-transform group-open:rotate-90" />
          {say("moreLimits")}
        </summary>
        <div className="flex flex-col gap-5 border-t border-line p-3">
          <Endpoints draft={draft} set={set} />
          <NamesField
            label={say("providers")}
            help={say("providersHelp")}
            names={draft.providers}
            onChange={(providers) => set({ providers })}
          />
          <Field label={say("tokenRate")} error={problems.has("tokenRate") ? say("amountWrong") : null}>
            <Input
              inputMode="numeric"
              placeholder={say("noLimit")}
              value={draft.tokensPerMinute}
              onChange={(event) => set({ tokensPerMinute: event.currentTarget.value })}
            />
          </Field>
          <NamesField
            label={say("origins")}
            help={say("originsHelp")}
            error={problems.has("origins") ? say("originWrong") : null}
            names={draft.origins}
            onChange={(origins) => set({ origins })}
          />
          <NamesField
            label={say("hosts")}
            help={say("hostsHelp")}
            error={problems.has("hosts") ? say("originWrong") : null}
            names={draft.hosts}
            onChange={(hosts) => set({ hosts })}
          />
          <Field label={say("note")}>
            <TextArea rows={2} maxLength={1_000} value={draft.note} onChange={(event) => set({ note: event.currentTarget.value })} />
          </Field>
        </div>
      </details>
    </div>
  );
}

function Endpoints({ draft, set }: { readonly draft: GrantDraft; readonly set: (change: Partial<GrantDraft>) => void }): ReactNode {
  const say = useText("tools");
  const chosen = draft.endpoints;
  const usual = endpointNames.filter(({ ids }) => !ids.includes("passthrough") && !ids.includes("metrics")).flatMap(({ ids }) => ids);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-small font-medium text-ink-soft">{say("endpoints")}</legend>
      <div>
        <Segmented
          label={say("endpoints")}
          value={chosen === null ? "any" : "some"}
          choices={[
            { value: "any", words: say("endpointsAny") },
            { value: "some", words: say("endpointsSome") },
          ]}
          onChange={(value) => set({ endpoints: value === "any" ? null : usual })}
        />
      </div>
      {chosen === null ? null : (
        <div className="grid grid-cols-2 gap-x-4">
          {endpointNames.map(({ ids, text }) => (
            <Checkbox
              key={text}
              words={say(text)}
              checked={ids.every((id) => chosen.includes(id))}
              isMixed={ids.some((id) => chosen.includes(id)) && !ids.every((id) => chosen.includes(id))}
              onChange={(checked) =>
                set({ endpoints: checked ? [...new Set([...chosen, ...ids])] : chosen.filter((id) => !ids.includes(id)) })
              }
            />
          ))}
        </div>
      )}
    </fieldset>
  );
}
