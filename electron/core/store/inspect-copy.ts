import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { type DatabaseKind, databaseKinds } from "./database-kinds.ts";

/** What {@link inspectCopy} says of a file that is none of this database's, whatever else it may be. */
export const notOfThisKind = "it is no database of Postern's";

/**
 * Looks at a copy that may take a database's place: whether it is sound, one of Postern's, and holds no trigger, view or
 * virtual table of somebody else's. Blocks, for about a millisecond for each MB, and so belongs into a thread of its own.
 *
 * @param file nobody else may write to it meanwhile
 * @returns why it may not take the place; null where it may
 * @throws SQLite's error where it is damaged, or no database
 */
export function inspectCopy(file: string, kind: DatabaseKind): string | null {
  const { steps, tables } = databaseKinds[kind];
  const url = pathToFileURL(file);
  // A copy that was made in WAL mode can else not be read without writing beside it.
  url.searchParams.set("immutable", "1");
  const copy = new DatabaseSync(url, { readOnly: true, defensive: true });
  try {
    copy.exec("PRAGMA trusted_schema = OFF");
    const version = Number(copy.prepare("PRAGMA user_version").get()?.user_version ?? 0);
    if (version > steps.length) {
      return `it has version ${version}, and this Postern knows versions up to ${steps.length}; update Postern`;
    }
    const names = new Set(
      copy
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .all()
        .map(({ name }) => name),
    );
    if (!tables.every((table) => names.has(table))) return notOfThisKind;
    const foreign = findForeign(copy, steps.slice(0, version));
    if (foreign !== null) return `it holds ${foreign}, which no Postern has made`;
    const finding = String(copy.prepare("PRAGMA quick_check(1)").get()?.quick_check ?? "no finding");
    return finding === "ok" ? null : `it is damaged (${finding})`;
  } finally {
    copy.close();
  }
}

/** Triggers, views and virtual tables, which run something when rows are read or written: what has no page of its own. */
const activeSql = `SELECT type, name, sql FROM sqlite_schema WHERE type <> 'index' AND coalesce(rootpage, 0) = 0 ORDER BY name`;

/** Finds what acts on its own in a database and does not in one that these steps have made. @returns its type and name, in words */
function findForeign(copy: DatabaseSync, steps: readonly string[]): string | null {
  const own = new DatabaseSync(":memory:");
  try {
    for (const step of steps) own.exec(step);
    const known = new Set(own.prepare(activeSql).all().map(describe));
    const foreign = copy
      .prepare(activeSql)
      .all()
      .find((each) => !known.has(describe(each)));
    return foreign === undefined
      ? null
      : `a ${foreign["type"] === "table" ? "virtual table" : String(foreign["type"])} "${String(foreign["name"]).slice(0, 80)}"`;
  } finally {
    own.close();
  }
}

function describe({ type, name, sql }: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([type, name, sql]);
}
