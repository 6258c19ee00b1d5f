import type { ParseArgsConfig } from "node:util";

/** What was typed behind a command's name. */
export interface CommandInput {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly words: readonly string[];
}

/** One command of `postern`. */
export interface Command {
  /** `postern keys add <provider> [--name NAME]` */
  readonly usage: string;
  /** What it does; the first line stands in the overview. */
  readonly summary: string;
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** @returns the exit code */
  run(input: CommandInput): Promise<number>;
}

/** The options of every command that talks to an instance. */
export const commonOptions = {
  "data-dir": { type: "string" },
  json: { type: "boolean" },
} as const satisfies Command["options"];

/** A text option, or undefined where it was not given. */
export function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.values[name];
  return typeof value === "string" ? value : undefined;
}
