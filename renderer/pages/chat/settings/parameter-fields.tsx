import { type ReactNode, useState } from "react";
import { type ChatParameters, chatParametersSchema } from "#shared/schema/chat.ts";
import { Select } from "../../../parts/select.tsx";
import { Field, Input } from "../../../parts/fields.tsx";
import { useText } from "../../../text/texts.ts";

const numbers = [
  { name: "temperature", step: 0.1, placeholder: "0 – 2" },
  { name: "topP", step: 0.05, placeholder: "0 – 1" },
  { name: "maxTokens", step: 1, placeholder: "" },
  { name: "frequencyPenalty", step: 0.1, placeholder: "-2 – 2" },
  { name: "presencePenalty", step: 0.1, placeholder: "-2 – 2" },
  { name: "seed", step: 1, placeholder: "" },
] as const;

const efforts = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;

/** What a model is asked to do differently; what is left empty is the model's own default. */
export function ParameterFields({
  parameters,
  onChange,
}: {
  readonly parameters: ChatParameters;
  readonly onChange: (parameters: ChatParameters) => void;
}): ReactNode {
  const say = useText("chat");
  function put(name: keyof ChatParameters, value: unknown): void {
    const { [name]: _former, ...others } = parameters;
    onChange(value === undefined ? others : chatParametersSchema.parse({ ...others, [name]: value }));
  }
  return (
    <div className="grid grid-cols-2 gap-x-4 gap-y-3">
      {numbers.map(({ name, step, placeholder }) => (
        <NumberField
          key={name}
          label={say(name)}
          help={say(`${name}Help`)}
          step={step}
          placeholder={placeholder}
          value={parameters[name]}
          isRight={(value) => chatParametersSchema.shape[name].safeParse(value).success}
          onChange={(value) => put(name, value)}
        />
      ))}
      <Field label={say("reasoningEffort")} help={say("reasoningEffortHelp")}>
        <Select
          value={parameters.reasoningEffort ?? "default"}
          choices={[{ value: "default", words: say("byDefault") }, ...efforts.map((value) => ({ value, words: say(`effort_${value}`) }))]}
          onChange={(value) => put("reasoningEffort", value === "default" ? undefined : value)}
        />
      </Field>
      <Field label={say("stopWords")} help={say("stopWordsHelp")}>
        <Input
          value={(parameters.stop ?? []).join(", ")}
          onChange={(event) => {
            const words = event.currentTarget.value
              .split(",")
              .map((word) => word.trimStart())
              .filter((word) => word !== "")
              .slice(0, 4);
            put("stop", words.length === 0 ? undefined : words);
          }}
        />
      </Field>
    </div>
  );
}

function NumberField({
  label,
  help,
  step,
  placeholder,
  value,
  isRight,
  onChange,
}: {
  readonly label: string;
  readonly help: string;
  readonly step: number;
  readonly placeholder: string;
  readonly value: number | undefined;
  readonly isRight: (value: number) => boolean;
  readonly onChange: (value: number | undefined) => void;
}): ReactNode {
  const say = useText("chat");
  const [text, setText] = useState(value === undefined ? "" : String(value));
  const [known, setKnown] = useState(value);
  // A preset has changed it from outside.
  if (known !== value) {
    setKnown(value);
    setText(value === undefined ? "" : String(value));
  }
  const number = Number(text);
  const isWrong = text.trim() !== "" && !isRight(number);
  return (
    <Field label={label} help={help} error={isWrong ? say("outOfRange") : null}>
      <Input
        inputMode="decimal"
        placeholder={placeholder === "" ? say("byDefault") : placeholder}
        value={text}
        onChange={(event) => {
          const next = event.currentTarget.value;
          setText(next);
          const read = next.trim() === "" ? undefined : Number(next);
          if (read !== undefined && !isRight(read)) return;
          setKnown(read);
          onChange(read);
        }}
        onKeyDown={(event) => {
          if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
          event.preventDefault();
          const next = Math.round(((Number.isNaN(number) ? 0 : number) + (event.key === "ArrowUp" ? step : -step)) * 100) / 100;
          if (isRight(next)) onChange(next);
        }}
      />
    </Field>
  );
}
