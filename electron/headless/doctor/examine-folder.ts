import { type Stats, readdirSync, statfsSync, statSync } from "node:fs";
import path from "node:path";
import type { Finding } from "#shared/contract/doctor.ts";

const leastFreeBytes = 200 * 1024 * 1024;

/** Looks at the data folder as it is, before anything mends it: whose it is, who may read what, and whether there is room. */
export function examineFolder(folder: string): Finding[] {
  const subject = "data folder";
  let stats: Stats;
  try {
    stats = statSync(folder);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (isMissing) return [{ subject, verdict: "ok", words: `${folder} does not exist yet; the first start makes it.` }];
    return [{ subject, verdict: "wrong", words: `${folder} cannot be read: ${(error as Error).message}` }];
  }
  return [...examineModes(folder, stats), examineSpace(folder)];
}

function examineModes(folder: string, stats: Stats): Finding[] {
  const subject = "data folder";
  if (!stats.isDirectory()) return [{ subject, verdict: "wrong", words: `${folder} is no folder; choose another with --data-dir` }];
  // Windows has no owner and mode of this kind: there the profile's own folder is closed to others.
  if (process.platform === "win32") return [{ subject, verdict: "ok", words: folder }];
  if (stats.uid !== process.getuid?.())
    return [{ subject, verdict: "wrong", words: `${folder} belongs to another user; choose another with --data-dir` }];
  const open = [
    ...((stats.mode & 0o077) === 0 ? [] : [folder]),
    ...readdirSync(folder)
      .map((name) => path.join(folder, name))
      .filter((file) => ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0),
  ];
  if (open.length === 0) return [{ subject, verdict: "ok", words: `${folder} is closed to everybody but you.` }];
  return open.map((file) => ({ subject, verdict: "wrong", words: `Others may read ${file}. Close it: chmod go= '${file}'` }));
}

function examineSpace(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const megabytes = Math.floor(free / 1_048_576);
  return free < leastFreeBytes
    ? { subject: "disk", verdict: "wrong", words: `Only ${megabytes} MiB are free where the data folder is; free some space.` }
    : { subject: "disk", verdict: "ok", words: `${megabytes} MiB are free.` };
}
