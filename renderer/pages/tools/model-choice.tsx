import { type ReactNode, useState } from "react";
import { connectedModelSchema } from "#shared/contract/connect.ts";
import { useAdmin } from "../../data/queries.ts";
import { Select } from "../../parts/select.tsx";
import { Field, Input } from "../../parts/fields.tsx";
import { useText } from "../../text/texts.ts";

interface ModelChoiceProps {
  /** Null lets the tool choose, or stands for none yet. */
  readonly model: string | null;
  readonly needsModel: boolean;
  readonly onChange: (model: string | null) => void;
}

// No model's name begins with a colon.
const toolsOwn = ":tool";
const other = ":other";

/** What the tool is to ask for: an alias, or any model by its name. */
export function ModelChoice({ model, needsModel, onChange }: ModelChoiceProps): ReactNode {
  const say = useText("tools");
  const aliases = useAdmin("listAliases", {}).data?.aliases ?? [];
  const names = aliases
    .toSorted((one, next) => Number(one.source === "shipped") - Number(next.source === "shipped"))
    .map(({ name }) => name);
  const [typed, setTyped] = useState<string | null>(null);
  const isWrong = typed !== null && typed.trim() !== "" && !connectedModelSchema.safeParse(typed.trim()).success;
  return (
    <div className="flex flex-wrap items-start gap-3">
      <Select
        label={say("stepModel")}
        className="!w-72"
        placeholder={say("modelChoose")}
        value={typed !== null ? other : (model ?? (needsModel ? null : toolsOwn))}
        choices={[
          ...(needsModel ? [] : [{ value: toolsOwn, words: say("modelTool") }]),
          ...[...names, ...(model === null || typed !== null || names.includes(model) ? [] : [model])].map((name) => ({
            value: name,
            words: name,
          })),
          { value: other, words: say("modelOther") },
        ]}
        onChange={(value) => {
          setTyped(value === other ? "" : null);
          if (value !== other) onChange(value === toolsOwn ? null : value);
        }}
      />
      {typed === null ? null : (
        <Field label={say("modelName")} isLabelHidden className="w-72" error={isWrong ? say("modelWrong") : null}>
          <Input
            autoFocus
            placeholder="@openai/gpt-5"
            value={typed}
            onChange={(event) => {
              const text = event.currentTarget.value;
              setTyped(text);
              const read = connectedModelSchema.safeParse(text.trim());
              onChange(read.success ? read.data : null);
            }}
          />
        </Field>
      )}
    </div>
  );
}
