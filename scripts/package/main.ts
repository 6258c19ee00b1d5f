// npm run package: the desktop app's packages for this machine's system, in dist/packages. Electron's binary is
// downloaded for it; `--dir` builds the app's folder alone.

import { appendFileSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { build } from "electron-builder";
import { buildDesktop } from "../build-desktop.ts";
import { repository } from "../run-tool.ts";
import { packagesFolder, planPackage } from "./package-config.ts";
import { writeSbom } from "./write-sbom.ts";

const words = process.argv.slice(2);
const { config, notes } = planPackage(process.env);
for (const note of notes) console.log(note);

await buildDesktop();
try {
  await build({
    projectDir: repository,
    config,
    // A release is made of the files: their share of installations is written into them below.
    publish: "never",
    ...(words.includes("--dir") ? { dir: true } : {}),
  });
} catch (error) {
  const message = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
  console.error(`Cannot build the packages: ${message}; Electron and the builder's tools are downloaded for it`);
  process.exit(1);
}
const output = path.join(repository, packagesFolder);
writeSbom(path.join(output, "Postern-sbom.cdx.json"), [
  path.join(repository, "dist/packages-of-desktop.json"),
  path.join(repository, "dist/packages-of-window.json"),
]);

// A share of installations gets a release first; the others when the number is raised in the release's own file.
const rollout = Number(process.env["POSTERN_ROLLOUT_PERCENT"] ?? 100);
if (!(rollout >= 0 && rollout <= 100)) throw new Error("Cannot take POSTERN_ROLLOUT_PERCENT: it must be a number from 0 to 100");
for (const name of globSync("latest*.yml", { cwd: output })) {
  const file = path.join(output, name);
  if (rollout < 100 && !readFileSync(file, "utf8").includes("stagingPercentage")) appendFileSync(file, `stagingPercentage: ${rollout}\n`);
}
