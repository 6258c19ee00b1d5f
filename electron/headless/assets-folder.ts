import { fileURLToPath } from "node:url";

/** The program's own read-only files: two folders up from the source, one up from the bundle. */
export const assetsFolder: string = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../assets/" : "../assets/", import.meta.url),
);

/** The built window: beside the bundle. */
export const windowFolder: string = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/window/" : "./window/", import.meta.url),
);
