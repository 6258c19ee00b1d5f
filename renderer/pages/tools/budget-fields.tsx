import { Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../../parts/button.tsx";
import { Select } from "../../parts/select.tsx";
import { Field, Input } from "../../parts/fields.tsx";
import { useText } from "../../text/texts.ts";
import type { BudgetDraft } from "./grant-draft.ts";

const mostBudgets = 6;

interface BudgetFieldsProps {
  readonly budgets: readonly BudgetDraft[];
  readonly onChange: (budgets: readonly BudgetDraft[]) => void;
  /** Whether amounts that are none are marked. */
  readonly isChecked: boolean;
}

/** The budgets of a key: a row each. */
export function BudgetFields({ budgets, onChange, isChecked }: BudgetFieldsProps): ReactNode {
  const say = useText("tools");
  const set = (id: number, change: Partial<BudgetDraft>): void =>
    onChange(budgets.map((budget) => (budget.id === id ? { ...budget, ...change } : budget)));
  const add = (): void =>
    onChange([
      ...budgets,
      { id: 1 + Math.max(0, ...budgets.map(({ id }) => id)), amount: "5", unit: "usd", per: budgets.length === 0 ? "day" : "month" },
    ]);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-small font-medium text-ink-soft">{say("budgets")}</legend>
      {budgets.map((budget) => (
        <div key={budget.id} className="flex items-start gap-2">
          <Field
            label={say("budgetAmount")}
            isLabelHidden
            className="w-28"
            error={isChecked && !(Number(budget.amount.replace(",", ".")) > 0) ? say("amountWrong") : null}
          >
            <Input inputMode="decimal" value={budget.amount} onChange={(event) => set(budget.id, { amount: event.currentTarget.value })} />
          </Field>
          <Select
            label={say("budgetUnit")}
            value={budget.unit}
            className="!w-36"
            choices={[
              { value: "usd", words: say("unitUsd") },
              { value: "tokens", words: say("unitTokens") },
            ]}
            onChange={(unit) => set(budget.id, { unit })}
          />
          <Select
            label={say("budgetPeriod")}
            value={budget.per}
            className="!w-32"
            choices={[
              { value: "day", words: say("perDay") },
              { value: "week", words: say("perWeek") },
              { value: "month", words: say("perMonth") },
            ]}
            onChange={(per) => set(budget.id, { per })}
          />
          <IconButton
            label={say("removeBudget")}
            icon={<Trash2 className="size-4" />}
            onClick={() => onChange(budgets.filter(({ id }) => id !== budget.id))}
          />
        </div>
      ))}
      <div>
        <Button size="small" icon={<Plus className="size-4" />} disabled={budgets.length >= mostBudgets} onClick={add}>
          {say("addBudget")}
        </Button>
      </div>
      <p className="text-small text-ink-muted">{say("budgetsHelp")}</p>
    </fieldset>
  );
}
