import { findLocalServers } from "#core/catalog/find-local-servers.ts";
import type { statusContract } from "#shared/contract/status.ts";
import { PosternError } from "#shared/errors.ts";
import { version } from "#shared/version.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/status.ts`. */
export function createStatusHandlers(parts: AdminParts): HandlersOf<typeof statusContract> {
  const { config, vault } = parts;
  return {
    getStatus: async () => {
      const { rows, discovery } = config.current;
      const servers = discovery.enabled ? await findLocalServers(rows.all, parts.connections) : [];
      const addresses = [...parts.addresses()];
      return {
        version,
        pid: addresses.length > 0 ? process.pid : null,
        addresses,
        window: parts.browserWindow()?.origin ?? null,
        pausedUntilMs: parts.pausedUntilMs(),
        startedAtMs: parts.startedAtMs,
        dataFolder: parts.dataFolder,
        callsUnderWay: parts.callsUnderWay(),
        vault: vault.state(),
        config: { file: config.file, problems: [...config.problems] },
        localServers: servers.map(({ row, models }) => ({ id: row.id, name: row.name, origin: row.origin, models, accepted: row.enabled })),
      };
    },
    pauseGateway: async ({ body }) => {
      parts.pause(body.minutes === 0 ? null : parts.clock.nowMs() + body.minutes * 60_000);
      return { pausedUntilMs: parts.pausedUntilMs() };
    },
    replaceOwnerKey: async () => ({ key: await parts.grants.replaceOwnerKey() }),
    createLogin: async () => {
      const browserWindow = parts.browserWindow();
      if (browserWindow !== null) return browserWindow.createLogin();
      throw new PosternError(
        "not_found",
        'Cannot open the window: no instance serves it to browsers; start one with "postern serve", without --no-ui',
      );
    },
  };
}
