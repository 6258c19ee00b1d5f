import type { Command } from "./command.ts";

/** Every command by its name, in the order of the overview; each is loaded when it is run. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./serve.ts")).serveCommand,
  keys: async () => (await import("./keys.ts")).keysCommand,
  "owner-key": async () => (await import("./owner-key.ts")).ownerKeyCommand,
  accept: async () => (await import("./accept.ts")).acceptCommand,
  status: async () => (await import("./status.ts")).statusCommand,
};
