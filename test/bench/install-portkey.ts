import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

/** The newest release, with the versions of its two HTTP packages at which its streams work: as published it takes newer ones, and every stream breaks. */
const packageFile = {
  private: true,
  dependencies: { "@portkey-ai/gateway": "1.15.2" },
  overrides: { "@hono/node-server": "1.13.5", hono: "4.9.7" },
};

/** The release that is measured. */
export const portkeyVersion = packageFile.dependencies["@portkey-ai/gateway"];

const installTimeoutMs = 120_000;

/**
 * Installs the Portkey gateway into a folder of its own. None of the packages' scripts are run.
 *
 * @param parent an existing folder
 * @returns the folder, or why there is none: without a registry the rest is measured all the same
 */
export async function installPortkey(parent: string): Promise<{ readonly folder: string } | { readonly reason: string }> {
  const folder = path.join(parent, "portkey");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "package.json"), JSON.stringify(packageFile));
  try {
    await promisify(execFile)(
      "npm",
      ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"],
      {
        cwd: folder,
        timeout: installTimeoutMs,
        // npm is a .cmd file there.
        shell: process.platform === "win32",
      },
    );
    return { folder };
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    return { reason: (stderr?.trim() || message).split("\n")[0] ?? "" };
  }
}
