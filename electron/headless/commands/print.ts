import type { CommandInput } from "./command.ts";

/**
 * Prints a value as JSON where `--json` was given, else in words. Names come from callers, providers and whoever holds a
 * port: nothing of them may steer the terminal.
 */
export function print<Value>(input: CommandInput, value: Value, words: (value: Value) => string): void {
  process.stdout.write(
    `${input.values["json"] === true ? JSON.stringify(value, null, 2) : words(value).replaceAll(/[^\P{Cc}\n\t]/gu, "?")}\n`,
  );
}
