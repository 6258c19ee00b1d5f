import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { commands } from "./commands/index.ts";
import { describeFailure, ExitError } from "./exit-error.ts";

// Nothing that this process makes is anybody else's to read.
process.umask(0o077);

// Whoever read the output may leave (`serve 2>&1 | head -1`); without a listener the next word to them would end the process.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// What V8 compiled is kept beside the program, where only who installed it can write, and found again at the next start.
// Where that cannot be written, nothing is kept and nothing is lost.
const besideProgram = import.meta.url.endsWith(".ts") ? "../../node_modules/.cache/postern" : "./.cache";
enableCompileCache(fileURLToPath(new URL(besideProgram, import.meta.url)));

const [name, ...rest] = process.argv.slice(2);
try {
  process.exitCode = await runCommand(name, rest);
} catch (error) {
  process.stderr.write(`${describeFailure(error)}\n`);
  process.exitCode = error instanceof ExitError ? error.exitCode : 1;
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
