import { fileURLToPath } from "node:url";

/** The program's own read-only files: two folders up from the source, one up from the bundle. */
export const assetsFolder: string = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../assets/" : "../assets/", import.meta.url),
);
