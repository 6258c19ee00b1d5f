import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";

/** Writes from which packages a bundle's code came, for the list of parts that ships with it. */
export function listPackages(file: string): Plugin {
  return {
    name: "postern-list-packages",
    generateBundle(_options, bundle) {
      const root = path.resolve(import.meta.dirname, "..");
      const folders = new Set<string>();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        for (const id of chunk.moduleIds) {
          const folder = packageFolder(id.replace(/^\0/, "").split("?", 1)[0] ?? "");
          if (folder !== null) folders.add(path.relative(root, folder).replaceAll("\\", "/"));
        }
      }
      const target = path.join(root, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, `${JSON.stringify([...folders].sort(), null, 2)}\n`);
    },
  };
}

/** The package that a module belongs to: the nearest one with a name and a version, in node_modules. */
function packageFolder(file: string): string | null {
  if (!file.includes("node_modules")) return null;
  for (let folder = path.dirname(file); folder.includes("node_modules"); folder = path.dirname(folder)) {
    const manifest = path.join(folder, "package.json");
    if (!existsSync(manifest)) continue;
    const { name, version } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string; version?: string };
    if (name !== undefined && version !== undefined) return folder;
  }
  return null;
}
