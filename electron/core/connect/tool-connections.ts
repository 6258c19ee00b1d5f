import type { Clock } from "#core/platform.ts";
import { type ConnectionPreview, keyPlaceholder, type ToolConnection } from "#shared/contract/connect.ts";
import type { Connector } from "#shared/schema/connector.ts";
import { PosternError } from "#shared/errors.ts";
import { compareLines } from "./compare-lines.ts";
import type { ChangedFile, ConnectionRecord, ConnectionRecords } from "./connection-records.ts";
import type { TemplateValues } from "./fill-template.ts";
import { type ConnectionPlan, fingerprintOfPlan, planConnection } from "./plan-connection.ts";
import { fingerprintOf, readToolFile, removeFolders, type ToolFile, writeToolFile } from "./tool-file.ts";
import type { ToolFolders } from "./tool-folders.ts";

/** What a tool is led to: everything but its key. */
export type ConnectionTarget = Omit<TemplateValues, "key">;

/** Changes tools' own files, and changes them back. */
export interface ToolConnections {
  /** How a tool's files stand. @param origin where Postern is now */
  stateOf(connector: Connector, origin: string): Promise<ToolConnection>;
  /** @throws {PosternError} where a file cannot be changed safely */
  preview(connector: Connector, target: ConnectionTarget): Promise<ConnectionPreview>;
  /**
   * Makes the changes of a preview; what the files were is kept first.
   *
   * @param as.plan the preview's; refused where it would be another one now
   */
  apply(connector: Connector, target: ConnectionTarget, as: { readonly plan: string; readonly key: string | null }): Promise<void>;
  /** Takes the last change back, byte for byte. @throws {PosternError} where a file is no longer what was written, or nothing was */
  undo(connector: Connector): Promise<void>;
  /** Forgets the last change, and leaves the files as they are. @throws {PosternError} where there is none */
  forget(connector: Connector): Promise<void>;
}

interface Parts {
  readonly folders: ToolFolders;
  readonly records: ConnectionRecords;
  readonly clock: Pick<Clock, "nowMs">;
}

/** Makes it from its parts; nothing is read yet. */
export function createToolConnections({ folders, records, clock }: Parts): ToolConnections {
  /** One change after the other: each looks at what the one before left. */
  let queue: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = queue.then(change);
    queue = result.catch(() => undefined);
    return result;
  }

  async function lastOf(connector: Connector): Promise<{ readonly last: ConnectionRecord; readonly others: readonly ConnectionRecord[] }> {
    const all = await records.read(connector.id);
    const last = all.at(-1);
    if (last !== undefined) return { last, others: all.slice(0, -1) };
    throw new PosternError("not_found", `Cannot undo the connection of ${connector.name}: Postern has changed none of its files`);
  }

  /** Writes all of them; where one fails, those before it become what they were. */
  async function writeAll(
    changes: readonly { readonly file: ToolFile; readonly content: Uint8Array | null }[],
  ): Promise<(readonly string[])[]> {
    const folderLists: (readonly string[])[] = [];
    try {
      for (const { file, content } of changes) folderLists.push(await writeToolFile(file, content, folders.home));
      return folderLists;
    } catch (error) {
      for (const [index, made] of folderLists.entries()) {
        const { file } = changes[index] as (typeof changes)[number];
        const now = await readToolFile(file.path, folders.home);
        await writeToolFile({ ...now, mode: file.mode }, file.content, folders.home);
        await removeFolders(made);
      }
      throw error;
    }
  }

  async function isStill(file: ChangedFile): Promise<boolean> {
    const now = await readToolFile(file.path, folders.home).catch(() => null);
    return now !== null && fingerprintOf(now.content) === file.after;
  }

  return {
    async stateOf(connector, origin) {
      const last = (await records.read(connector.id)).at(-1);
      if (last === undefined) return { state: "none", appliedAtMs: null, model: null, files: [] };
      const still = await Promise.all(last.files.map(isStill));
      const state = !still.every(Boolean) ? "changed" : last.origin === origin ? "applied" : "moved";
      return { state, appliedAtMs: last.appliedAtMs, model: last.model, files: last.files.map((file) => file.path) };
    },
    async preview(connector, target) {
      const plan = await planConnection(connector, { ...target, key: keyPlaceholder }, folders);
      return { plan: fingerprintOfPlan(connector, target, plan), files: showFiles(plan), needsKey: plan.needsKey };
    },
    apply: (connector, target, { plan: agreed, key }) =>
      inTurn(async () => {
        const shown = await planConnection(connector, { ...target, key: keyPlaceholder }, folders);
        if (fingerprintOfPlan(connector, target, shown) !== agreed) {
          throw new PosternError(
            "invalid_value",
            `Cannot connect ${connector.name}: one of its files changed since it was shown; look at the change again`,
          );
        }
        if (shown.needsKey && key === null) {
          throw new PosternError("invalid_value", `Cannot connect ${connector.name}: its key is missing; make one first`);
        }
        const plan = await planConnection(connector, { ...target, key: key ?? keyPlaceholder }, folders);
        const changes = plan.files.map(({ file, after }) => ({ file, content: Buffer.from(after, "utf8") }));
        const all = await records.read(connector.id);
        const record = (folderLists: readonly (readonly string[])[]): ConnectionRecord => ({
          appliedAtMs: clock.nowMs(),
          origin: target.origin,
          model: target.model,
          files: changes.map(({ file, content }, index) => ({
            path: file.path,
            before: file.content?.toString("base64") ?? null,
            mode: file.mode,
            after: fingerprintOf(content) ?? "",
            folders: [...(folderLists[index] ?? [])],
          })),
        });
        // What the files were is on disk before they change: a kill in between leaves an undo that changes nothing.
        await records.write(connector.id, joinRecords(all, record([])));
        const folderLists = await writeAll(changes).catch(async (error: unknown) => {
          await records.write(connector.id, all);
          throw error;
        });
        // The files are changed: where this fails, the record that is there leads back all the same, but for new folders.
        await records.write(connector.id, joinRecords(all, record(folderLists)));
      }),
    undo: (connector) =>
      inTurn(async () => {
        const { last, others } = await lastOf(connector);
        const changes: { file: ToolFile; content: Uint8Array | null; folders: readonly string[] }[] = [];
        for (const one of last.files) {
          const file = await readToolFile(one.path, folders.home);
          const content = one.before === null ? null : Buffer.from(one.before, "base64");
          // A kill may have come before it was written.
          if (fingerprintOf(file.content) === fingerprintOf(content)) continue;
          if (fingerprintOf(file.content) !== one.after) {
            throw new PosternError(
              "invalid_value",
              `Cannot undo the connection of ${connector.name}: ${one.path} was changed since; take out by hand what you no longer want, or keep the file as it is`,
            );
          }
          changes.push({ file: { ...file, mode: one.before === null ? file.mode : one.mode }, content, folders: one.folders });
        }
        await writeAll(changes);
        for (const change of changes) await removeFolders(change.folders);
        await records.write(connector.id, others);
      }),
    forget: (connector) =>
      inTurn(async () => {
        const { others } = await lastOf(connector);
        await records.write(connector.id, others);
      }),
  };
}

/** A change on top of one that nobody touched since is one change: its undo leads back to what the person had. */
function joinRecords(all: readonly ConnectionRecord[], next: ConnectionRecord): readonly ConnectionRecord[] {
  const last = all.at(-1);
  const pairs = next.files.map((file) => ({ file, before: last?.files.find((one) => one.path === file.path) }));
  const goesOn =
    last !== undefined &&
    pairs.length === last.files.length &&
    pairs.every(({ file, before }) => before?.after === fingerprintOfBase64(file.before));
  if (!goesOn) return [...all, next];
  const files = pairs.map(({ file, before }) => (before === undefined ? file : { ...before, after: file.after }));
  return [...all.slice(0, -1), { ...next, files }];
}

function fingerprintOfBase64(content: string | null): string | null {
  return content === null ? null : fingerprintOf(Buffer.from(content, "base64"));
}

function showFiles({ files }: ConnectionPlan): ConnectionPreview["files"] {
  return files.map(({ file, before, after }) => ({
    path: file.path,
    isNew: file.content === null,
    isUnchanged: before === after,
    target: file.target === file.path ? null : file.target,
    hunks: compareLines(before, after),
  }));
}
