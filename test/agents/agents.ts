import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { WriteEvent } from "#core/dialects/chat.ts";
import { callTool } from "../fakes/dialect-provider.ts";

/** Where an agent works, and where it finds Postern. */
export interface AgentPlace {
  /** The folder with the agents' `node_modules`. */
  readonly installed: string;
  /** Its home folder: empty, and thrown away. */
  readonly home: string;
  /** The project that it works on. */
  readonly project: string;
  /** `http://127.0.0.1:PORT` */
  readonly postern: string;
  readonly key: string;
}

/** A coding agent, as a user would start it: pointed at Postern by its own means, and told to ask nobody. */
export interface Agent {
  readonly name: string;
  /** The alias that it asks for; some offer other tools to other models. */
  readonly alias: string;
  /** Writes what it reads at start, and says how it is started. */
  start(
    place: AgentPlace,
    task: string,
  ): { readonly program: string; readonly arguments: readonly string[]; readonly environment: Readonly<Record<string, string>> };
  /** The calls of its own tools that do the task: read a file, write a file, run a command. */
  readonly steps: readonly [
    read: (project: string) => readonly WriteEvent[],
    write: (project: string, text: string) => readonly WriteEvent[],
    run: (command: string) => readonly WriteEvent[],
  ];
}

/** What the task is about. */
export const task = {
  words: "Read notes.txt, write its text in upper case to result.txt, then run `wc -c result.txt` and tell me what it says.",
  noteFile: "notes.txt",
  note: "the gate is open",
  resultFile: "result.txt",
  result: "THE GATE IS OPEN",
  command: "wc -c result.txt",
};

/** Every agent that Postern is tried with. */
export const agents: readonly Agent[] = [
  {
    name: "codex",
    // Known to it as a model with a free-form patch tool.
    alias: "gpt-5.5",
    start({ installed, home, postern, key }, words) {
      const codexHome = path.join(home, ".codex");
      mkdirSync(codexHome, { recursive: true });
      const provider = `{name="Postern",base_url="${postern}/v1",wire_api="responses",env_key="POSTERN_KEY"}`;
      return {
        program: path.join(installed, "node_modules/.bin/codex"),
        arguments: [
          "exec",
          "--skip-git-repo-check",
          "--dangerously-bypass-approvals-and-sandbox",
          "-m",
          "gpt-5.5",
          "-c",
          'model_provider="postern"',
          "-c",
          `model_providers.postern=${provider}`,
          words,
        ],
        environment: { CODEX_HOME: codexHome, POSTERN_KEY: key },
      };
    },
    steps: [
      () => callTool("exec_command", { cmd: `cat ${task.noteFile}` }),
      (_project, text) =>
        callTool("apply_patch", { input: `*** Begin Patch\n*** Add File: ${task.resultFile}\n+${text}\n*** End Patch\n` }),
      (command) => callTool("exec_command", { cmd: command }),
    ],
  },
  {
    name: "claude",
    alias: "agent-model",
    start({ installed, postern, key }, words) {
      return {
        program: path.join(installed, `node_modules/@anthropic-ai/claude-code-${process.platform}-${process.arch}/claude`),
        arguments: ["-p", words, "--model", "agent-model", "--dangerously-skip-permissions"],
        // It refuses that option to root, unless it is told that this is a sandbox.
        environment: {
          ANTHROPIC_BASE_URL: postern,
          ANTHROPIC_AUTH_TOKEN: key,
          IS_SANDBOX: "1",
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
        },
      };
    },
    steps: [
      (project) => callTool("Read", { file_path: path.join(project, task.noteFile) }),
      (project, text) => callTool("Write", { file_path: path.join(project, task.resultFile), content: text }),
      (command) => callTool("Bash", { command, description: "Counts bytes" }),
    ],
  },
  {
    name: "opencode",
    alias: "agent-model",
    start({ installed, project, postern, key }, words) {
      const config = {
        provider: {
          postern: {
            npm: "@ai-sdk/openai-compatible",
            name: "Postern",
            options: { baseURL: `${postern}/v1`, apiKey: key },
            models: { "agent-model": { name: "Agent's model" } },
          },
        },
        model: "postern/agent-model",
        small_model: "postern/agent-model",
        autoupdate: false,
        share: "disabled",
      };
      writeFileSync(path.join(project, "opencode.json"), JSON.stringify(config));
      return {
        program: path.join(installed, `node_modules/opencode-${process.platform}-${process.arch}/bin/opencode`),
        arguments: ["run", words],
        environment: { OPENCODE_DISABLE_AUTOUPDATE: "1" },
      };
    },
    steps: [
      (project) => callTool("read", { filePath: path.join(project, task.noteFile) }),
      (project, text) => callTool("write", { filePath: path.join(project, task.resultFile), content: text }),
      (command) => callTool("bash", { command }),
    ],
  },
  {
    name: "gemini",
    alias: "gemini-2.5-pro",
    start({ installed, home, postern, key }, words) {
      const folder = path.join(home, ".gemini");
      mkdirSync(folder, { recursive: true });
      const settings = {
        security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: false } },
        privacy: { usageStatisticsEnabled: false },
        general: { disableAutoUpdate: true },
      };
      writeFileSync(path.join(folder, "settings.json"), JSON.stringify(settings));
      return {
        program: path.join(installed, "node_modules/.bin/gemini"),
        arguments: ["--yolo", "-m", "gemini-2.5-pro", "-p", words],
        environment: { GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: postern, GEMINI_CLI_TRUST_WORKSPACE: "true" },
      };
    },
    steps: [
      (project) => callTool("read_file", { file_path: path.join(project, task.noteFile) }),
      (project, text) => callTool("write_file", { file_path: path.join(project, task.resultFile), content: text }),
      (command) => callTool("run_shell_command", { command, description: "Counts bytes" }),
    ],
  },
];
