import { useCallback, useMemo, useState } from "react";
import type { StoredConfig } from "#shared/schema/routing.ts";
import { checkText, type Finding, type Surroundings } from "./check-text.ts";
import { adoptIds } from "./nodes.ts";

/** A config under change, as the form and as the text have it. */
export interface Draft {
  /** The last that the form can show. */
  readonly config: StoredConfig;
  /** What the JSON side shows. */
  readonly text: string;
  /** Grows whenever the text changes otherwise than by being typed. */
  readonly textVersion: number;
  /** What is wrong with the text; empty where it can be saved. */
  readonly findings: readonly Finding[];
  /** Whether the text says what the form cannot show: then the form waits. */
  readonly isTextAhead: boolean;
  /** Whether it differs from what it began with. */
  readonly isChanged: boolean;
  /** The form's change. */
  readonly change: (config: StoredConfig) => void;
  /** The text's change. */
  readonly write: (text: string) => void;
  /** Begins anew with what is stored. */
  readonly reset: (config: StoredConfig) => void;
  /** Takes back what the text says and the form does not. */
  readonly dropText: () => void;
}

interface State {
  readonly base: string;
  readonly config: StoredConfig;
  readonly text: string;
  readonly textVersion: number;
  readonly isTextAhead: boolean;
}

/** A config's JSON, as people like to read it. */
export function writeConfig(config: StoredConfig): string {
  return JSON.stringify(config, null, 2);
}

/** Whether two configs say the same, whatever the order of their members. */
export function saysTheSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

/** Keeps one draft that two sides change. A text that is no good stays as it is, and the form keeps the last good one. */
export function useDraft(initial: StoredConfig, surroundings: Surroundings): Draft {
  const [state, setState] = useState<State>(() => begin(initial));
  const { text } = state;
  const { findings } = useMemo(() => checkText(text, surroundings), [text, surroundings]);
  const change = useCallback(
    (config: StoredConfig) =>
      setState((former) => ({ ...former, config, text: writeConfig(config), textVersion: former.textVersion + 1, isTextAhead: false })),
    [],
  );
  const write = useCallback(
    (next: string) => {
      const { config } = checkText(next, surroundings);
      setState((former) => {
        if (config === null) return { ...former, text: next, isTextAhead: next !== writeConfig(former.config) };
        if (saysTheSame(config, former.config)) return { ...former, text: next, isTextAhead: false };
        adoptIds(former.config, config);
        return { ...former, config, text: next, isTextAhead: false };
      });
    },
    [surroundings],
  );
  const reset = useCallback(
    (config: StoredConfig) =>
      setState((former) => {
        adoptIds(former.config, config);
        return { ...begin(config), textVersion: former.textVersion + 1 };
      }),
    [],
  );
  const dropText = useCallback(
    () => setState((former) => ({ ...former, text: writeConfig(former.config), textVersion: former.textVersion + 1, isTextAhead: false })),
    [],
  );
  const isChanged = state.isTextAhead || canonical(state.config) !== state.base;
  return {
    config: state.config,
    text,
    textVersion: state.textVersion,
    findings,
    isTextAhead: state.isTextAhead,
    isChanged,
    change,
    write,
    reset,
    dropText,
  };
}

function begin(config: StoredConfig): State {
  return { base: canonical(config), config, text: writeConfig(config), textVersion: 0, isTextAhead: false };
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}
