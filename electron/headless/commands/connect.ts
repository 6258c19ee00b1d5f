import { read } from "read";
import type { AdminClient } from "#shared/contract/client.ts";
import { type ConnectionPreview, keyPlaceholder, shells, type ToolGuide, type ToolInfo } from "#shared/contract/connect.ts";
import { permissionsSchema } from "#shared/schema/grant.ts";
import { openDataFolder } from "../../host/data-folder.ts";
import { withAdmin } from "../admin-client.ts";
import { ExitError } from "../exit-error.ts";
import { type Command, type CommandInput, commonOptions, textOption } from "./command.ts";
import { print } from "./print.ts";

/** `postern connect`: changes a tool's own config file so that it calls here, once that was shown; and undoes it. */
export const connectCommand: Command = {
  usage: `postern connect [tool] [--model ALIAS] [--yes | --undo | --print ${shells.join("|")}]`,
  summary: [
    "Leads a tool here for good: shows what would change in its config file, changes it, and can undo that. Without a tool, lists them.",
    "",
    "  --model ALIAS   the alias or @provider/model that the tool is to ask for",
    "  --yes           changes the file without asking",
    "  --undo          makes the files what they were before, byte for byte",
    "  --print SHELL   prints what to type instead, and changes nothing",
    "",
    'A tool that has a key already gets a new one. To start a tool without changing its files, see "postern run --help".',
  ].join("\n"),
  options: {
    ...commonOptions,
    model: { type: "string" },
    yes: { type: "boolean" },
    undo: { type: "boolean" },
    print: { type: "string" },
  },
  async run(input) {
    const [tool, ...more] = input.words;
    if (more.length > 0) throw new ExitError(2, `Usage: ${connectCommand.usage}`);
    const dataFolder = openDataFolder(textOption(input, "data-dir"), process.env);
    return withAdmin(dataFolder, async (call) => {
      if (tool === undefined) {
        print(input, await call("listTools", {}), ({ tools }) => tools.map(describeTool).join("\n"));
        return 0;
      }
      if (input.values["undo"] === true) {
        const connection = await call("undoConnection", { parameters: { tool } });
        print(input, connection, () => `The files of ${tool} are what they were before.`);
        return 0;
      }
      const model = textOption(input, "model");
      const guide = await call("getTool", { parameters: { tool }, query: model === undefined ? {} : { model } });
      const shell = textOption(input, "print");
      return shell === undefined ? connect(input, call, { guide, model: model ?? null }) : printSnippet(input, guide, shell);
    });
  },
};

async function connect(
  input: CommandInput,
  call: AdminClient,
  { guide, model }: { guide: ToolGuide; model: string | null },
): Promise<number> {
  if (guide.reach.why !== null) process.stderr.write(`${guide.reach.why}\n\n`);
  if (guide.reach.state === "none") return 1;
  if (guide.files.length === 0) {
    print(input, guide, () => describeByHand(guide));
    return 0;
  }
  const parameters = { tool: guide.id };
  const preview = await call("previewConnection", { parameters, body: { model } });
  process.stderr.write(`${shown(describeChange(preview))}\n`);
  if (input.values["yes"] !== true && !(await isAgreed())) {
    throw new ExitError(1, "Nothing was changed; add --yes to change it");
  }
  const key = preview.needsKey ? await makeKey(call, guide.grantName) : null;
  const connection = await call("applyConnection", { parameters, body: { model, plan: preview.plan, key } });
  print(input, connection, ({ files }) =>
    [`${guide.name} is connected: ${files.join(", ")}`, ...guide.steps, `To undo it: postern connect ${guide.id} --undo`].join("\n"),
  );
  return 0;
}

async function makeKey(call: AdminClient, name: string): Promise<string> {
  const { grants } = await call("listGrants", {});
  if (grants.every((grant) => grant.name !== name)) {
    return (await call("addGrant", { body: { name, permissions: permissionsSchema.parse({}) } })).key;
  }
  process.stderr.write(`"${name}" gets a new key; the one that it had has stopped.\n`);
  return (await call("replaceGrantKey", { parameters: { grant: name } })).key;
}

async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const answer = await read({ prompt: "Change it? [y/N] ", output: process.stderr });
  return /^y(?:es)?$/i.test(answer.trim());
}

function printSnippet(input: CommandInput, guide: ToolGuide, shell: string): number {
  const snippet = guide.snippets.find((one) => one.shell === shell);
  if (snippet === undefined) {
    throw new ExitError(
      shells.some((one) => one === shell) ? 1 : 2,
      guide.snippets.length === 0
        ? `Cannot print the environment of ${guide.name}: it reads none`
        : `Cannot print for "${shell.slice(0, 40)}": it is not one of ${shells.join(", ")}`,
    );
  }
  print(input, snippet, ({ text }) => text.trimEnd());
  process.stderr.write(`\nIts key stands where ${keyPlaceholder} is: "postern grant ${guide.grantName}" makes one.\n`);
  return 0;
}

function describeTool({ id, name, found, connection, reach }: ToolInfo): string {
  const facts = [
    name,
    ...(found === null ? [] : [found.version === null ? found.path : `${found.path} (${found.version})`]),
    ...(connection.state === "none"
      ? []
      : [{ applied: "connected", changed: "its file was changed since", moved: "has an old address" }[connection.state]]),
    ...(reach.state === "none" ? ["cannot call this machine"] : []),
  ];
  return `${id.padEnd(14)} ${facts.join("; ")}`;
}

function describeByHand({ name, steps, code, snippets }: ToolGuide): string {
  const lines = [...steps, ...code.flatMap(({ title, text }) => ["", `${title}:`, "", text.trimEnd()])];
  if (lines.length > 0) return [`${name} has no file that Postern can change:`, ...lines].join("\n");
  return `${name} has no file that Postern can change:\n${snippets.find(({ shell }) => shell === "posix")?.text ?? ""}`;
}

function describeChange({ files }: ConnectionPreview): string {
  const marks = { same: " ", added: "+", removed: "-" } as const;
  return files
    .map(({ path, isNew, isUnchanged, hunks }) => {
      const lines = hunks.flatMap((hunk) => hunk.lines.map(({ kind, text }) => `${marks[kind]} ${text}`));
      return [`${path}${isNew ? " (new)" : isUnchanged ? " (says so already)" : ""}`, ...lines, ""].join("\n");
    })
    .join("\n");
}

/** What stands in somebody's file may not steer the terminal. */
function shown(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, "?");
}
