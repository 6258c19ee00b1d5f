import { Plus, X } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { Button, IconButton } from "../../../parts/button.tsx";
import { Input } from "../../../parts/fields.tsx";
import { useText } from "../../../text/texts.ts";
import { readParameter, writeParameter } from "./text-value.ts";

interface Row {
  readonly id: number;
  readonly name: string;
  readonly text: string;
}

const usual = [
  "temperature",
  "max_tokens",
  "top_p",
  "reasoning_effort",
  "seed",
  "stop",
  "presence_penalty",
  "frequency_penalty",
  "response_format",
  "tools",
  "user",
];
let newest = 0;

interface ParameterRowsProps {
  /** What the rows are: "Always set". */
  readonly title: string;
  readonly help: string;
  readonly value: Readonly<Record<string, unknown>> | undefined;
  readonly onChange: (value: Record<string, unknown> | undefined) => void;
  /** Texts only, as headers are. */
  readonly isText?: boolean;
  /** Whether the usual parameters of a model are offered as names. */
  readonly hasUsualNames?: boolean;
  readonly add: string;
  readonly error?: string | null;
}

/** Names with values, a row each. A value that is JSON is taken as JSON, and anything else as a text. */
export function ParameterRows({
  title,
  help,
  value,
  onChange,
  isText = false,
  hasUsualNames = false,
  add,
  error,
}: ParameterRowsProps): ReactNode {
  const say = useText("aliases");
  const listId = useId();
  const known = JSON.stringify(value ?? {});
  const [state, setState] = useState(() => ({ known, rows: rowsOf(value) }));
  // The JSON side changed it.
  if (known !== state.known) setState({ known, rows: rowsOf(value) });

  function setRows(rows: readonly Row[]): void {
    const entries = rows.flatMap(({ name, text }) =>
      name.trim() === "" ? [] : [[name.trim(), isText ? text : readParameter(text)] as const],
    );
    const next = entries.length === 0 ? undefined : Object.fromEntries(entries);
    setState({ known: JSON.stringify(next ?? {}), rows: [...rows] });
    onChange(next);
  }

  return (
    <fieldset className="min-w-0">
      <legend className="text-small font-medium text-ink-soft">{title}</legend>
      <p className="mt-0.5 mb-2 text-small text-ink-muted">{help}</p>
      <div className="flex flex-col gap-2">
        {state.rows.map((row, index) => {
          const setRow = (change: Partial<Row>): void =>
            setRows(state.rows.map((one) => (one.id === row.id ? { ...one, ...change } : one)));
          return (
            <div key={row.id} className="flex items-center gap-2">
              <Input
                aria-label={say("parameterName", { number: index + 1 })}
                placeholder={say("name")}
                list={hasUsualNames ? listId : undefined}
                value={row.name}
                onChange={(event) => setRow({ name: event.target.value })}
                className="font-mono !text-small"
              />
              <Input
                aria-label={say("parameterValue", { number: index + 1 })}
                placeholder={say("value")}
                value={row.text}
                onChange={(event) => setRow({ text: event.target.value })}
                className="font-mono !text-small"
              />
              <IconButton
                size="small"
                label={say("removeParameter", { name: row.name || String(index + 1) })}
                icon={<X aria-hidden="true" className="size-4" />}
                onClick={() => setRows(state.rows.filter((one) => one.id !== row.id))}
              />
            </div>
          );
        })}
        <div>
          <Button
            size="small"
            kind="quiet"
            icon={<Plus aria-hidden="true" className="size-4" />}
            onClick={() => setState({ ...state, rows: [...state.rows, { id: ++newest, name: "", text: "" }] })}
            className="-ml-2.5"
          >
            {add}
          </Button>
        </div>
      </div>
      {error === undefined || error === null ? null : <p className="mt-1 text-small text-bad">{error}</p>}
      {!hasUsualNames ? null : (
        <datalist id={listId}>
          {usual.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      )}
    </fieldset>
  );
}

function rowsOf(value: Readonly<Record<string, unknown>> | undefined): Row[] {
  return Object.entries(value ?? {}).map(([name, member]) => ({ id: ++newest, name, text: writeParameter(member) }));
}
