import type { Command } from "./command.ts";

/** Every command by its name, in the order of the overview; each is loaded when it is run. */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./serve.ts")).serveCommand,
  keys: async () => (await import("./keys.ts")).keysCommand,
  grant: async () => (await import("./grant.ts")).grantCommand,
  grants: async () => (await import("./grants.ts")).grantsCommand,
  revoke: async () => (await import("./revoke.ts")).revokeCommand,
  "owner-key": async () => (await import("./owner-key.ts")).ownerKeyCommand,
  accept: async () => (await import("./accept.ts")).acceptCommand,
  models: async () => (await import("./models.ts")).modelsCommand,
  ui: async () => (await import("./ui.ts")).uiCommand,
  doctor: async () => (await import("./doctor.ts")).doctorCommand,
  explain: async () => (await import("./explain.ts")).explainCommand,
  connect: async () => (await import("./connect.ts")).connectCommand,
  run: async () => (await import("./run.ts")).runCommand,
  backups: async () => (await import("./backups.ts")).backupsCommand,
  usage: async () => (await import("./usage.ts")).usageCommand,
  status: async () => (await import("./status.ts")).statusCommand,
};
