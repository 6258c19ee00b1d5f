import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder that holds `assets` and `dist`: the bundle is in `dist/`, or, in the desktop app, in `dist/desktop/`. */
const root = import.meta.url.endsWith(".ts")
  ? new URL("../../", import.meta.url)
  : new URL(existsSync(new URL("../assets/", import.meta.url)) ? "../" : "../../", import.meta.url);

/** The program's own read-only files. */
export const assetsFolder: string = fileURLToPath(new URL("assets/", root));

/** The built window. */
export const windowFolder: string = fileURLToPath(new URL("dist/window/", root));
