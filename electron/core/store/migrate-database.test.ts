import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { migrateDatabase } from "./migrate-database.ts";

const firstStep = "CREATE TABLE one (value TEXT) STRICT; INSERT INTO one VALUES ('kept')";
const secondStep = "ALTER TABLE one ADD COLUMN other TEXT";

let folder: string;
let file: string;
let database: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "postern-migrate-"));
  file = path.join(folder, "postern.db");
  database = new DatabaseSync(file);
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("migrateDatabase()", () => {
  test("brings an empty database to the newest version and copies nothing", () => {
    migrateDatabase(database, { file, steps: [firstStep, secondStep] });
    expect(versionOf(database)).toBe(2);
    expect(existsSync(`${file}.before-v2`)).toBe(false);
  });

  test("makes only the steps that are missing, after a copy of what was there", () => {
    migrateDatabase(database, { file, steps: [firstStep] });
    migrateDatabase(database, { file, steps: [firstStep, secondStep] });
    expect(database.prepare("SELECT value, other FROM one").all()).toEqual([{ value: "kept", other: null }]);

    const copy = `${file}.before-v2`;
    using before = new DatabaseSync(copy, { readOnly: true });
    expect(versionOf(before)).toBe(1);
    expect(before.prepare("SELECT * FROM one").all()).toEqual([{ value: "kept" }]);
  });

  test("does nothing to a database that is up to date", () => {
    migrateDatabase(database, { file, steps: [firstStep] });
    migrateDatabase(database, { file, steps: [firstStep] });
    expect(database.prepare("SELECT count(*) AS count FROM one").get()).toEqual({ count: 1 });
    expect(existsSync(`${file}.before-v1`)).toBe(false);
  });

  test("undoes the whole of a step that fails, and says where the copy is", () => {
    migrateDatabase(database, { file, steps: [firstStep] });
    const broken = "DELETE FROM one; INSERT INTO missing VALUES (1)";
    expect(() => migrateDatabase(database, { file, steps: [firstStep, broken] })).toThrow(
      `Cannot bring the database ${file} to version 2: no such table: missing; its data are as they were, and ${file}.before-v2 is a copy of them`,
    );
    expect(versionOf(database)).toBe(1);
    expect(database.prepare("SELECT * FROM one").all()).toEqual([{ value: "kept" }]);
    expect(database.isTransaction).toBe(false);
  });

  test("does not begin where the copy cannot be made", () => {
    migrateDatabase(database, { file, steps: [firstStep] });
    const nowhere = path.join(folder, "missing", "postern.db");
    expect(() => migrateDatabase(database, { file: nowhere, steps: [firstStep, secondStep] })).toThrow(
      /^Cannot copy the database to .*before-v2/,
    );
    expect(versionOf(database)).toBe(1);
  });
});

function versionOf(of: DatabaseSync): unknown {
  return of.prepare("PRAGMA user_version").get()?.user_version;
}
