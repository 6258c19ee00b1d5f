// node --import test/desktop/electron/register.ts dist/desktop/main.js: the built app on the stand-in, as a process of its own.

import { registerHooks } from "node:module";
import process from "node:process";

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" ? { url: new URL("./index.ts", import.meta.url).href, shortCircuit: true } : next(specifier, context),
});
const { standInApp } = await import("./index.ts");
const { world } = await import("./world.ts");

// `ready` comes once the program's first lines have run.
setImmediate(() => {
  world.isReady = true;
  standInApp.emit("ready", {});
});
process.once("SIGTERM", () => standInApp.quit());
void standInApp.ended.then((code) => process.exit(code));
