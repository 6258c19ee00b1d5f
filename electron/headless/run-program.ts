import { parseArgs } from "node:util";
import { commands } from "./commands/index.ts";
import { describeFailure, ExitError } from "./exit-error.ts";

/** Whether a word names a command, or asks what there is. */
export function isCommand(word: string | undefined): boolean {
  return word !== undefined && (Object.hasOwn(commands, word) || ["--help", "-h", "help", "--version", "-v"].includes(word));
}

/**
 * Runs the `postern` program with these arguments, and says on stderr what went wrong.
 *
 * @returns the exit code
 */
export async function runProgram(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  try {
    return await runCommand(name, rest);
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    return error instanceof ExitError ? error.exitCode : 1;
  }
}

async function runCommand(command: string | undefined, args: readonly string[]): Promise<number> {
  if (command === undefined || command === "--help" || command === "-h" || command === "help") {
    process.stdout.write(await overview());
    return command === undefined ? 2 : 0;
  }
  if (command === "--version" || command === "-v") {
    const { version } = await import("#shared/version.ts");
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const found = Object.hasOwn(commands, command) ? await commands[command]?.() : undefined;
  if (found === undefined) throw new ExitError(2, `Cannot run "${command}": there is no such command; see "postern --help"`);
  // Behind "--" stand the words of somebody else's program.
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (own.includes("--help") || own.includes("-h")) {
    process.stdout.write(`${found.usage}\n\n${found.summary}\n`);
    return 0;
  }
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options: found.options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new ExitError(2, `Cannot run "postern ${command}": ${(error as Error).message}\nUsage: ${found.usage}`);
  }
  return found.run({ values: parsed.values, words: parsed.positionals });
}

async function overview(): Promise<string> {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  const lines = all.map(({ usage, summary }) => `  ${usage}\n      ${summary.split("\n")[0] ?? ""}\n`);
  return `Postern: a private gate to every model.\n\n${lines.join("\n")}\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 already taken.\n`;
}
