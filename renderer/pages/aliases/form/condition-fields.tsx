import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "../../../parts/button.tsx";
import { Select } from "../../../parts/select.tsx";
import { Input } from "../../../parts/fields.tsx";
import { useText } from "../../../text/texts.ts";
import { type FormOperator, formOperators, type QueryPart, readOperand, writeOperand } from "./query-parts.ts";
import { useTextValue } from "./text-value.ts";

type PlaceKind = "metadata" | "params" | "path";

/** One comparison of a condition: where to look, how to compare, and with what. */
export function ConditionFields({
  part,
  number,
  onChange,
  onRemove,
}: {
  readonly part: QueryPart;
  /** From 1, for screen readers. */
  readonly number: number;
  readonly onChange: (part: QueryPart) => void;
  readonly onRemove: (() => void) | null;
}): ReactNode {
  const say = useText("aliases");
  const kind: PlaceKind = part.place === "url.pathname" ? "path" : part.place.startsWith("params.") ? "params" : "metadata";
  const key = part.place.slice(part.place.indexOf(".") + 1);
  const [operand, setOperand] = useTextValue<unknown>(part.operand, {
    write: (value) => writeOperand({ ...part, operand: value }),
    read: (text) => readOperand(part.operator, text),
    onChange: (value) => onChange({ ...part, operand: value }),
  });
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select<PlaceKind>
        label={say("conditionPlace", { number })}
        value={kind}
        choices={[
          { value: "metadata", words: say("placeMetadata") },
          { value: "params", words: say("placeParams") },
          { value: "path", words: say("placePath") },
        ]}
        onChange={(next) => onChange({ ...part, place: next === "path" ? "url.pathname" : `${next}.${kind === "path" ? "" : key}` })}
        className="!w-36"
      />
      {kind === "path" ? null : (
        <Input
          aria-label={say("conditionKey", { number })}
          placeholder={kind === "params" ? "max_tokens" : "plan"}
          value={key}
          onChange={(event) => onChange({ ...part, place: `${kind}.${event.target.value}` })}
          className="!w-28 flex-1 font-mono !text-small"
        />
      )}
      <Select<FormOperator>
        label={say("conditionOperator", { number })}
        value={part.operator}
        choices={formOperators.map((operator) => ({ value: operator, words: say(`operator-${operator}`) }))}
        onChange={(operator) => onChange({ ...part, operator, operand: readOperand(operator, operand) })}
        className="!w-32"
      />
      <Input
        aria-label={say("conditionValue", { number })}
        placeholder={part.operator === "$in" || part.operator === "$nin" ? "a, b, c" : say("value")}
        value={operand}
        onChange={(event) => setOperand(event.target.value)}
        className="!w-28 flex-1 font-mono !text-small"
      />
      {onRemove === null ? null : (
        <IconButton
          size="small"
          label={say("removeComparison", { number })}
          icon={<X aria-hidden="true" className="size-4" />}
          onClick={onRemove}
        />
      )}
    </div>
  );
}
