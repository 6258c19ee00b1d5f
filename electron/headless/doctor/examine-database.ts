import { statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Finding } from "#shared/contract/doctor.ts";

/**
 * Looks for damage in the database through a connection that cannot write; a running instance is not disturbed.
 *
 * @returns null where there is none, or none yet, or where it is not for this look to say
 */
export function examineDatabaseFile(folder: string): Finding | null {
  const file = path.join(folder, "postern.db");
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) return null;
  const wrong = (what: string): Finding => ({
    subject: "database",
    verdict: "wrong",
    words: `${file} is damaged (${what}). Nothing was changed. The next start sets it aside, or put back a copy: postern backups`,
  });
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 1_000 });
    const finding = String(database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"]);
    return finding === "ok" ? null : wrong(finding);
  } catch (error) {
    // 11 is damage, 26 no database at all; anything else (a lock, a journal to play back) is for the start to say.
    const code = error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : 0;
    return code === 11 || code === 26 ? wrong((error as Error).message) : null;
  } finally {
    database?.close();
  }
}
