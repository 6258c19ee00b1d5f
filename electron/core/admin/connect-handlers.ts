import type { ToolGrant } from "#core/access/grants.ts";
import { openConnectionRecords } from "#core/connect/connection-records.ts";
import { describeTool } from "#core/connect/describe-tool.ts";
import { findTool } from "#core/connect/find-tool.ts";
import { type Connectors, readConnectors } from "#core/connect/read-connectors.ts";
import { createToolConnections } from "#core/connect/tool-connections.ts";
import { createToolFolders } from "#core/connect/tool-folders.ts";
import { readGrantActivity } from "#core/usage/grant-activity.ts";
import type { connectContract, ToolInfo } from "#shared/contract/connect.ts";
import { PosternError } from "#shared/errors.ts";
import type { Connector } from "#shared/schema/connector.ts";
import { stateOfGrant } from "./grant-handlers.ts";
import type { HandlersOf } from "./handlers-of.ts";
import type { AdminParts } from "./parts.ts";

/** Answers what stands in `shared/contract/connect.ts`. */
export function createConnectHandlers(
  parts: Pick<
    AdminParts,
    "assetsFolder" | "environment" | "homeFolder" | "dataFolder" | "clock" | "grants" | "store" | "calls" | "config" | "addresses"
  >,
): HandlersOf<typeof connectContract> {
  const { grants, clock } = parts;
  let read: Connectors | null = null;
  const connectors = (): Connectors => (read ??= readConnectors(parts.assetsFolder));
  const folders = createToolFolders(parts);
  const connections = createToolConnections({ folders, records: openConnectionRecords(parts.dataFolder), clock });

  function origin(): string {
    const addresses = parts.addresses();
    const address = addresses.find((one) => one.startsWith("127.")) ?? addresses[0];
    return `http://${address ?? `127.0.0.1:${parts.config.current.gateway.port}`}`;
  }

  async function lastSeen(named: readonly ToolGrant[]): Promise<ReadonlyMap<string, number>> {
    await parts.calls.flush().catch(() => undefined);
    const ids = named.map(({ id }) => id);
    const activity = await readGrantActivity(parts.store, ids, clock.nowMs());
    return new Map(activity.map(({ grantId, lastSeenAtMs }) => [grantId, lastSeenAtMs]));
  }

  const grantOf = ({ grantName }: Connector): ToolGrant | undefined => grants.tools.find(({ name }) => name === grantName);

  async function showTool(connector: Connector, seen: ReadonlyMap<string, number>): Promise<ToolInfo> {
    const { id, name, kind, about, grantName, reach, detect } = connector;
    const canBeFound = detect.programs.length + detect.paths.length > 0;
    const [found, connection] = await Promise.all([
      canBeFound ? findTool(connector, folders) : null,
      connections.stateOf(connector, origin()),
    ]);
    const grant = grantOf(connector);
    return {
      id,
      name,
      kind,
      about,
      grantName,
      reach: { state: reach.state, why: reach.state === "local" ? null : reach.why },
      found,
      canBeFound,
      connection,
      grant: grant === undefined ? null : { id: grant.id, state: stateOfGrant(grant), lastSeenAtMs: seen.get(grant.id) ?? null },
    };
  }

  return {
    async listTools() {
      const { all } = connectors();
      const seen = await lastSeen(all.flatMap((connector) => grantOf(connector) ?? []));
      return { tools: await Promise.all(all.map((connector) => showTool(connector, seen))) };
    },
    async getTool({ parameters, query }) {
      const connector = connectors().get(parameters.tool);
      const grant = grantOf(connector);
      const info = await showTool(connector, await lastSeen(grant === undefined ? [] : [grant]));
      return { ...info, ...(await describeTool(connector, { origin: origin(), model: query.model ?? null }, folders)) };
    },
    previewConnection: async ({ parameters, body }) =>
      connections.preview(connectors().get(parameters.tool), { origin: origin(), model: body.model }),
    async applyConnection({ parameters, body: { model, plan, key } }) {
      const connector = connectors().get(parameters.tool);
      if (key !== null && grants.find(key)?.kind !== "tool") {
        throw new PosternError("invalid_value", `Cannot connect ${connector.name} with this key: no tool's grant has it; make a new one`);
      }
      await connections.apply(connector, { origin: origin(), model }, { plan, key });
      return connections.stateOf(connector, origin());
    },
    async undoConnection({ parameters }) {
      const connector = connectors().get(parameters.tool);
      await connections.undo(connector);
      return connections.stateOf(connector, origin());
    },
    async forgetConnection({ parameters }) {
      const connector = connectors().get(parameters.tool);
      await connections.forget(connector);
      return connections.stateOf(connector, origin());
    },
  };
}
