// npm run test:agents [-- NAME...]: coding agents, as npm has them, do a small task through Postern, with a scripted
// provider of each other dialect behind it. Needs the npm registry once, and a gigabyte.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dialects } from "../fakes/dialects.ts";
import type { DialectId } from "#shared/schema/provider.ts";
import { speak } from "../fakes/dialect-provider.ts";
import { startScriptedProvider } from "../fakes/scripted-provider.ts";
import { startPostern } from "../fakes/start-postern.ts";
import { type Agent, agents, task } from "./agents.ts";
import { installAgents } from "./install-agents.ts";
import { workerModel } from "./worker-model.ts";

const taskTimeoutMs = 120_000;
/** The rows that play each dialect, with what they take as a key. */
const providers: Readonly<
  Partial<Record<DialectId, { readonly id: string; readonly environment: Readonly<Record<string, string>>; readonly basePath: string }>>
> = {
  "openai-chat": { id: "cerebras", environment: { CEREBRAS_API_KEY: "csk-scripted-0123456789abcdef" }, basePath: "/v1" },
  "openai-responses": { id: "perplexity-ai", environment: { PERPLEXITY_API_KEY: "pplx-scripted-0123456789abcdef" }, basePath: "/v1" },
  "anthropic-messages": { id: "anthropic", environment: { ANTHROPIC_API_KEY: "sk-ant-scripted-0123456789abcdef" }, basePath: "/v1" },
  "gemini-generate": { id: "google-ai", environment: { GEMINI_API_KEY: "AIzaScripted0123456789abcdef" }, basePath: "/v1beta" },
  "bedrock-converse": { id: "bedrock", environment: { AWS_BEARER_TOKEN_BEDROCK: "ABSKScripted0123456789abcdef" }, basePath: "" },
  "cohere-chat": { id: "cohere", environment: { COHERE_API_KEY: "co-scripted-0123456789abcdef" }, basePath: "/v2" },
};

const wanted = process.argv.slice(2);
const installed = await installAgents();
let failed = 0;
for (const agent of agents.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  for (const dialect of Object.keys(providers) as DialectId[]) {
    const problem = await tryAgent(agent, dialect);
    if (problem !== null) failed++;
    console.log(`${agent.name} with ${dialect}: ${problem ?? "passed"}`);
  }
}
console.log(`${failed === 0 ? "all passed" : `${failed} failed`}`);
process.exitCode = failed === 0 ? 0 : 1;

/** Lets an agent do the task. Returns what went wrong. */
async function tryAgent(agent: Agent, dialect: DialectId): Promise<string | null> {
  const row = providers[dialect];
  if (row === undefined) return null;
  const folder = mkdtempSync(path.join(tmpdir(), "postern-agent-"));
  const project = mkdtempSync(path.join(folder, "project-"));
  const home = mkdtempSync(path.join(folder, "home-"));
  writeFileSync(path.join(project, task.noteFile), `${task.note}\n`);
  await using provider = await startScriptedProvider();
  provider.always(speak(dialects[dialect], workerModel(agent, project)));
  await using postern = await startPostern({
    config: {
      providers: { [row.id]: { baseUrl: provider.origin + row.basePath } },
      aliases: { [agent.alias]: { provider: row.id, model: "scripted-model" } },
    },
    environment: row.environment,
  });
  try {
    const started = agent.start({ installed, home, project, postern: postern.url, key: postern.key }, task.words);
    const printed = await run(started.program, started.arguments, { cwd: project, environment: { HOME: home, ...started.environment } });
    const result = readResult(project);
    if (result !== task.result) return `result.txt holds ${JSON.stringify(result)}; it printed: ${printed.slice(-1_500)}`;
    if (!printed.includes(`It says: `) || !/It says: [^]*1[67] result\.txt/.test(printed))
      return `its last words lack the command's: ${printed.slice(-1_500)}`;
    const refused = provider.problems[0];
    return refused === undefined ? null : `the provider could not read a request: ${refused.message}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readResult(project: string): string | null {
  try {
    return readFileSync(path.join(project, task.resultFile), "utf8").trim();
  } catch {
    return null;
  }
}

function run(
  program: string,
  programArguments: readonly string[],
  { cwd, environment }: { readonly cwd: string; readonly environment: Readonly<Record<string, string>> },
): Promise<string> {
  return new Promise((resolve) => {
    const nodeFolder = path.dirname(process.execPath);
    const child = spawn(program, programArguments, {
      cwd,
      env: { PATH: `${nodeFolder}${path.delimiter}${process.env["PATH"]}`, TERM: "dumb", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: taskTimeoutMs,
      killSignal: "SIGKILL",
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (printed += text));
    child.once("error", (error) => resolve(error.message));
    child.once("close", () => resolve(printed));
  });
}
