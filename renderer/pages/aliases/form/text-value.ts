import { useState } from "react";

/**
 * The text of a field whose value is no text. It stays as it is typed, until the value becomes another one from elsewhere.
 *
 * @param write the value's text
 * @param read what a text means
 */
export function useTextValue<Value>(
  value: Value,
  {
    write,
    read,
    onChange,
  }: { readonly write: (value: Value) => string; readonly read: (text: string) => Value; readonly onChange: (value: Value) => void },
): readonly [string, (text: string) => void] {
  const [state, setState] = useState({ text: write(value), shown: write(value) });
  const current = write(value);
  if (current !== state.shown) {
    const kept = write(read(state.text)) === current ? state.text : current;
    setState({ text: kept, shown: current });
  }
  return [
    state.text,
    (text) => {
      const next = read(text);
      setState({ text, shown: write(next) });
      onChange(next);
    },
  ];
}

/** A number as a person types it; undefined for an empty text, NaN for what is none. */
export function readNumber(text: string): number | undefined {
  const clean = text.trim().replace(",", ".");
  return clean === "" ? undefined : Number(clean);
}

/** `429, 500`, as the form writes a list of statuses. */
export function writeStatuses(statuses: readonly number[] | undefined): string {
  return statuses?.join(", ") ?? "";
}

/** A list of statuses; undefined for an empty text. What is no number becomes NaN, and is refused where it stands. */
export function readStatuses(text: string): number[] | undefined {
  const words = text.split(/[\s,;]+/).filter((word) => word !== "");
  return words.length === 0 ? undefined : words.map(Number);
}

/** A parameter's value as JSON where it is some, else as the text that it is. */
export function readParameter(text: string): unknown {
  const clean = text.trim();
  if (!/^(?:-?\d|true$|false$|null$|["[{])/.test(clean)) return text;
  try {
    return JSON.parse(clean) as unknown;
  } catch {
    return text;
  }
}

/** A parameter's value as {@link readParameter} reads it back. */
export function writeParameter(value: unknown): string {
  return typeof value === "string" && readParameter(value) === value ? value : JSON.stringify(value);
}
