import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Run, runSchema } from "#shared/contract/runs.ts";
import { type Tool, tools, type ToolStart } from "#shared/tools.ts";
import { withRunning } from "../admin-client.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { ExitError } from "../exit-error.ts";
import { type Command, textOption } from "./command.ts";

const names = tools.map(({ name }) => name);
const retryMs = 1_000;

/** `postern run`: starts a tool with the environment that points it here. */
export const runCommand: Command = {
  usage: `postern run <${names.join(" | ")}> [--model ALIAS] [--data-dir DIR] [-- ARGUMENTS]`,
  summary: [
    "Starts a tool that calls Postern, with a local key of its own that ends when the tool does. None of the tool's files are changed.",
    "",
    "  --model ALIAS   the alias or @provider/model that it uses, where it can be told by its environment",
    "  --              what stands behind goes to the tool as it is",
    "",
    "llm gets a user folder of Postern's, since its models stand in a file there.",
  ].join("\n"),
  options: { "data-dir": { type: "string" }, model: { type: "string" } },
  async run(input) {
    const [name, ...words] = input.words;
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) {
      throw new ExitError(
        2,
        name === undefined ? `Usage: ${runCommand.usage}` : `Cannot run "${name.slice(0, 40)}": it is not one of ${names.join(", ")}`,
      );
    }
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    const model = textOption(input, "model") ?? null;
    const run = await holdRun(dataFolder, tool.name);
    try {
      if (model !== null) await checkModel(dataFolder, model);
      const folder = path.join(dataFolder, "tools", tool.name);
      const start = tool.start({ ...run.facts, model, folder });
      for (const [file, text] of Object.entries(start.files ?? {})) {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(path.join(folder, file), text, { mode: 0o600 });
      }
      return await untilExit(startTool(tool, start, words), tool);
    } finally {
      run.release();
    }
  },
};

/** A run's key, held for as long as this process lives or until it is released. */
async function holdRun(dataFolder: string, tool: string): Promise<{ readonly facts: Run; release(): void }> {
  const abort = new AbortController();
  const opened = await openRun(dataFolder, { tool }, abort.signal);
  if (opened === null) throw new ExitError(1, `Cannot run ${tool}: no Postern is running; start one with "postern serve"`);
  const { key, grantId } = opened.facts;
  void keepRun(dataFolder, { tool, key, grantId }, { reader: opened.reader, signal: abort.signal });
  return { facts: opened.facts, release: () => abort.abort() };
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function openRun(
  dataFolder: string,
  body: { readonly tool: string; readonly key?: string; readonly grantId?: string | null },
  signal: AbortSignal,
): Promise<{ readonly facts: Run; readonly reader: Reader } | null> {
  const response = await withRunning(dataFolder, (call) => call("startRun", { body }, { signal }));
  const reader = response?.body?.getReader();
  if (reader === undefined) return null;
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n\n")) {
    const { done, value } = await reader.read();
    if (done) return null;
    text += decoder.decode(value, { stream: true });
  }
  return { facts: runSchema.parse(JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "null")), reader };
}

/** Where Postern is started anew under the tool, its key is made known again: the tool goes on with it. */
async function keepRun(
  dataFolder: string,
  body: { readonly tool: string; readonly key: string; readonly grantId: string | null },
  held: { readonly reader: Reader; readonly signal: AbortSignal },
): Promise<void> {
  let reader: Reader | null = held.reader;
  while (!held.signal.aborted) {
    try {
      if (reader === null || (await reader.read()).done) {
        await wait(retryMs, undefined, { signal: held.signal, ref: false });
        reader = (await openRun(dataFolder, body, held.signal))?.reader ?? null;
      }
    } catch {
      reader = null;
    }
  }
}

/** A name that leads nowhere is said here, and not by the tool in the middle of its work. */
async function checkModel(dataFolder: string, model: string): Promise<void> {
  await withRunning(dataFolder, (call) => call("explainRoute", { body: { model } }));
}

function startTool(tool: Tool, start: ToolStart, words: readonly string[]): ChildProcess {
  const environment: NodeJS.ProcessEnv = { ...process.env };
  // What is Postern's own, the owner's key and the vault's passphrase among it, is none of the tool's business.
  for (const name of Object.keys(environment)) if (name.startsWith("POSTERN_")) delete environment[name];
  for (const name of start.without ?? []) delete environment[name];
  const shell = process.platform === "win32";
  const given = [...(start.arguments ?? []), ...words];
  return spawn(tool.program, shell ? given.map(quoteForCmd) : given, {
    env: { ...environment, ...start.environment },
    stdio: "inherit",
    // npm's programs are .cmd files on Windows, which only its shell can start.
    shell,
  });
}

function quoteForCmd(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

function untilExit(child: ChildProcess, tool: Tool): Promise<number> {
  // The terminal sends Ctrl+C to both: it is the tool's to answer.
  const pass = (signal: NodeJS.Signals): void => void (signal === "SIGINT" || child.kill(signal));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "ENOENT" ? `there is no program "${tool.program}" on PATH; install it first` : (error.code ?? error.message);
      reject(new ExitError(1, `Cannot run ${tool.name}: ${why}`, { cause: error }));
    });
    child.once("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 128 + (signals[signal] ?? 0))));
  });
}

/** As shells count a program that a signal ended. */
const signals: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
