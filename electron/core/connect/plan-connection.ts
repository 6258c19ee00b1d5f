import { hash } from "node:crypto";
import path from "node:path";
import type { Connector, ConnectorFile } from "#shared/schema/connector.ts";
import { PosternError } from "#shared/errors.ts";
import { editConfig } from "./edit-config.ts";
import { fillText, fillValue, needsKey, type TemplateValues } from "./fill-template.ts";
import { CannotPlaceError, type FilledChange } from "./set-value.ts";
import { fingerprintOf, readToolFile, textOf, type ToolFile } from "./tool-file.ts";
import type { ToolFolders } from "./tool-folders.ts";

/** One file as a connection would leave it. */
export interface PlannedFile {
  readonly file: ToolFile;
  readonly before: string;
  readonly after: string;
}

/** What connecting a tool would change. */
export interface ConnectionPlan {
  readonly files: readonly PlannedFile[];
  readonly needsKey: boolean;
}

/** Where a connector's file is on this machine; null where this system has none. */
export function pathOfFile({ path: paths, folderVariable }: ConnectorFile, folders: ToolFolders): string | null {
  const file = folders.resolve(paths);
  const other = folderVariable === undefined ? null : folders.variable(folderVariable);
  return file !== null && other !== null && path.isAbsolute(other) ? path.join(other, path.basename(file)) : file;
}

/**
 * Works out what would be changed; changes nothing.
 *
 * @throws {PosternError} where there is nothing to change, a model is missing, or one of the files cannot be changed safely
 */
export async function planConnection(connector: Connector, values: TemplateValues, folders: ToolFolders): Promise<ConnectionPlan> {
  if (connector.needsModel && values.model === null) {
    throw new PosternError("model_missing", `Cannot connect ${connector.name}: it has to be told a model; choose one`);
  }
  const files: PlannedFile[] = [];
  for (const one of connector.files) {
    const file = pathOfFile(one, folders);
    if (file !== null) files.push(await planFile(one, await readToolFile(file, folders.home), values));
  }
  if (files.length > 0) return { files, needsKey: connector.files.some(({ changes }) => needsKey(changes)) };
  throw new PosternError(
    "invalid_value",
    `Cannot change a file for ${connector.name}: it has none that Postern can change; follow its steps`,
  );
}

/** Tells this change of these files from any other: it is made again before the change is. */
export function fingerprintOfPlan(connector: Connector, { origin, model }: Omit<TemplateValues, "key">, { files }: ConnectionPlan): string {
  const facts = files.map(({ file, after }) => [file.path, file.target, fingerprintOf(file.content), hash("sha256", after)]);
  return hash("sha256", JSON.stringify([connector.id, origin, model, facts]));
}

async function planFile(one: ConnectorFile, file: ToolFile, values: TemplateValues): Promise<PlannedFile> {
  const before = textOf(file);
  const changes = one.changes.flatMap((change) => fillChange(change, values) ?? []);
  try {
    return { file, before, after: editConfig(before, one.format, changes) };
  } catch (error) {
    if (!(error instanceof CannotPlaceError)) throw error;
    throw new PosternError("invalid_value", `Cannot change ${file.path}: ${error.message}; mend it, or change it by hand`, {
      cause: error,
    });
  }
}

/** Null where it needs a model, and there is none. */
function fillChange(change: ConnectorFile["changes"][number], values: TemplateValues): FilledChange | null {
  const at = change.at.map((name) => fillText(name, values));
  if (!at.every((name) => name !== null)) return null;
  if ("value" in change) {
    const value = fillValue(change.value, values);
    return value === undefined ? null : { at, value, unlessSet: change.unlessSet === true };
  }
  const entry = fillValue(change.entry, values);
  return typeof entry === "object" && entry !== null && !Array.isArray(entry) ? { at, entry, by: change.by } : null;
}
