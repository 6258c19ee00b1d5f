import { acceptCommand } from "./accept.ts";
import type { Command } from "./command.ts";
import { keysCommand } from "./keys.ts";
import { ownerKeyCommand } from "./owner-key.ts";
import { serveCommand } from "./serve.ts";
import { statusCommand } from "./status.ts";

/** Every command by its name, in the order of the overview. */
export const commands: Readonly<Record<string, Command>> = {
  serve: serveCommand,
  keys: keysCommand,
  "owner-key": ownerKeyCommand,
  accept: acceptCommand,
  status: statusCommand,
};
