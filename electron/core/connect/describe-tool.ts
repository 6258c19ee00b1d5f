import { lstat } from "node:fs/promises";
import { keyPlaceholder, type ToolGuide, type ToolInfo } from "#shared/contract/connect.ts";
import { defaultAliases } from "#shared/schema/default-aliases.ts";
import type { Connector } from "#shared/schema/connector.ts";
import { tools, type ToolStart } from "#shared/tools.ts";
import { fillText, type TemplateValues } from "./fill-template.ts";
import { findConflicts } from "./find-conflicts.ts";
import { pathOfFile } from "./plan-connection.ts";
import type { ToolFolders } from "./tool-folders.ts";
import { writeSnippets } from "./write-snippets.ts";

/** What stands where a model belongs, as long as none was chosen. */
const modelPlaceholder = "YOUR_MODEL";

/** Everything that a person needs to connect a tool by hand, beside how it stands on this machine. */
export async function describeTool(
  connector: Connector,
  target: Omit<TemplateValues, "key">,
  folders: ToolFolders,
): Promise<Omit<ToolGuide, keyof ToolInfo>> {
  const values: TemplateValues = { ...target, key: keyPlaceholder };
  const always: TemplateValues = { ...values, model: target.model ?? modelPlaceholder };
  const fill = (text: string): string => fillText(text, always) ?? text;
  const { command, ...start } = startOf(connector, connector.needsModel ? always : values);
  const paths = connector.files.map((file) => ({ path: pathOfFile(file, folders), format: file.format }));
  const files = await Promise.all(
    paths.flatMap(({ path, format }) => (path === null ? [] : [exists(path).then((found) => ({ path, format, exists: found }))])),
  );
  // What a connection sets itself is no conflict of its own.
  const watched =
    connector.reach.state === "none"
      ? []
      : [...start.without, ...Object.keys(start.environment)].filter((name) => !name.startsWith("POSTERN_"));
  return {
    baseUrl: fill(connector.baseUrl),
    speaks: connector.speaks,
    needsModel: connector.needsModel,
    runCommand:
      connector.run === null
        ? null
        : ["postern run", connector.run, ...(target.model === null ? [] : [`--model ${target.model}`])].join(" "),
    snippets: writeSnippets({ ...start, command }),
    files,
    steps: connector.steps.map(fill),
    code: connector.code.map(({ title, language, text }) => ({ title, language, text: fill(text) })),
    notes: connector.notes.map(fill),
    conflicts: [...(await findConflicts(watched, folders))],
    docs: connector.docs,
    verified: connector.verified,
  };
}

interface StartFacts {
  readonly environment: Readonly<Record<string, string>>;
  readonly without: readonly string[];
  readonly command: readonly string[] | null;
}

/** The environment as `postern run` makes it, where it knows the tool. One that needs a file of its own has no snippet. */
function startOf(connector: Connector, values: TemplateValues): StartFacts {
  const tool = tools.find(({ name }) => name === connector.run);
  if (tool === undefined) {
    const entries = Object.entries(connector.environment).map(([name, text]) => [name, fillText(text, values)] as const);
    return {
      environment: Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null)),
      without: [],
      command: null,
    };
  }
  const start: ToolStart = tool.start({ ...values, aliases: Object.keys(defaultAliases), folder: "" });
  if (start.files !== undefined) return { environment: {}, without: [], command: null };
  return { environment: start.environment, without: start.without ?? [], command: [tool.program, ...(start.arguments ?? [])] };
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
